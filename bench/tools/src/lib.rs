//! What the makers of data share: a seeded generator of numbers, and a shuffle that fits into memory.

pub mod contacts;
pub mod events;
pub mod random;
pub mod shuffle;
