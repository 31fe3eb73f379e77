//! `rules doc`: the methodology as a page that people read.

use super::args::doc::{DocArgs, DocFormat};
use super::session::{Session, Step};
use super::{Exit, Terminal, output};
use crate::diag::{Code, Diagnostic};
use crate::doc::{self, page};

/// Runs the command.
pub fn run(args: &DocArgs, terminal: &mut Terminal<'_>) -> Exit {
    let mut session = Session::new(&args.scheme, &args.root);
    let made = make(&mut session, args);
    session.end(terminal, made, |text, terminal| {
        output::write(args.out.as_deref(), terminal, |out| out.write_all(text.as_bytes()))
    })
}

fn make(session: &mut Session, args: &DocArgs) -> Step<String> {
    let file = session.read_scheme()?;
    let compiled = session.compile(file)?;
    spare_scheme(session, args)?;
    let made = doc::describe(&compiled.chain, &compiled.typed, &session.sources);
    Ok(match args.format {
        DocFormat::Md => page::markdown::render(&made),
        DocFormat::Html => page::html::render(&made),
    })
}

/// Refuses to write the page over the scheme.
fn spare_scheme(session: &mut Session, args: &DocArgs) -> Step<()> {
    let Some(target) = args.out.as_deref().and_then(|out| out.canonicalize().ok()) else { return Ok(()) };
    if session.scheme_paths().any(|path| path.canonicalize().is_ok_and(|path| path == target)) {
        let written = target.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let span = session.argument("--out", &written);
        let error = Diagnostic::error(Code::CannotWrite, span, "this file is read: the page would take its place");
        return session.fail(error.help("write to another file"));
    }
    Ok(())
}
