//! A scale of numbers: where a number lies between two pixels, and which round numbers stand beside it.

use plotters::coord::ranged1d::{BoldPoints, Ranged};
use plotters::coord::types::RangedCoordf64;

use super::words::count;

/// A scale.
pub struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    coord: RangedCoordf64,
}

impl Axis {
    /// A scale from a low to a high number, between two pixels.
    pub fn new(low: f64, high: f64, from: f64, to: f64) -> Self {
        let (low, high) = if high > low { (low, high) } else { (low - 0.5, low + 0.5) };
        Self { low, high, from, to, coord: RangedCoordf64::from(low..high) }
    }

    /// A scale of all these numbers with a little room beyond; from 0 on, unless they lie far from it.
    pub fn around(numbers: impl Iterator<Item = f64> + Clone, from: f64, to: f64) -> Self {
        let low = numbers.clone().fold(f64::INFINITY, f64::min);
        let high = numbers.fold(f64::NEG_INFINITY, f64::max);
        if !low.is_finite() || !high.is_finite() {
            return Self::new(0.0, 1.0, from, to);
        }
        let far = low > 0.0 && (high - low) < low || high < 0.0 && (high - low) < -high;
        if far {
            return Self::beyond(low, high, from, to);
        }
        let (low, high) = (low.min(0.0), high.max(0.0));
        let room = (high - low).max(f64::MIN_POSITIVE) * 0.06;
        let below = if low < 0.0 { room } else { 0.0 };
        let above = if high > 0.0 { room } else { 0.0 };
        if high > low { Self::new(low - below, high + above, from, to) } else { Self::new(0.0, 1.0, from, to) }
    }

    /// A scale of all these numbers with a little room beyond, wherever 0 is.
    pub fn spanning(numbers: impl Iterator<Item = f64> + Clone, from: f64, to: f64) -> Self {
        let low = numbers.clone().fold(f64::INFINITY, f64::min);
        let high = numbers.fold(f64::NEG_INFINITY, f64::max);
        if low.is_finite() && high.is_finite() {
            Self::beyond(low, high, from, to)
        } else {
            Self::new(0.0, 1.0, from, to)
        }
    }

    fn beyond(low: f64, high: f64, from: f64, to: f64) -> Self {
        let room = if high > low { (high - low) * 0.08 } else { high.abs() * 0.1 };
        Self::new(low - room, high + room, from, to)
    }

    /// Where a number lies.
    pub fn place(&self, number: f64) -> f64 {
        self.from + (number - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    /// Where bars begin: at 0, or at the end of the scale that is nearest to it.
    pub fn zero(&self) -> f64 {
        self.place(0.0_f64.clamp(self.low, self.high))
    }

    /// Round numbers on the scale, not many more than asked for, and how they are written.
    pub fn ticks(&self, most: usize) -> Vec<(f64, String)> {
        let points = self.coord.key_points(BoldPoints(most));
        let step = points.iter().zip(points.iter().skip(1)).map(|(a, b)| b - a).fold(f64::INFINITY, f64::min);
        let places = (0..9).find(|&places| is_whole(step * 10f64.powi(places))).unwrap_or(9);
        let places = usize::try_from(places).unwrap_or(0);
        let written = |point: f64| {
            let text = format!("{point:.places$}");
            if text.trim_start_matches(['-', '0', '.']).is_empty() { "0".to_owned() } else { text.replace('-', "−") }
        };
        points.into_iter().map(|point| (self.place(point), written(point))).collect()
    }

    /// The same with whole numbers alone, as ranks are.
    pub fn whole_ticks(&self, most: usize) -> Vec<(f64, String)> {
        let span = (self.high - self.low).max(1.0);
        let steps = [1.0, 2.0, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 5000.0, 10000.0];
        let step = steps.into_iter().find(|step| span / step <= count(most)).unwrap_or(100_000.0);
        let mut found: Vec<f64> = vec![1.0];
        let mut next = if step > 1.0 { step } else { 2.0 };
        while next <= self.high {
            found.push(next);
            next += step;
        }
        let shown = found.into_iter().filter(|number| *number >= self.low);
        shown.map(|number| (self.place(number), format!("{number:.0}"))).collect()
    }
}

fn is_whole(number: f64) -> bool {
    number.is_finite() && (number - number.round()).abs() < 1e-6 * number.abs().max(1.0) && number.abs() >= 0.5
}
