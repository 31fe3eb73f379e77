//! Prints a comparison in the format that is asked for.

use std::io::{self, Write};

use super::super::args::diff::{DiffArgs, DiffFormat};
use super::super::session::{Session, Step};
use super::super::{Exit, Terminal, output};
use super::Comparison;
use crate::report::csv::Dialect;
use crate::report::diff::{Report, Scheme, csv, json};

/// The comparison as the formats take it.
pub fn report<'c>(args: &'c DiffArgs, comparison: &'c Comparison) -> Report<'c> {
    let schemes = comparison.loaded.iter().map(|loaded| Scheme {
        label: &loaded.label,
        name: &loaded.compiled.plan.name,
        title: &loaded.compiled.plan.title,
        file: &loaded.file,
    });
    Report {
        schemes: schemes.collect(),
        indices: &comparison.compared,
        left_out: &comparison.left_out,
        differences: &comparison.differences,
        settings: &args.settings,
        all: args.all,
    }
}

/// Prints the comparison; tells whether something changed.
pub fn print(
    session: &mut Session,
    args: &DiffArgs,
    comparison: &Comparison,
    terminal: &mut Terminal<'_>,
) -> Step<Exit> {
    let report = report(args, comparison);
    if let Err(error) = output::write(args.out.as_deref(), terminal, |out| write(&report, args, out)) {
        return session.fail(error);
    }
    if args.format == DiffFormat::Csv && terminal.style.talks() {
        // If standard error can't be written to there is nobody to tell.
        let _ = report.write_summary(terminal.err);
    }
    Ok(if report.changed() { Exit::Found } else { Exit::Done })
}

fn write(report: &Report<'_>, args: &DiffArgs, out: &mut dyn Write) -> io::Result<()> {
    match args.format {
        DiffFormat::Table => report.write_table(out),
        DiffFormat::Csv => csv::write(report, args.long, Dialect { spreadsheet: args.spreadsheet }, out),
        DiffFormat::Json => json::write(report, out),
        DiffFormat::Md => report.write_markdown(out),
        DiffFormat::Html => report.write_html(out),
    }
}
