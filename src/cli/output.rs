//! Where results go: standard output, or a file that is written whole or not at all.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

use super::{Terminal, interrupt};
use crate::data::Bound;
use crate::data::bytes::plain;
use crate::diag::{Code, DataPlace, Diagnostic};

/// Writes results to standard output, or to a file.
pub fn write(
    path: Option<&Path>,
    terminal: &mut Terminal<'_>,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Diagnostic> {
    match path {
        Some(path) if path != Path::new("-") => to_path(path, content),
        _ => to_stdout(terminal, content),
    }
}

/// Writes to a file, whole or not at all.
pub fn to_path(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Diagnostic> {
    to_file(path, content).map_err(|error| cannot(path, &error))
}

/// Writes to standard output. A reader that goes away has read what it wanted: that is no error.
pub fn to_stdout(
    terminal: &mut Terminal<'_>,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Diagnostic> {
    let mut out = BufWriter::new(&mut *terminal.out);
    match content(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Diagnostic::error(Code::CannotWrite, DataPlace::file(&"standard output".into()), error.to_string()))
        }
        _ => Ok(()),
    }
}

/// The error of a file that can't be written.
pub fn cannot(path: &Path, error: &io::Error) -> Diagnostic {
    let place = DataPlace::file(&Bound::new(path).name);
    let (why, help) = match error.kind() {
        io::ErrorKind::NotFound => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let name = folder.map_or_else(String::new, |folder| format!(" `{}`", Bound::new(folder).name));
            (format!("there is no folder{name}"), "make the folder first")
        }
        io::ErrorKind::NotADirectory => ("its folder is a file".to_owned(), "choose another folder"),
        io::ErrorKind::PermissionDenied => ("writing there isn't permitted".to_owned(), "choose another folder"),
        _ => (without_system(&plain(error)), "choose another file"),
    };
    Diagnostic::error(Code::CannotWrite, place, format!("can't write the file: {why}")).help(help)
}

/// What went wrong, without the number that the system gives it and the name of a file that the user doesn't know.
fn without_system(error: &str) -> String {
    let end = error.find(" (os error").or_else(|| error.find(" at path"));
    error.get(..end.unwrap_or(error.len())).unwrap_or(error).to_owned()
}

fn to_file(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let known = std::fs::metadata(path).ok();
    if known.as_ref().is_some_and(|known| !known.is_file() && !known.is_dir()) {
        // A device or a pipe is written to: it can't be replaced by a file.
        let mut out = BufWriter::new(std::fs::OpenOptions::new().write(true).open(path)?);
        return content(&mut out).and_then(|()| out.flush());
    }
    if known.as_ref().is_some_and(std::fs::Metadata::is_dir) {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    // A link stays a link: what it points to is replaced.
    let target = if known.is_some() { path.canonicalize()? } else { path.to_owned() };
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = temporary(folder)?;
    if let Some(known) = known {
        file.as_file().set_permissions(known.permissions())?;
    }
    let mut out = BufWriter::new(file);
    content(&mut out)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    file.persist(&target).map(drop).map_err(|error| error.error)
}

/// A file beside the target, with the permissions of a new file rather than those of a secret one.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".rules-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    interrupt::guarded(|| builder.tempfile_in(folder))
}
