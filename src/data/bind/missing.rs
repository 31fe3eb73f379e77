//! An input without a file: what is there instead, and how to give one.

use std::path::Path;

use super::{Bound, CommandLine, Folder, Own, names};
use crate::diag::{Code, Diagnostic, Place, nearest};
use crate::value::schema::Schema;

/// The error of an input that has no file.
pub(super) fn unbound(
    schema: &Schema,
    schemas: &[Schema],
    folders: &[Folder],
    line: &CommandLine<'_>,
    own: &Own<'_>,
) -> Diagnostic {
    let name = &schema.name;
    let place: Place = schema.span.into();
    let error = Diagnostic::error(Code::UnboundInput, place, format!("no file is given for the input `{name}`"));
    if folders.is_empty() {
        let help = format!("give a file behind the scheme, or `--input {name}=PATH`");
        let named = !line.paths.is_empty() || !line.inputs.is_empty();
        let beside = schema.file.as_ref().filter(|file| !named && own.data.is_none() && is_beside(own.scheme, file));
        return error.help(match beside {
            Some(file) => {
                format!("{help}\n`{file}` lies beside the scheme: `data \".\"` in its head takes files from there")
            }
            None => help,
        });
    }
    let file = schema.file.as_ref().filter(|file| ***file != format!("{name}.csv"));
    let or = file.map_or_else(String::new, |file| format!(" or `{file}`"));
    let shown: Vec<String> = folders.iter().map(|folder| format!("`{}`", Bound::new(&folder.path).name)).collect();
    let near = folders.iter().find_map(|folder| near(schema, schemas, &folder.path));
    let (near, path) = match &near {
        Some(near) => (format!("the nearest name is `{near}`: rename it, or "), &**near),
        None => (String::new(), "PATH"),
    };
    error.help(format!("there is no `{name}.csv`{or} in {}; {near}give `--input {name}={path}`", shown.join(", ")))
}

fn is_beside(scheme: &Path, file: &str) -> bool {
    scheme.parent().unwrap_or(Path::new("")).join(file).is_file()
}

/// The file of a folder whose name is nearest to one that the input's file may have, and isn't meant for another input.
fn near(schema: &Schema, schemas: &[Schema], folder: &Path) -> Option<String> {
    let others: Vec<String> = schemas.iter().filter(|other| other.name != schema.name).flat_map(names).collect();
    let files = std::fs::read_dir(folder).ok()?.flatten().filter(|entry| entry.path().is_file());
    let mut files: Vec<String> = files.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    files.retain(|file| !others.contains(file));
    files.sort();
    let wanted = schema.file.iter().map(|file| file.to_string()).chain(Some(format!("{}.csv", schema.name)));
    let found = wanted.filter_map(|name| nearest::nearest(&name, files.iter().map(String::as_str))).next()?;
    Some(Bound::new(&folder.join(found)).name.to_string())
}
