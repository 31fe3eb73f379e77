//! Numbers from a seed: splitmix64, so that a file depends on nothing but its seed and its size.

/// A generator of numbers.
pub struct Random(u64);

impl Random {
    /// A generator that starts from a seed.
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    /// One of a list.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// One of a list whose members have weights that add up to 100.
    pub fn weighed<'a, T>(&mut self, list: &'a [(usize, T)]) -> &'a T {
        let mut left = self.below(100);
        for (weight, thing) in list {
            if left < *weight {
                return thing;
            }
            left -= weight;
        }
        unreachable!("the weights add up to 100")
    }
}
