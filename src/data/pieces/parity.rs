//! Whether a block of a file begins inside a quoted field: the parity of the quotes before it, told from block to block.
//!
//! In a file that the exact reader takes, quotes open and close fields and stand doubled inside them, so that a line
//! feed ends a record where the quotes before it are even in number, and only there. The quick reader accepts a record
//! only if its quotes are of this kind. Say that it has accepted all blocks. The first record starts outside quotes;
//! each record that starts outside them ends, by its own quotes, behind an even number; so the next starts outside
//! quotes, too, where the count says that it starts. So all records are those that the exact reader finds.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};

use crate::value::piece::Unfit;

/// What the readers of a file tell each other about quotes.
#[derive(Debug, Default)]
pub struct Parity {
    /// Whether any block has quotes. Until then a block is taken to begin outside quotes, which is checked at its end.
    quoted: AtomicBool,
    told: Mutex<Told>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Told {
    /// What blocks say that come behind one that has said nothing yet.
    ahead: Vec<(usize, Said)>,
    /// For each block of which all before it have told, whether the quotes in these are odd in number.
    odd_before: Vec<bool>,
    failed: bool,
}

#[derive(Debug, Clone, Copy)]
struct Said {
    /// Whether the quotes of the block are odd in number.
    odd: bool,
    /// Whether it has been read as one that begins outside quotes, without knowing.
    guessed: bool,
}

impl Parity {
    /// Whether blocks must ask before they are read.
    pub fn is_quoted(&self) -> bool {
        self.quoted.load(Ordering::Relaxed)
    }

    /// Says that there are quotes in the file.
    pub fn set_quoted(&self) {
        self.quoted.store(true, Ordering::Relaxed);
    }

    /// Says of a block without quotes that it has been read as if it began outside quotes.
    pub fn tell_guess(&self, block: usize) -> Result<(), Unfit> {
        self.tell(block, Said { odd: false, guessed: true })
    }

    /// Says whether the quotes of a block are odd in number.
    pub fn tell_odd(&self, block: usize, odd: bool) -> Result<(), Unfit> {
        self.tell(block, Said { odd, guessed: false })
    }

    /// Says that the file can't be read; nobody waits any longer.
    pub fn fail(&self) {
        self.lock().failed = true;
        self.changed.notify_all();
    }

    /// Whether the quotes before a block are odd in number. Waits for the blocks before it.
    pub fn odd_before(&self, block: usize) -> Result<bool, Unfit> {
        let mut told = self.lock();
        loop {
            if told.failed {
                return Err(Unfit);
            }
            if let Some(odd) = told.before(block) {
                return Ok(odd);
            }
            told = self.changed.wait(told).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }

    fn tell(&self, block: usize, said: Said) -> Result<(), Unfit> {
        let mut told = self.lock();
        told.ahead.push((block, said));
        told.count();
        self.changed.notify_all();
        if told.failed { Err(Unfit) } else { Ok(()) }
    }

    fn lock(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Told {
    fn before(&self, block: usize) -> Option<bool> {
        if block == 0 { Some(false) } else { self.odd_before.get(block - 1).copied() }
    }

    /// Counts what has been said, as far as it goes without a gap.
    fn count(&mut self) {
        loop {
            let block = self.odd_before.len();
            let Some(at) = self.ahead.iter().position(|&(ahead, _)| ahead == block) else { return };
            let (_, said) = self.ahead.swap_remove(at);
            let odd = self.before(block).unwrap_or(false);
            self.failed |= said.guessed && odd;
            self.odd_before.push(odd ^ said.odd);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_tell_in_any_order() {
        let parity = Parity::default();
        assert_eq!(parity.tell_odd(2, true), Ok(()));
        assert_eq!(parity.tell_odd(1, true), Ok(()));
        assert_eq!(parity.odd_before(0), Ok(false));
        assert_eq!(parity.tell_guess(0), Ok(()));
        assert_eq!((1..=3).map(|block| parity.odd_before(block)).collect::<Vec<_>>(), [Ok(false), Ok(true), Ok(false)]);
        assert_eq!(parity.tell_guess(3), Ok(()));
        assert_eq!(parity.tell_odd(4, true), Ok(()));
        assert_eq!(parity.tell_guess(5), Err(Unfit));
        assert_eq!(parity.odd_before(9), Err(Unfit));
    }

    #[test]
    fn a_wrong_guess_is_found_by_who_tells_last() {
        let parity = Parity::default();
        assert_eq!(parity.tell_guess(1), Ok(()));
        assert_eq!(parity.tell_odd(0, true), Err(Unfit));
    }
}
