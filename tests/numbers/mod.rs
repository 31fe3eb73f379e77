//! Numbers for tests that spoil things at random, the same in each run.

/// Numbers that look random and are the same in each run.
pub struct Numbers(pub u64);

impl Numbers {
    /// A number below an end.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}
