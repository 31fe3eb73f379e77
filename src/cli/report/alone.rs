//! `--chart`: one picture in a file of its own.

use super::super::args::report::ReportArgs;
use super::super::session::{Session, Step};
use super::pictures::Picture;
use crate::chart::{Frame, Width};
use crate::diag::nearest::suggest;
use crate::diag::{Code, Diagnostic};

/// In what a picture is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Svg,
    Png,
}

/// Refuses a file for a picture that is none, before any data is read.
pub fn check(session: &mut Session, args: &ReportArgs) -> Step<()> {
    if args.chart.is_none() {
        let of_picture = args.out.as_deref().filter(|out| form(args) == Some(Form::Png) || ends(out, "svg"));
        let Some(out) = of_picture else { return Ok(()) };
        let written = out.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let span = session.argument("--out", &written);
        let error = Diagnostic::error(Code::Usage, span, "the report is a page of HTML, and no picture");
        return session.fail(error.help("write to a file that ends in `.html`, or name a picture with `--chart`"));
    }
    match form(args) {
        Some(Form::Png) if !cfg!(feature = "png") => {
            let span = session.argument("--out", "png");
            let error = Diagnostic::error(Code::Usage, span, "this program was built without PNG");
            session.fail(error.help("write to a file that ends in `.svg`, or build with `--features png`"))
        }
        Some(_) => Ok(()),
        None => {
            let out = args.out.as_deref().and_then(std::path::Path::file_name);
            let span = session.argument("--out", &out.map_or_else(String::new, |name| name.to_string_lossy().into()));
            let error = Diagnostic::error(Code::Usage, span, "a picture is written as SVG or PNG");
            session.fail(error.help("write to a file that ends in `.svg` or `.png`"))
        }
    }
}

fn ends(path: &std::path::Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

/// The form by the end of the file's name; standard output gets SVG.
fn form(args: &ReportArgs) -> Option<Form> {
    match args.out.as_deref() {
        None => Some(Form::Svg),
        Some(out) if out == std::path::Path::new("-") || ends(out, "svg") => Some(Form::Svg),
        Some(out) if ends(out, "png") => Some(Form::Png),
        Some(_) => None,
    }
}

/// The picture of a name.
pub fn picture(session: &mut Session, args: &ReportArgs, name: &str, pictures: &[Picture]) -> Step<Vec<u8>> {
    let Some(picture) = pictures.iter().find(|picture| picture.name == name) else {
        let span = session.argument("--chart", name);
        let mut error = Diagnostic::error(Code::Usage, span, format!("the report has no picture `{name}`"));
        error.help = suggest(name, "the pictures are", pictures.iter().map(|picture| picture.name.as_str()));
        if pictures.is_empty() {
            error.help = Some("pictures are of numbers by time or by unit; the report has none".to_owned());
        }
        return session.fail(error);
    };
    let title = args.title.as_deref().unwrap_or(&picture.title);
    let frame = Frame { id: "picture", title, titled: true, width: Width::Wide };
    match form(args) {
        #[cfg(feature = "png")]
        Some(Form::Png) => match picture.chart.png(frame) {
            Some(drawn) => Ok(drawn),
            None => {
                let span = session.argument("--chart", name);
                session.fail(Diagnostic::error(Code::Usage, span, "the picture is too large for a PNG"))
            }
        },
        _ => Ok(picture.chart.svg(frame).into_bytes()),
    }
}
