//! The temporary file for rows that don't fit into memory: it has no name, so that nothing is left of it however the
//! run ends.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use crate::value::spill::{Place, Spill};

/// A temporary file that is made when the first bytes come.
#[derive(Debug)]
pub struct TemporaryFile {
    folder: PathBuf,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    file: Option<Arc<File>>,
    end: u64,
}

impl TemporaryFile {
    /// A file in a folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), open: Mutex::default() }
    }

    /// How many bytes were written.
    pub fn written(&self) -> u64 {
        self.open.lock().map_or(0, |open| open.end)
    }

    /// The file, and where the next bytes go; so many are set aside.
    fn room(&self, length: usize) -> io::Result<(Arc<File>, u64)> {
        let mut open = self.open.lock().map_err(|_| poisoned())?;
        let file = match &open.file {
            Some(file) => Arc::clone(file),
            None => Arc::clone(open.file.insert(Arc::new(tempfile::tempfile_in(&self.folder)?))),
        };
        let start = open.end;
        open.end += length as u64;
        Ok((file, start))
    }
}

impl Spill for TemporaryFile {
    fn write(&self, bytes: &[u8]) -> io::Result<Place> {
        let (file, start) = self.room(bytes.len())?;
        self.write_at(&file, bytes, start)?;
        Ok(Place { start, length: bytes.len() })
    }

    fn read(&self, place: Place, into: &mut Vec<u8>) -> io::Result<()> {
        let (file, _) = self.room(0)?;
        let before = into.len();
        into.resize(before + place.length, 0);
        self.read_at(&file, into.get_mut(before..).unwrap_or_default(), place.start)
    }
}

#[cfg(unix)]
impl TemporaryFile {
    #[expect(clippy::unused_self, reason = "where there are no positioned writes, threads take turns")]
    fn write_at(&self, file: &File, bytes: &[u8], start: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::write_all_at(file, bytes, start)
    }

    #[expect(clippy::unused_self, reason = "where there are no positioned reads, threads take turns")]
    fn read_at(&self, file: &File, into: &mut [u8], start: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(file, into, start)
    }
}

#[cfg(not(unix))]
impl TemporaryFile {
    fn write_at(&self, mut file: &File, bytes: &[u8], start: u64) -> io::Result<()> {
        use std::io::{Seek, SeekFrom, Write};
        let _turn = self.open.lock().map_err(|_| poisoned())?;
        file.seek(SeekFrom::Start(start))?;
        file.write_all(bytes)
    }

    fn read_at(&self, mut file: &File, into: &mut [u8], start: u64) -> io::Result<()> {
        use std::io::{Read, Seek, SeekFrom};
        let _turn = self.open.lock().map_err(|_| poisoned())?;
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(into)
    }
}

fn poisoned() -> io::Error {
    io::Error::other("another thread failed while it used the temporary file")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let file = TemporaryFile::new(folder.path());
        let first = file.write(b"first").unwrap();
        let second = file.write(b"second").unwrap();
        let mut back = b"-".to_vec();
        file.read(second, &mut back).unwrap();
        file.read(first, &mut back).unwrap();
        assert_eq!(back, b"-secondfirst");
        assert_eq!(file.written(), 11);
        drop(file);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn threads_write_side_by_side() {
        let folder = tempfile::tempdir().unwrap();
        let file = TemporaryFile::new(folder.path());
        let own = |thread: u8| (0..50).map(|_| file.write(&[thread; 100]).unwrap()).collect::<Vec<_>>();
        let places: Vec<(u8, Vec<Place>)> = std::thread::scope(|scope| {
            let handles: Vec<_> = (0..4).map(|thread| (thread, scope.spawn(move || own(thread)))).collect();
            handles.into_iter().map(|(thread, handle)| (thread, handle.join().unwrap())).collect()
        });
        for (thread, places) in places {
            for place in places {
                let mut back = Vec::new();
                file.read(place, &mut back).unwrap();
                assert_eq!(back, [thread; 100]);
            }
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let file = TemporaryFile::new("no such folder");
        assert!(file.write(b"x").is_err());
    }
}
