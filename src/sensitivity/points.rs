//! Points spread over the unit cube.
//!
//! Input: which sequence, how many points of how many coordinates, a seed. Output: coordinates strictly between 0 and 1.

use super::directions::DIRECTIONS;
use super::random::{Random, mixed};

/// The most coordinates of a point of Sobol's sequence.
pub const MOST_COORDINATES: usize = DIRECTIONS.len() + 1;

/// How points are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sequence {
    /// Sobol's sequence (1967) with the direction numbers of Joe and Kuo (2008), each coordinate scrambled after Owen.
    #[default]
    Sobol,
    /// A Latin hypercube (McKay, Beckman and Conover 1979): of n points, one in each n-th of each coordinate.
    Latin,
}

impl Sequence {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sobol => "sobol",
            Self::Latin => "latin",
        }
    }
}

/// Points of the unit cube.
#[derive(Debug, Clone)]
pub struct Points {
    count: usize,
    coordinates: Vec<Coordinate>,
}

#[derive(Debug, Clone)]
enum Coordinate {
    /// The direction numbers, and the seed of the scramble.
    Sobol([u32; 32], u32),
    /// The place of each point, and the seed of where it stands there.
    Latin(Vec<u32>, u64),
}

impl Points {
    /// So many points. `None` where the sequence hasn't so many coordinates or points.
    pub fn new(sequence: Sequence, count: usize, coordinates: usize, seed: u64) -> Option<Self> {
        u32::try_from(count).ok()?;
        let mut random = Random::new(seed);
        let coordinate = |at: usize| match sequence {
            Sequence::Sobol => {
                let scramble = u32::try_from(random.number() >> 32).unwrap_or(0);
                directions(at).map(|numbers| Coordinate::Sobol(numbers, scramble))
            }
            Sequence::Latin => {
                let places = random.order(count).into_iter().map(|place| u32::try_from(place).unwrap_or(0));
                Some(Coordinate::Latin(places.collect(), random.number()))
            }
        };
        let coordinates = (0..coordinates).map(coordinate).collect::<Option<Vec<_>>>()?;
        Some(Self { count, coordinates })
    }

    /// How many points there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// A coordinate of a point; one half where there is no such.
    pub fn at(&self, point: usize, coordinate: usize) -> f64 {
        match self.coordinates.get(coordinate) {
            Some(Coordinate::Sobol(numbers, seed)) => unit(scrambled(sobol(numbers, point), *seed)),
            Some(Coordinate::Latin(places, seed)) => {
                let place = places.get(point).copied().unwrap_or(0);
                let inside = mixed(seed.wrapping_add((point as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
                (f64::from(place) + unit(u32::try_from(inside >> 32).unwrap_or(0))) / self.count.max(1) as f64
            }
            None => 0.5,
        }
    }
}

/// The middle of one of 2^32 equal parts between 0 and 1.
fn unit(part: u32) -> f64 {
    (f64::from(part) + 0.5) / 4_294_967_296.0
}

/// The direction numbers of a coordinate, as binary fractions of 32 digits; the recurrence is that of Bratley and Fox
/// (1988).
fn directions(coordinate: usize) -> Option<[u32; 32]> {
    let mut numbers = [0u32; 32];
    let Some(behind) = coordinate.checked_sub(1) else {
        numbers.iter_mut().enumerate().for_each(|(at, number)| *number = 1 << (31 - at));
        return Some(numbers);
    };
    let (polynomial, initial) = DIRECTIONS.get(behind)?.split_first()?;
    let degree = initial.len();
    for at in 0..32usize {
        let earlier = |back: usize| at.checked_sub(back).and_then(|at| numbers.get(at)).copied().unwrap_or(0);
        let number = match initial.get(at) {
            Some(first) => first << (31 - at),
            None => (1..degree)
                .filter(|back| (polynomial >> (degree - 1 - back)) & 1 == 1)
                .fold(earlier(degree) ^ (earlier(degree) >> degree), |sum, back| sum ^ earlier(back)),
        };
        if let Some(slot) = numbers.get_mut(at) {
            *slot = number;
        }
    }
    Some(numbers)
}

/// A point's coordinate before it is scrambled, in the order of Antonov and Saleev (1979).
fn sobol(numbers: &[u32; 32], point: usize) -> u32 {
    let gray = point ^ (point >> 1);
    let used = numbers.iter().enumerate().filter(|(at, _)| (gray >> at) & 1 == 1);
    used.fold(0, |sum, (_, number)| sum ^ number)
}

/// A nested uniform scramble after Owen (1995) by a hash (Laine and Karras 2011; Burley 2020, Practical hash-based Owen
/// scrambling): each digit is flipped or not as those before it say, so that points stay as evenly spread as they were.
fn scrambled(part: u32, seed: u32) -> u32 {
    let mut x = part.reverse_bits().wrapping_add(seed);
    for factor in [0x6c50_b47c_u32, 0xb82f_1e52, 0xc7af_e638, 0x8d22_f6e6] {
        x ^= x.wrapping_mul(factor);
    }
    x.reverse_bits()
}

#[cfg(test)]
pub(super) fn plain_sobol(point: usize, coordinate: usize) -> f64 {
    directions(coordinate).map_or(0.0, |numbers| f64::from(sobol(&numbers, point)) / 4_294_967_296.0)
}
