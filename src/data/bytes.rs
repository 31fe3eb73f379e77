//! Opens files and standard input, whole or as a stream; unpacks `.gz` and `.zst` by their first bytes.

mod spool;
mod unpack;

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use unpack::Damaged;
pub use unpack::{TELLING, unpacked};

use super::progress::Progress;
use super::{Bound, Source};
use crate::diag::nearest::nearest;
use crate::diag::{Code, DataPlace, Diagnostic};

/// The path that means standard input.
pub const STDIN: &str = "-";

/// How workbooks and archives begin: those of Excel and of OpenDocument are zip archives, old ones have a format of
/// their own.
const BOOKS: [&[u8]; 2] = [b"PK\x03\x04", &[0xd0, 0xcf, 0x11, 0xe0]];

/// Reads a file, or standard input.
///
/// What is packed is told by its first bytes, not by its name. The whole of it is held in memory, unpacked.
pub fn open(bound: &Bound) -> Result<Source, Diagnostic> {
    let mut bytes = Vec::new();
    reader(bound)?.read_to_end(&mut bytes).map_err(|error| failed(bound, &error))?;
    Ok(Source { name: Arc::clone(&bound.name), form: bound.form, bytes })
}

/// Whether a file that begins so is packed, a workbook or an archive.
pub fn is_packed(bytes: &[u8]) -> bool {
    unpack::is_packed(bytes) || BOOKS.iter().any(|book| bytes.starts_with(book))
}

/// Opens a file, or standard input, as a stream of its unpacked bytes. Standard input can be opened again, and begins
/// anew then. What is damaged or cut off is an error of the stream, which [`failed`] puts into words.
pub fn reader(bound: &Bound) -> Result<Box<dyn Read + Send>, Diagnostic> {
    let (head, raw) = begin(bound).map_err(|error| failed(bound, &error))?;
    if BOOKS.iter().any(|book| head.starts_with(book)) {
        return Err(unreadable(bound, "this is a workbook or an archive, not a text").help("save the table as CSV"));
    }
    Ok(unpacked(head, raw))
}

/// Whether a file, or what comes in on standard input, is packed, a workbook or an archive.
pub fn begins_packed(bound: &Bound) -> io::Result<bool> {
    let unwatched = Bound { progress: Progress::default(), ..bound.clone() };
    begin(&unwatched).map(|(head, _)| is_packed(&head))
}

/// Opens a file and reads the bytes that tell whether it is packed.
fn begin(bound: &Bound) -> io::Result<(Vec<u8>, Counted)> {
    let mut raw = raw(bound)?;
    let mut head = Vec::with_capacity(TELLING);
    (&mut raw).take(TELLING as u64).read_to_end(&mut head)?;
    Ok((head, raw))
}

/// The error of a file that can't be read to its end.
pub fn failed(bound: &Bound, error: &io::Error) -> Diagnostic {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Damaged>()) {
        Some(damaged) => unreadable(bound, &damaged.to_string()),
        None if error.kind() == io::ErrorKind::NotFound => absent(&bound.path, &bound.name),
        None => unreadable(bound, &format!("can't read the file: {}", plain(error))),
    }
}

fn unreadable(bound: &Bound, message: &str) -> Diagnostic {
    Diagnostic::error(Code::UnreadableFile, DataPlace::file(&bound.name), message)
}

#[expect(clippy::disallowed_methods, reason = "this is where files of data are read")]
fn raw(bound: &Bound) -> io::Result<Counted> {
    let from: Box<dyn Read + Send> = if bound.path == Path::new(STDIN) {
        Box::new(spool::Stdin::default())
    } else {
        Box::new(std::fs::File::open(&bound.path)?)
    };
    Ok(Counted { from, progress: bound.progress.clone() })
}

/// Counts what is read, packed or not.
struct Counted {
    from: Box<dyn Read + Send>,
    progress: Progress,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        self.progress.add(read);
        Ok(read)
    }
}

/// The error of a file that isn't there.
pub fn absent(path: &Path, name: &Arc<str>) -> Diagnostic {
    let message = "can't read the file: there is no such file";
    let found = Diagnostic::error(Code::UnreadableFile, DataPlace::file(name), message);
    match near(path) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help("paths start at the working directory"),
    }
}

/// The name in a file's folder that is nearest to its own, or that is its own with an ending.
pub fn near_name(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).ok()?;
    let mut names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    let written = path.file_name()?.to_str()?;
    let ended = names.iter().find(|name| name.strip_prefix(written).is_some_and(|ending| ending.starts_with('.')));
    ended.map(String::as_str).or_else(|| nearest(written, names.iter().map(String::as_str))).map(str::to_owned)
}

/// The path of a file beside one that isn't there, with the name that is nearest.
fn near(path: &Path) -> Option<String> {
    near_name(path).map(|name| path.with_file_name(name).to_string_lossy().into_owned())
}

/// What went wrong, in lower case and without the number that the system gives it.
pub fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "reading it isn't permitted".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::UnexpectedEof => "it ends early".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::testing::{gzip, unpack, unpack_by, zstd};

    #[test]
    fn all_members_and_frames_are_read() {
        assert_eq!(unpack([gzip("a,b\n"), gzip("1,2\n")].concat()).unwrap(), b"a,b\n1,2\n");
        let skipped = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9].to_vec();
        assert_eq!(unpack([zstd("a,b\n"), skipped.clone(), zstd("1,2\n")].concat()).unwrap(), b"a,b\n1,2\n");
        assert_eq!(unpack([skipped, zstd("x\n")].concat()).unwrap(), b"x\n");
        assert_eq!(unpack(b"a,b\n".to_vec()).unwrap(), b"a,b\n");
        assert_eq!(unpack(Vec::new()).unwrap(), b"");
    }

    #[test]
    fn buffers_may_be_small() {
        let text = (0..30_000).map(|n| format!("{n},{}\n", n * n)).collect::<String>();
        for packed in [gzip(&text), zstd(&text), [zstd("a\n"), zstd(""), zstd(&text)].concat()] {
            let whole = unpack(packed.clone()).unwrap();
            assert!(whole.ends_with(text.as_bytes()));
            assert_eq!(unpack_by(packed, 7).unwrap(), whole);
        }
    }

    #[test]
    fn what_ends_early_is_an_error() {
        let text = "some text that is long enough, some text that is long enough\n".repeat(50);
        for packed in
            [gzip(&text), zstd(&text), [gzip("a\n"), gzip(&text)].concat(), [zstd("a\n"), zstd(&text)].concat()]
        {
            for cut in 1..12 {
                let error = unpack(packed[..packed.len() - cut].to_vec()).unwrap_err();
                assert!(error.contains("ends early"), "{error}");
            }
        }
        assert!(unpack(vec![0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9]).is_err());
    }

    #[test]
    fn a_changed_byte_is_found_by_the_checksum() {
        for mut packed in [gzip("a,b\n1,2\n"), zstd("a,b\n1,2\n")] {
            assert!(unpack(packed.clone()).is_ok());
            let at = packed.windows(3).position(|bytes| bytes == b"1,2").unwrap_or(packed.len() - 6);
            packed[at] ^= 1;
            assert!(unpack(packed).is_err());
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = open(&Bound::new(Path::new("no/such/file.csv"))).unwrap_err();
        assert_eq!(
            (error.code, error.message.as_str()),
            (Code::UnreadableFile, "can't read the file: there is no such file")
        );
    }
}
