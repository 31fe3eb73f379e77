//! An input without a file: what is there instead, and how to give one.

use std::path::Path;

use super::own::tidy;
use super::{Bound, CommandLine, Folder, Own, names};
use crate::diag::{Code, Diagnostic, Place, Problems, nearest};
use crate::value::schema::Schema;

/// So many inputs are named in a help.
const NAMED: usize = 4;

/// The errors of inputs that have no file: one for all where no folder is given, else one for each, since what lies in
/// the folders can be said of each.
pub(super) fn report(
    unbound: &[&Schema],
    schemas: &[Schema],
    folders: &[Folder],
    line: &CommandLine<'_>,
    own: &Own<'_>,
    problems: &mut Problems,
) {
    if folders.is_empty() {
        nothing_given(unbound, line, own).into_iter().for_each(|error| problems.push(error));
    } else {
        unbound.iter().for_each(|schema| problems.push(not_there(schema, schemas, folders)));
    }
}

/// The error of inputs for which nothing is given.
fn nothing_given(unbound: &[&Schema], line: &CommandLine<'_>, own: &Own<'_>) -> Option<Diagnostic> {
    let (first, others) = unbound.split_first()?;
    let place: Place = first.span.into();
    let message = match others.split_last() {
        None => format!("no file is given for the input `{}`", first.name),
        Some((last, between)) => {
            let between: String = between.iter().map(|schema| format!(", `{}`", schema.name)).collect();
            format!("no file is given for the inputs `{}`{between} and `{}`", first.name, last.name)
        }
    };
    let error = Diagnostic::error(Code::UnboundInput, place, message);
    let error = others.iter().fold(error, |error, schema| error.also(schema.span, ""));
    Some(error.help(how(unbound, line, own)))
}

/// How files are given to inputs that have none.
fn how(unbound: &[&Schema], line: &CommandLine<'_>, own: &Own<'_>) -> String {
    let options: Vec<String> =
        unbound.iter().take(NAMED).map(|schema| format!("--input {}=PATH", schema.name)).collect();
    let more = if unbound.len() > NAMED { " …" } else { "" };
    let options = format!("`{}{more}`", options.join(" "));
    let help = match (unbound.len(), line.inputs.is_empty()) {
        (1, true) => format!("give a file behind the scheme, or {options}"),
        (_, true) => format!(
            "behind the scheme, name the folder in which their files lie, or the files in the order of the inputs; or give {options}"
        ),
        _ => format!(
            "`--input` gives a file to the input that it names alone: add {options}, or name behind the scheme the folder in \
             which the other files lie; the two go together"
        ),
    };
    let named = !line.paths.is_empty() || !line.inputs.is_empty();
    let mut files = unbound.iter().filter_map(|schema| schema.file.as_ref());
    let beside = files.find(|file| !named && own.data.is_none() && is_beside(own.scheme, file));
    match (own.data.filter(|_| named), beside) {
        (Some((data, _)), _) => {
            let folder = own.scheme.parent().unwrap_or(Path::new("")).join(data);
            format!(
                "{help}\nthe scheme's own folder is taken only where no data are named: to take the others from it, add `{}` \
                 behind the scheme",
                tidy(&folder).to_string_lossy()
            )
        }
        (None, Some(file)) => {
            format!("{help}\n`{file}` lies beside the scheme: `data \".\"` in its head takes files from there")
        }
        (None, None) => help,
    }
}

/// The error of an input whose file isn't in the folders.
fn not_there(schema: &Schema, schemas: &[Schema], folders: &[Folder]) -> Diagnostic {
    let name = &schema.name;
    let place: Place = schema.span.into();
    let error = Diagnostic::error(Code::UnboundInput, place, format!("no file is given for the input `{name}`"));
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
