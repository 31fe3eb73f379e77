//! Which schemes a command is about: those named, and those in folders.

use std::io;
use std::path::{Path, PathBuf};

use crate::data::Bound;
use crate::diag::{Code, DataPlace, Diagnostic};

/// The schemes at some paths; folders are searched, also inside, in the order of names.
pub fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Diagnostic> {
    let mut schemes = Vec::new();
    for path in paths {
        let before = schemes.len();
        let unreadable = |error: io::Error| {
            let place = DataPlace::file(&Bound::new(path).name);
            Diagnostic::error(Code::UnreadableFile, place, format!("can't read the folder: {error}"))
        };
        if path.is_dir() {
            search(path, &mut schemes).map_err(unreadable)?;
        } else {
            schemes.push(path.clone());
        }
        if schemes.len() == before {
            let place = DataPlace::file(&Bound::new(path).name);
            return Err(Diagnostic::error(Code::Usage, place, "there is no `.rules` file in this folder"));
        }
    }
    Ok(schemes)
}

/// Links to folders aren't followed, so that the search ends; folders whose names begin with a point are left out.
fn search(folder: &Path, schemes: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let path = path.strip_prefix(".").map_or(path.clone(), Path::to_owned);
        if entry.file_type()?.is_dir() {
            if !entry.file_name().to_string_lossy().starts_with('.') {
                search(&path, schemes)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rules") && path.is_file() {
            schemes.push(path);
        }
    }
    Ok(())
}
