//! Opens files: reads a path or standard input whole, and unpacks `.gz` and `.zst` by their first bytes.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;

use super::Source;
use crate::diag::nearest::nearest;
use crate::diag::{Code, DataPlace, Diagnostic};

/// The path that means standard input.
pub const STDIN: &str = "-";

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// How workbooks and archives begin: those of Excel and of OpenDocument are zip archives, old ones have a format of
/// their own.
const BOOKS: [&[u8]; 2] = [b"PK\x03\x04", &[0xd0, 0xcf, 0x11, 0xe0]];

/// Reads a file, or standard input for `-`, under the name that the user sees.
///
/// What is packed is told by its first bytes, not by its name. The whole of it is held in memory, unpacked.
pub fn open(path: &Path, name: &str) -> Result<Source, Diagnostic> {
    let name: Arc<str> = name.into();
    let unreadable = |message: String| Diagnostic::error(Code::UnreadableFile, DataPlace::file(&name), message);
    let read = if path == Path::new(STDIN) { read_stdin() } else { read_path(path) };
    let packed = read.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => absent(path, &name),
        _ => unreadable(format!("can't read the file: {}", plain(&error))),
    })?;
    if BOOKS.iter().any(|book| packed.starts_with(book)) {
        return Err(unreadable("this is a workbook or an archive, not a text".to_owned()).help("save the table as CSV"));
    }
    let bytes = unpack(packed).map_err(unreadable)?;
    Ok(Source { name, bytes })
}

/// Whether a file that begins so is packed, a workbook or an archive.
pub fn is_packed(bytes: &[u8]) -> bool {
    let packed = bytes.starts_with(GZIP) || bytes.starts_with(ZSTD) || skippable(bytes).is_some();
    packed || BOOKS.iter().any(|book| bytes.starts_with(book))
}

/// Unpacks all members of a gzip file or all frames of a zstd file; other bytes stay as they are.
pub fn unpack(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    if bytes.starts_with(GZIP) {
        let mut out = Vec::new();
        MultiGzDecoder::new(bytes.as_slice())
            .read_to_end(&mut out)
            .map_err(|error| format!("the gzip file is damaged or ends early: {}", plain(&error)))?;
        Ok(out)
    } else if bytes.starts_with(ZSTD) || skippable(&bytes).is_some() {
        unzstd(&bytes).map_err(|why| format!("the zstd file is damaged or ends early: {why}"))
    } else {
        Ok(bytes)
    }
}

fn unzstd(mut rest: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    while !rest.is_empty() {
        if let Some(length) = skippable(rest) {
            rest = rest.get(length..).ok_or("a skippable frame ends early")?;
            continue;
        }
        let mut decoder = StreamingDecoder::new(&mut rest).map_err(|error| error.to_string())?;
        decoder.read_to_end(&mut out).map_err(|error| plain(&error))?;
        let (stated, found) = (decoder.decoder.get_checksum_from_data(), decoder.decoder.get_calculated_checksum());
        if stated.is_some() && stated != found {
            return Err("its checksum is another".to_owned());
        }
    }
    Ok(out)
}

/// The length of the frame without data that stands at the start, if one does.
fn skippable(bytes: &[u8]) -> Option<usize> {
    let (head, rest) = bytes.split_first_chunk::<4>()?;
    let (length, _) = rest.split_first_chunk::<4>()?;
    let magic = u32::from_le_bytes(*head);
    (magic & 0xffff_fff0 == 0x184d_2a50).then(|| (u32::from_le_bytes(*length) as usize).saturating_add(8))
}

fn read_stdin() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[expect(clippy::disallowed_methods, reason = "this is where files of data are read")]
fn read_path(path: &Path) -> io::Result<Vec<u8>> {
    std::fs::read(path)
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
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(text: &str) -> Vec<u8> {
        compress_to_vec(text.as_bytes(), CompressionLevel::Fastest)
    }

    #[test]
    fn all_members_and_frames_are_read() {
        assert_eq!(unpack([gzip("a,b\n"), gzip("1,2\n")].concat()).unwrap(), b"a,b\n1,2\n");
        let skipped = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9].to_vec();
        assert_eq!(unpack([zstd("a,b\n"), skipped.clone(), zstd("1,2\n")].concat()).unwrap(), b"a,b\n1,2\n");
        assert_eq!(unpack([skipped, zstd("x\n")].concat()).unwrap(), b"x\n");
        assert_eq!(unpack(b"a,b\n".to_vec()).unwrap(), b"a,b\n");
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
        let error = open(Path::new("no/such/file.csv"), "file.csv").unwrap_err();
        assert_eq!(
            (error.code, error.message.as_str()),
            (Code::UnreadableFile, "can't read the file: there is no such file")
        );
    }
}
