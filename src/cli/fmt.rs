//! `rules fmt`: lays schemes out anew, in place, or says which would change.

use std::path::{Path, PathBuf};

use super::args::fmt::FmtArgs;
use super::session::{SchemeText, Session, Step, read_text};
use super::{Exit, Terminal, output, schemes};
use crate::data::bytes::STDIN;
use crate::diag::{Code, DataPlace, Diagnostic};
use crate::fmt;
use crate::report::visible::visible;
use crate::syntax;

/// Runs the command. A file that can't be laid out is left as it is; the others are still done.
pub fn run(args: &FmtArgs, terminal: &mut Terminal<'_>) -> Exit {
    let mut session = Session::default();
    let found = schemes::find(&args.paths).or_else(|error| session.fail(error));
    session.report(terminal);
    let Ok(found) = found else { return Exit::Failed };
    let mut worst = Exit::Done;
    for path in once_each(found) {
        let mut session = Session::new(&path, Path::new("."));
        let done = one(&mut session, args.check, terminal);
        session.report(terminal);
        worst = worst.max(done.unwrap_or_else(|exit| exit));
    }
    let _ = terminal.out.flush();
    worst
}

/// The paths without those that stand there a second time.
fn once_each(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut kept: Vec<PathBuf> = Vec::new();
    for path in paths {
        if !kept.contains(&path) {
            kept.push(path);
        }
    }
    kept
}

/// Lays one scheme out.
fn one(session: &mut Session, check: bool, terminal: &mut Terminal<'_>) -> Step<Exit> {
    let path = session.scheme.clone();
    let read = read_text(&path).or_else(|error| session.fail(error))?;
    let made = made(session, &read)?;
    let mark = if read.marked { "\u{feff}" } else { "" };
    let changed = made != read.text;
    let name = visible(&read.name).into_owned();
    if check {
        if changed {
            output::to_stdout(terminal, |out| writeln!(out, "{name}")).or_else(|error| session.fail(error))?;
        }
        return Ok(if changed { Exit::Found } else { Exit::Done });
    }
    if path == Path::new(STDIN) {
        let written = output::to_stdout(terminal, |out| write!(out, "{mark}{made}"));
        return written.map(|()| Exit::Done).or_else(|error| session.fail(error));
    }
    if changed {
        in_place(session, &path, &read)?;
        let written = output::write(Some(&path), terminal, |out| write!(out, "{mark}{made}"));
        written.or_else(|error| session.fail(error))?;
        if terminal.style.talks() {
            // If standard error can't be written to there is nobody to tell.
            let _ = writeln!(terminal.err, "{name}: laid out");
        }
    }
    Ok(Exit::Done)
}

/// The text in its form. The errors of a text that can't be parsed are those that `rules check` shows.
fn made(session: &mut Session, read: &SchemeText) -> Step<String> {
    let file = session.sources.add(&read.name, &read.text);
    syntax::parse_file(file, &read.text, &mut session.problems);
    if session.problems.has_errors() {
        return Err(Exit::Failed);
    }
    fmt::format(&read.text).or_else(|_| {
        let place = DataPlace::file(&read.name);
        let message = "the scheme can't be laid out without changing what it says: this is an error of the program";
        session.fail(Diagnostic::error(Code::CannotWrite, place, message).help("the file is left as it is; report it"))
    })
}

/// Whether a file can be written in place: what is packed, or no file at all, can't.
fn in_place(session: &mut Session, path: &Path, read: &SchemeText) -> Step<()> {
    let length = read.text.len() + if read.marked { 3 } else { 0 };
    let known = std::fs::metadata(path);
    let plain = known.is_ok_and(|known| known.is_file() && known.len() == length as u64);
    if plain {
        return Ok(());
    }
    let place = DataPlace::file(&read.name);
    let message = "only a file that isn't packed can be written in place";
    session.fail(
        Diagnostic::error(Code::Usage, place, message).help("unpack it, or write `rules fmt -` and send it there"),
    )
}
