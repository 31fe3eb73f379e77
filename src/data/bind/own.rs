//! What a scheme names itself: it lies under the root, also through links.

use std::path::{Component, Path, PathBuf};

use super::Bound;
use crate::data::bytes::near_name;
use crate::diag::{Code, DataPlace, Diagnostic};
use crate::source::Span;

/// How many folders above the root are looked at for one in which a file lies.
const FURTHEST_ROOT: usize = 8;

/// What a scheme says of its data.
#[derive(Debug, Clone, Copy)]
pub struct Own<'a> {
    /// The scheme's file.
    pub scheme: &'a Path,
    /// The folder that nothing named by the scheme may leave.
    pub root: &'a Path,
    /// Its line `data "…"`, if it has one.
    pub data: Option<(&'a str, Span)>,
}

impl Own<'_> {
    /// The scheme's own folder of data.
    pub(super) fn folder(&self) -> Result<Option<PathBuf>, Diagnostic> {
        let Some((named, span)) = self.data else { return Ok(None) };
        let path = under_root(self.root, self.scheme, named, span)?;
        if path.is_dir() {
            return Ok(Some(path));
        }
        let message = format!("`{named}` is not a folder");
        Err(Diagnostic::error(Code::UnreadableFile, span, message).help("name the folder in which the files lie"))
    }

    /// Refuses a file that was found in the scheme's own folder and lies outside the root, also through links; and one
    /// that a scheme's `..` finds outside a folder of the user's. Links in the user's folders are the user's.
    pub(super) fn check_inside(&self, path: &Path, folder: &Path, own: bool, span: Span) -> Result<(), Diagnostic> {
        let below = path.strip_prefix(folder).unwrap_or(path);
        let plain = !below.components().any(|part| part == Component::ParentDir);
        let allowed =
            if own { inside(path, self.root) } else { plain || inside(path, folder) || inside(path, self.root) };
        if allowed { Ok(()) } else { Err(outside(&path.to_string_lossy(), span, wider(path, self.root).as_deref())) }
    }
}

/// The path of a file or folder that a scheme names, relative to the scheme's own folder.
///
/// It must be there and lie under the root, also through links; absolute paths are refused. Also for what `extends` and
/// `expect … from` name.
pub fn under_root(root: &Path, scheme: &Path, named: &str, span: Span) -> Result<PathBuf, Diagnostic> {
    if !root.as_os_str().is_empty() && !root.is_dir() {
        let message = "`--root` names no folder that is there";
        return Err(Diagnostic::error(Code::Usage, DataPlace::file(&Bound::new(root).name), message).help(
            "name a folder that holds what the scheme reads, or leave it out: it is the working directory then",
        ));
    }
    let path = scheme.parent().unwrap_or(Path::new("")).join(relative(named, span)?);
    let path = tidy(&path);
    if !path.exists() {
        let message = format!("there is no `{}`", path.to_string_lossy());
        // Nothing is told of what lies outside.
        let near = if path.parent().is_some_and(|folder| inside(folder, root)) { near_name(&path) } else { None };
        return Err(Diagnostic::error(Code::UnreadableFile, span, message).help(match near {
            Some(near) => format!("did you mean `{}`?", Path::new(named).with_file_name(near).to_string_lossy()),
            None => "paths in a scheme start at the folder of the scheme's file".to_owned(),
        }));
    }
    if inside(&path, root) { Ok(path) } else { Err(outside(named, span, wider(&path, root).as_deref())) }
}

/// Refuses absolute paths, those of other systems too, so that a scheme means the same everywhere.
pub(super) fn relative(named: &str, span: Span) -> Result<&str, Diagnostic> {
    let drive = named.as_bytes().get(1) == Some(&b':');
    if drive || named.starts_with(['/', '\\']) || Path::new(named).is_absolute() {
        let message = format!("`{named}` is an absolute path, which would be another file elsewhere");
        return Err(Diagnostic::error(Code::OutsideRoot, span, message)
            .help("write it relative to the folder of the scheme's file"));
    }
    Ok(named)
}

/// Removes what `..` takes back where the names before it are plain, so that the path reads well.
///
/// Links are followed only in [`inside`]: a path through a link and back is kept as it is.
pub(super) fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for part in path.components() {
        let back =
            part == Component::ParentDir && matches!(tidied.components().next_back(), Some(Component::Normal(_)));
        if back && !tidied.is_symlink() {
            tidied.pop();
        } else {
            tidied.push(part);
        }
    }
    if tidied.as_os_str().is_empty() { PathBuf::from(".") } else { tidied }
}

fn inside(path: &Path, folder: &Path) -> bool {
    let here =
        |path: &Path| if path.as_os_str().is_empty() { Path::new(".").canonicalize() } else { path.canonicalize() };
    match (here(path), here(folder)) {
        (Ok(path), Ok(folder)) => path.starts_with(folder),
        _ => false,
    }
}

/// The nearest folder above the root in which a path lies; none where that would be all files of the machine.
fn wider(path: &Path, root: &Path) -> Option<PathBuf> {
    let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    let mut folder = root.to_owned();
    for _ in 0..FURTHEST_ROOT {
        folder = match folder.components().next_back() {
            Some(Component::CurDir) => PathBuf::from(".."),
            _ => tidy(&folder.join("..")),
        };
        if inside(path, &folder) {
            let whole = folder.canonicalize().ok()?;
            return whole.parent().is_some().then_some(folder);
        }
    }
    None
}

fn outside(named: &str, span: Span, wider: Option<&Path>) -> Diagnostic {
    let message = format!("`{named}` lies outside the root");
    let found = Diagnostic::error(Code::OutsideRoot, span, message);
    let reads = "a scheme reads only what lies under the working directory, or under the folder that `--root` names";
    found.help(match wider {
        Some(folder) => format!("{reads}: to let it read this, add `--root {}`", folder.to_string_lossy()),
        None => reads.to_owned(),
    })
}
