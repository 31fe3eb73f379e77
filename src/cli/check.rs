//! `rules check`: checks a scheme, and data against it; prints nothing but diagnostics and a summary.

use super::args::CheckArgs;
use super::progress::{self, Bar};
use super::render::plural;
use super::session::{Session, Step};
use super::{Exit, Terminal, inputs as data, sensitivity};
use crate::plan::needs;

/// Runs the command.
pub fn run(args: &CheckArgs, terminal: &mut Terminal<'_>) -> Exit {
    let mut session = Session::new(&args.scheme, &args.data.root);
    let done = check(&mut session, args, progress::is_wanted(terminal));
    session.report(terminal);
    match done {
        Ok(summary) => {
            if terminal.style.talks() {
                // If standard error can't be written to there is nobody to tell.
                let _ = writeln!(terminal.err, "{summary}");
            }
            Exit::Done
        }
        Err(exit) => exit,
    }
}

/// Checks all there is, and says what that was.
fn check(session: &mut Session, args: &CheckArgs, watched: bool) -> Step<String> {
    let file = session.read_scheme()?;
    let compiled = session.compile(file)?;
    sensitivity::check(session, &compiled)?;
    let plan = &compiled.plan;
    let indices = match plan.declared.len() {
        1 => "1 index".to_owned(),
        many => format!("{many} indices"),
    };
    let (inputs, scores) = (plural(plan.inputs.len() as u64, "input"), plural(plan.scores.len() as u64, "score"));
    let of_scheme = format!("{inputs}, {scores}, {indices}");
    let named = !args.data.data.is_empty() || !args.data.inputs.is_empty();
    if !named && compiled.header.data.is_none() {
        return Ok(format!("{}: the scheme is sound ({of_scheme}); no data", plan.name));
    }
    let needed = needs::inputs(plan, &plan.declared);
    let mut files = data::find(session, &compiled, &needed, &args.data)?;
    let _bar = Bar::over(files.iter_mut().flatten(), watched);
    let read = data::read(session, &compiled, &files, &vec![true; plan.inputs.len()])?;
    let rows: u64 = read.tables.iter().flatten().map(|table| table.rows as u64).sum();
    data::run(session, &compiled, &read, &plan.declared)?;
    Ok(format!("{}: the scheme is sound ({of_scheme}), and so {}", plan.name, are(rows)))
}

fn are(rows: u64) -> String {
    if rows == 1 { "is 1 row of data".to_owned() } else { format!("are {rows} rows of data") }
}
