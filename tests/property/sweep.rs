//! Many settings of a scheme's parameters at once, held against a run of each by itself.

use std::ops::ControlFlow;

use rules::compile::{Setting, compile};
use rules::diag::Problems;
use rules::eval::engine::stream::memory::TablePieces;
use rules::eval::engine::stream::{self, StreamJob, Streamed};
use rules::eval::engine::sweep::{Variants, counting, sweep, sweep_counted};
use rules::eval::{Job, Outcome, engine};
use rules::plan::Plan;
use rules::source::Sources;
use rules::value::Type;
use rules::value::column::Table;
use rules::value::piece::{Pieces, Unfit, Wanted};

use crate::rng::Rng;
use crate::run::tables_of;
use crate::scheme::Case;

/// What became of a case.
#[derive(Debug, Clone, Copy, Default)]
pub struct End {
    /// The settings.
    pub settings: usize,
    /// Those that were run by themselves.
    pub alone: usize,
    /// Those that ended with errors of data.
    pub errors: usize,
    /// Whether they could be run on what was counted of pieces.
    pub counted: bool,
}

/// Runs some settings of a case in both ways.
pub fn compare(case: &Case, seed: u64) -> Result<End, String> {
    let rng = &mut Rng::new(seed);
    let mut sources = Sources::default();
    let file = sources.add("generated.rules", &case.scheme);
    let of = |settings: &[Setting]| {
        let compiled = compile(&sources, file, settings, &mut Problems::new());
        compiled.map(|compiled| compiled.plan)
    };
    let base = of(&[]).ok_or("it doesn't compile")?;
    let mut swept: Vec<usize> = (0..base.params.len()).collect();
    rng.shuffle(&mut swept);
    swept.truncate(1 + usize::from(rng.chance(30)));
    let plans: Vec<Plan> = (0..8).filter_map(|_| of(&settings(rng, &base, &swept))).collect();
    let tables = tables_of(case, &base)?;
    let part = if seed.is_multiple_of(4) { base.declared.len() / 2 } else { 0 };
    let wanted = base.declared.get(part..).unwrap_or(&[]);
    let checks = !seed.is_multiple_of(5);
    let mut outcomes = Vec::new();
    let alone = sweep(Variants { plans: &plans, tables: &tables, wanted, checks, threads: 2 }, &mut |at, outcome| {
        assert_eq!(at, outcomes.len());
        outcomes.push(outcome);
        ControlFlow::Continue(())
    });
    assert_eq!(outcomes.len(), plans.len());
    let mut errors = 0;
    for (plan, outcome) in plans.iter().zip(outcomes) {
        let single = engine::run(Job { plan, tables: &tables, wanted, checks });
        errors += usize::from(single.problems.has_errors());
        let show = |outcome: &Outcome| format!("{:#?}", (outcome.problems.clone().sorted(), bits(outcome)));
        let (single, swept) = (show(&single), show(&outcome));
        if single != swept {
            let at = single.lines().zip(swept.lines()).take_while(|(a, b)| a == b).count();
            let around = |text: &str| text.lines().skip(at.saturating_sub(12)).take(30).collect::<Vec<_>>().join("\n");
            let params: Vec<String> = plan
                .params
                .iter()
                .map(|param| format!("{} {}", param.name, param.value.format(&param.ty.base)))
                .collect();
            return Err(format!(
                "{}\n--- alone\n{}\n--- swept\n{}",
                params.join(", "),
                around(&single),
                around(&swept)
            ));
        }
    }
    let counted = on_counts(&plans, &tables, wanted)?;
    Ok(End { settings: plans.len(), alone, errors, counted })
}

/// Runs the settings on what was counted of pieces, where that can be done; whether it was.
fn on_counts(plans: &[Plan], tables: &[Option<Table>], wanted: &[usize]) -> Result<bool, String> {
    let Some(counting) = counting(plans, wanted) else { return Ok(false) };
    let inputs = stream::wanted(&counting.plan, &counting.wanted);
    let whole: Vec<Option<Table>> =
        tables.iter().zip(&inputs).map(|(table, wanted)| table.clone().filter(|_| wanted.is_none())).collect();
    let open = |input: usize, wanted: &Wanted| -> Result<Box<dyn Pieces + '_>, Unfit> {
        Ok(Box::new(TablePieces::new(tables[input].as_ref().ok_or(Unfit)?, wanted, 3)))
    };
    let (plan, wanted_counts) = (&counting.plan, counting.wanted.as_slice());
    let job = StreamJob {
        plan,
        wanted: wanted_counts,
        inputs: &inputs,
        tables: &whole,
        open: &open,
        threads: 2,
        spill: None,
    };
    let Ok(Streamed { outcome, .. }) = stream::run(job) else { return Ok(false) };
    let variants = Variants { plans, tables: &whole, wanted, checks: true, threads: 2 };
    let mut swept = Vec::new();
    let fits = sweep_counted(variants, &counting, &outcome, &mut |_, outcome| {
        swept.push(outcome);
        ControlFlow::Continue(())
    });
    for (plan, outcome) in plans.iter().zip(&swept) {
        let single = engine::run(Job { plan, tables, wanted, checks: true });
        let (a, b) = (single.problems.clone().sorted(), outcome.problems.clone().sorted());
        if bits(&single) != bits(outcome) || a != b {
            return Err(format!(
                "counts give other results\n{:#?}\n---\n{:#?}",
                (bits(&single), a),
                (bits(outcome), b)
            ));
        }
    }
    Ok(fits.is_ok())
}

/// Values for some parameters, in the places in which the scheme writes them.
fn settings(rng: &mut Rng, base: &Plan, swept: &[usize]) -> Vec<Setting> {
    let setting = |&at: &usize| {
        let param = &base.params[at];
        let value = match &param.ty.base {
            Type::Number(0) => rng.pick(&["0", "1", "2", "3", "-2", "7"]),
            Type::Number(1) => rng.pick(&["0.0", "0.5", "1.0", "0.3"]),
            Type::Number(_) => rng.pick(&["0.00", "-0.25", "1.50", "-7.01"]),
            _ => rng.pick(&["2009-02-28", "2008-07-01", "2011-12-31", "2001-01-01"]),
        };
        Setting { name: param.name.clone(), value: (*value).into() }
    };
    swept.iter().map(setting).collect()
}

/// The results, so that also two reals of the same value but other bits differ.
fn bits(outcome: &Outcome) -> Vec<String> {
    outcome
        .results
        .iter()
        .map(|result| format!("{} {:?} {:?} {:?}", result.index, result.dims, result.ty, result.cells))
        .collect()
}
