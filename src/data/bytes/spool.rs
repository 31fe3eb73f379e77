//! Standard input, which can be read again from its beginning: what comes is kept, in memory while it is little, then in
//! a file without a name.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{LazyLock, Mutex};

use tempfile::SpooledTempFile;

/// So much is kept in memory.
const IN_MEMORY: usize = 4 << 20;

/// What has come so far.
struct Spool<R> {
    from: R,
    kept: SpooledTempFile,
    length: u64,
    ended: bool,
}

impl<R: Read> Spool<R> {
    fn new(from: R) -> Self {
        Self { from, kept: SpooledTempFile::new(IN_MEMORY), length: 0, ended: false }
    }

    /// Reads from a place; what hasn't come yet is waited for.
    fn read_at(&mut self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        if at < self.length {
            self.kept.seek(SeekFrom::Start(at))?;
            return self.kept.read(into);
        }
        if self.ended || into.is_empty() {
            return Ok(0);
        }
        let read = self.from.read(into)?;
        self.ended = read == 0;
        self.kept.seek(SeekFrom::Start(self.length))?;
        self.kept.write_all(into.get(..read).unwrap_or(&[]))?;
        self.length += read as u64;
        Ok(read)
    }
}

/// Standard input is one for the whole program, and so is what has come from it.
static STDIN: LazyLock<Mutex<Spool<io::Stdin>>> = LazyLock::new(|| Mutex::new(Spool::new(io::stdin())));

/// Reads standard input from its beginning, whatever others have read of it.
#[derive(Debug, Default)]
pub struct Stdin {
    at: u64,
}

impl Read for Stdin {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut spool = STDIN.lock().map_err(|_| io::Error::other("another part of the program failed"))?;
        let read = spool.read_at(self.at, into)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_come_can_be_read_again() {
        let bytes: Vec<u8> = (0..IN_MEMORY + 1000).map(|at| (at % 251) as u8).collect();
        let mut spool = Spool::new(bytes.as_slice());
        for size in [1000, 70_001, 3 << 20] {
            let (mut found, mut into) = (Vec::new(), vec![0; size]);
            loop {
                let read = spool.read_at(found.len() as u64, &mut into).unwrap();
                if read == 0 {
                    break;
                }
                found.extend_from_slice(&into[..read]);
                // Another reader, somewhere before, takes nothing away.
                spool.read_at(found.len() as u64 / 2, &mut [0; 10]).unwrap();
            }
            assert!(found == bytes, "{size}");
        }
    }
}
