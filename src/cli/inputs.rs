//! The data of a run: finds the file of each input, reads it, and runs the plan on it.

use std::path::Path;

use super::args::{DataArgs, StdinFormat};
use super::session::{Session, Step};
use super::{Exit, blame};
use crate::compile::Compiled;
use crate::data::{self, Bound, CommandLine, Form, Own, bytes};
use crate::diag::{Code, DataPlace, Diagnostic, Problems};
use crate::eval::{Job, Outcome, engine, literals};
use crate::plan::Plan;
use crate::value::column::Table;
use crate::value::schema::Schema;

/// The files of each input, in the order in which they are read; none where there are none.
pub type Files = Vec<Vec<Bound>>;

/// The files of the inputs that are needed.
pub fn needed<'f, 'n>(files: &'f mut Files, needed: &'n [bool]) -> impl Iterator<Item = &'f mut Bound> + use<'f, 'n> {
    files.iter_mut().zip(needed).filter(|(_, needed)| **needed).flat_map(|(files, _)| files)
}

/// Finds the files of the inputs: those on the command line, or else in the scheme's own folder. A needed input without
/// one is an error.
pub fn find(session: &mut Session, compiled: &Compiled, needed: &[bool], args: &DataArgs) -> Step<Files> {
    find_in(session, compiled, needed, args, true)
}

/// Finds the files as [`find`] does; looks into the scheme's own folder only if it may.
pub fn find_in(session: &mut Session, compiled: &Compiled, needed: &[bool], args: &DataArgs, own: bool) -> Step<Files> {
    let schemas: Vec<Schema> = compiled.plan.inputs.iter().map(|input| input.schema.clone()).collect();
    let line = CommandLine { paths: &args.data, inputs: &args.inputs };
    let named = session.own(compiled);
    let own = Own { data: named.data.filter(|_| own), ..named };
    let mut problems = Problems::new();
    let mut files = data::bind(&schemas, needed, &line, &own, &mut problems);
    let stdin = Path::new(bytes::STDIN);
    for bound in files.iter_mut().flatten().filter(|bound| bound.path == stdin) {
        bound.form = match args.stdin_format {
            StdinFormat::Csv => Form::Csv,
            StdinFormat::Tsv => Form::Tsv,
            StdinFormat::Jsonl => Form::JsonLines,
        };
    }
    let failed = problems.has_errors();
    session.problems.extend(problems);
    if failed {
        return Err(Exit::Failed);
    }
    check_stdin(session, &files)?;
    Ok(files)
}

/// The tables of a run.
#[derive(Debug, Clone, Default)]
pub struct Read {
    /// A table for each input that was wanted and has a file.
    pub tables: Vec<Option<Table>>,
    /// Whether rows had errors.
    pub faulty: bool,
}

/// Reads the files of the wanted inputs, all of them before the first that can't be read ends the run.
pub fn read(session: &mut Session, compiled: &Compiled, files: &Files, wanted: &[bool]) -> Step<Read> {
    let (mut tables, mut unread) = (Vec::new(), false);
    let wanted = wanted.iter().copied().chain(std::iter::repeat(true));
    let mut problems = Problems::new();
    let schemas = || compiled.plan.inputs.iter().map(|input| &input.schema);
    for ((input, files), wanted) in compiled.plan.inputs.iter().zip(files).zip(wanted) {
        let table = Some(files).filter(|files| wanted && !files.is_empty()).map(|files| {
            files.iter().for_each(|bound| session.remember(bound, &input.schema.format));
            let others: Vec<&Schema> = schemas().filter(|other| other.name != input.schema.name).collect();
            let mut found = Problems::new();
            let table = data::read_files(files.iter().map(Bound::open), &input.schema, &others, &mut found);
            problems.extend(blame::of_reading(&compiled.chain, &input.schema, found));
            table
        });
        unread |= matches!(table, Some(None));
        tables.push(table.flatten());
    }
    let faulty = problems.has_errors();
    session.problems.extend(problems);
    if unread { Err(Exit::Failed) } else { Ok(Read { tables, faulty }) }
}

/// Runs the plan of a scheme on the tables, with all its checks. An error is something found, and ends the run.
pub fn run(session: &mut Session, compiled: &Compiled, read: &Read, wanted: &[usize]) -> Step<Outcome> {
    run_plan(session, (compiled, &compiled.plan), read, wanted)
}

/// Runs a plan as [`run`] does that has more indices behind those of the scheme.
pub fn run_plan(
    session: &mut Session,
    (compiled, plan): (&Compiled, &Plan),
    read: &Read,
    wanted: &[usize],
) -> Step<Outcome> {
    let mut outcome = engine::run(Job { plan, tables: &read.tables, wanted, checks: true });
    let problems = std::mem::take(&mut outcome.problems);
    let problems = blame::of_run(blame::Run { compiled, tables: &read.tables, wanted }, problems);
    if read.faulty {
        // Without the rejected rows the cells are wrong, and so is what is said of them; what is wrong in the rows
        // that are left is wrong in any case.
        let of_rows = |code| matches!(code, Code::NotOnScale | Code::BackwardInterval);
        problems.iter().filter(|found| of_rows(found.code)).for_each(|found| session.problems.push(found.clone()));
        return Err(Exit::Found);
    }
    let found = problems.has_errors();
    session.problems.extend(literals::unused(plan, &read.tables, wanted));
    session.problems.extend(problems);
    if found { Err(Exit::Found) } else { Ok(outcome) }
}

/// Standard input can be read once only.
fn check_stdin(session: &mut Session, files: &Files) -> Step<()> {
    let stdin = Path::new(bytes::STDIN);
    if session.scheme == stdin && files.iter().flatten().any(|bound| bound.path == stdin) {
        let place = DataPlace::file(&Bound::new(stdin).name);
        return session.fail(Diagnostic::error(Code::Usage, place, "standard input is the scheme, and data too"));
    }
    Ok(())
}
