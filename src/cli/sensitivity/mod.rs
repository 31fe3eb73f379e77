//! `rules sensitivity`: how sure the cells of indices are, and what they depend on most.
//!
//! Input: a scheme that says what varies, and data. All settings are drawn and compiled before the data are read; the runs
//! share what they have in common, as those of a sweep do.

mod choices;
mod combos;
mod finish;
mod gather;
mod inputs;
mod runs;
mod samples;
mod targets;
mod template;

use super::args::sensitivity::{SensitivityArgs, SensitivityFormat, SensitivityPart, SequenceArg};
use super::session::{Session, Step};
use super::timings::Timings;
use super::{Exit, Terminal, output, progress, select};
use crate::compile::{Compiled, Setting, Varied, Vary};
use crate::diag::{Code, DataPlace, Diagnostic};
use crate::report::sensitivity::{Sensitivity, csv, json, markdown, table};
use crate::sensitivity::design::Design;
use crate::sensitivity::points::Sequence;
use crate::value::Type;
use combos::Setup;
use inputs::Inputs;
use runs::Done;

/// Runs the command.
pub fn run(args: &SensitivityArgs, terminal: &mut Terminal<'_>) -> Exit {
    let mut session = Session::new(&args.scheme, &args.data.root);
    session.timings = Timings::new(args.timings);
    let made = analyse(&mut session, args, progress::is_wanted(terminal));
    session.end(terminal, made, |found, terminal| {
        output::to_stdout(terminal, |out| match (args.format, args.part) {
            (SensitivityFormat::Table, _) => table::write(found, out),
            (SensitivityFormat::Json, _) => json::write(found, out),
            (SensitivityFormat::Md, _) => markdown::write(found, out),
            (SensitivityFormat::Csv, SensitivityPart::Cells) => csv::cells(found, out),
            (SensitivityFormat::Csv, SensitivityPart::Inputs) => csv::inputs(found, out),
            (SensitivityFormat::Csv, SensitivityPart::Pairs) => csv::pairs(found, out),
        })
    })
}

/// Looks at all that varies as far as that can be done without data: whether changes are there and can be made.
pub fn check(session: &mut Session, compiled: &Compiled) -> Step<()> {
    if compiled.varies.is_empty() && compiled.chain.excludes().is_empty() {
        return Ok(());
    }
    let setup = setup(session, compiled, compiled.varies.clone(), Vec::new())?;
    let Some(design) = Design::new(Sequence::Latin, CHECKED_ROWS, setup.inputs.list.len(), 1) else { return Ok(()) };
    setup.combos(session, &design, 1).map(drop)
}

/// So many rows of draws are compiled where no run follows.
const CHECKED_ROWS: usize = 16;

fn setup(session: &mut Session, compiled: &Compiled, varies: Vec<Vary>, settings: Vec<Setting>) -> Step<Setup> {
    let choices = choices::find(session, compiled, &varies)?;
    let inputs = Inputs::new(&varies, &choices);
    let setup = Setup::new(choices, inputs, settings);
    setup.check_changes(session)?;
    Ok(setup)
}

/// Draws, runs, and says what was found.
pub fn analyse(session: &mut Session, args: &SensitivityArgs, watched: bool) -> Step<Sensitivity> {
    let file = session.read_scheme()?;
    let settings = select::settings(&args.settings);
    let compiled = session.compile_set(file, &settings)?;
    session.timings.done("read scheme");
    let wanted = wanted(session, &compiled, args)?;
    let asked = targets::read(session, &args.targets, &compiled.plan, &wanted)?;
    check_within(session, &compiled, &wanted, args)?;
    samples::check_name(session, args)?;
    let is_set =
        |vary: &Vary| matches!(&vary.what, Varied::Param(name) if settings.iter().any(|set| set.name == *name));
    let varies: Vec<Vary> = compiled.varies.iter().filter(|vary| !is_set(vary)).cloned().collect();
    if varies.is_empty() {
        let place = DataPlace::file(&crate::data::Bound::new(&session.scheme).name);
        let error = Diagnostic::error(Code::Usage, place, "nothing varies in this scheme");
        return session.fail(error.help("say what could have been decided otherwise: `vary third_country in 0..1`"));
    }
    let setup = setup(session, &compiled, varies, settings)?;
    let design = design(session, args, setup.inputs.list.len())?;
    let combos = setup.combos(session, &design, args.resources.threads())?;
    session.timings.done("compile");
    let job = runs::Job { args, compiled: &compiled, setup: &setup, design: &design, wanted: &wanted, watched };
    let done = runs::run(session, job, &combos)?;
    session.timings.done("run");
    if let Some(path) = &args.out {
        samples::write(session, path, &setup, &design, (&combos, &done))?;
        session.timings.done("write samples");
    }
    let found = result(session, args, &asked, (&compiled, &setup, &design), &done)?;
    session.timings.done("summarise");
    Ok(found)
}

/// The indices that are looked at: numbers.
fn wanted(session: &mut Session, compiled: &Compiled, args: &SensitivityArgs) -> Step<Vec<usize>> {
    let all = select::indices(session, compiled, &args.indices)?;
    let number = |at: &usize| {
        let index = compiled.plan.indices.get(*at);
        index.is_some_and(|index| matches!(index.ty.base, Type::Number(_) | Type::Real))
    };
    let (found, others): (Vec<usize>, Vec<usize>) = all.into_iter().partition(number);
    let other = others.first().and_then(|&at| compiled.plan.indices.get(at));
    if let Some(other) = other.filter(|_| !args.indices.is_empty() || found.is_empty()) {
        let span = session.argument("--index", &other.name);
        let message = format!("the values of `{}` are no numbers", other.name);
        return session.fail(Diagnostic::error(Code::WrongType, span, message).help("look at an index of numbers"));
    }
    Ok(found)
}

fn check_within(session: &mut Session, compiled: &Compiled, wanted: &[usize], args: &SensitivityArgs) -> Step<()> {
    let dims = || wanted.iter().filter_map(|&at| compiled.plan.indices.get(at)).flat_map(|index| &index.dims);
    let Some(name) = args.within.iter().find(|name| !dims().any(|dim| *dim.name == ***name)) else { return Ok(()) };
    let span = session.argument("--within", name);
    let error = Diagnostic::error(Code::Usage, span, format!("no index that is looked at has the dimension `{name}`"));
    let help = crate::diag::nearest::suggest(name, "their dimensions are", dims().map(|dim| &*dim.name));
    session.fail(match help {
        Some(help) => error.help(help),
        None => error,
    })
}

fn design(session: &mut Session, args: &SensitivityArgs, inputs: usize) -> Step<Design> {
    let samples = usize::try_from(args.samples).unwrap_or(usize::MAX);
    let rows = samples / (inputs + 2);
    if rows < 2 {
        let span = session.argument("--samples", &args.samples.to_string());
        let vary = if inputs == 1 { "1 input varies".to_owned() } else { format!("{inputs} inputs vary") };
        let message = format!("{vary}: a row of the design has {} samples", inputs + 2);
        let error = Diagnostic::error(Code::Usage, span, message);
        return session
            .fail(error.help(format!("draw {} at least; some thousands give numbers of use", 2 * (inputs + 2))));
    }
    let sequence = match args.sequence {
        SequenceArg::Sobol => Sequence::Sobol,
        SequenceArg::Latin => Sequence::Latin,
    };
    match Design::new(sequence, rows, inputs, args.seed) {
        Some(design) => Ok(design),
        None => {
            let span = session.argument("--sequence", sequence.word());
            let message = format!("Sobol's sequence has no points for {inputs} inputs");
            session.fail(Diagnostic::error(Code::Usage, span, message).help("take the other one: `--sequence latin`"))
        }
    }
}

fn result(
    session: &mut Session,
    args: &SensitivityArgs,
    asked: &[targets::Wanted],
    (compiled, setup, design): (&Compiled, &Setup, &Design),
    done: &Done,
) -> Step<Sensitivity> {
    let (mut indices, mut unmoved) = (Vec::new(), Vec::new());
    let seeded = (setup.inputs.list.len(), args.seed);
    for runs in &done.indices {
        if !runs.moves() {
            unmoved.push(runs.name.clone());
            continue;
        }
        let mut index = finish::index(runs, args.top);
        index.targets = targets::of_index(session, runs, asked, seeded)?;
        indices.push(index);
    }
    let mut stands = done.stands.iter();
    let described = setup.inputs.list.iter().map(|input| {
        let own = if matches!(input, inputs::Input::Value(_)) { stands.next().and_then(Option::as_ref) } else { None };
        setup.inputs.described(input, &setup.choices, own)
    });
    let inputs = described.collect();
    let sequence = if args.sequence == SequenceArg::Sobol { Sequence::Sobol } else { Sequence::Latin };
    Ok(Sensitivity {
        scheme: compiled.plan.name.to_string(),
        title: compiled.plan.title.to_string(),
        samples: done.samples as u64,
        draws: (done.samples / design.row() * 2) as u64,
        seed: args.seed,
        sequence: sequence.word().to_owned(),
        inputs,
        indices,
        unmoved,
    })
}
