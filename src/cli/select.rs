//! What of a scheme is asked for: which indices, and which of their cells.

mod unknown;

use std::sync::Arc;

use super::Exit;
use super::session::{Session, Step};
use crate::compile::{Compiled, Setting, compile_filter};
use crate::diag::nearest::suggest;
use crate::diag::{Code, DataPlace, Diagnostic, Problems};
use crate::eval::{IndexCells, Outcome};
use crate::plan::{Body, Expr, ExprKind, Index, Operand, Plan};
use crate::source::{FileId, Span};
use crate::value::{Ty, Type, Value};

/// The settings of parameters as the compiler takes them.
pub fn settings(written: &[(String, String)]) -> Vec<Setting> {
    let setting =
        |(name, value): &(String, String)| Setting { name: name.as_str().into(), value: value.as_str().into() };
    written.iter().map(setting).collect()
}

/// The wanted indices, in the order declared: those named, or else all that aren't hidden.
pub fn indices(session: &mut Session, compiled: &Compiled, names: &[String]) -> Step<Vec<usize>> {
    let plan = &compiled.plan;
    let declared = || plan.declared.iter().filter_map(|&at| Some((at, plan.indices.get(at)?)));
    if names.is_empty() {
        let shown: Vec<usize> = declared().filter(|(_, index)| !index.hidden).map(|(at, _)| at).collect();
        if shown.is_empty() {
            let place = DataPlace::file(&session.scheme.to_string_lossy().into());
            let error = Diagnostic::error(Code::Usage, place, "the scheme has no index that isn't hidden");
            return session.fail(error.help("name one of its hidden indices with `--index NAME`"));
        }
        return Ok(shown);
    }
    let mut known = true;
    for name in names {
        if !declared().any(|(_, index)| *index.name == **name) {
            let span = session.argument("--index", name);
            session.problems.push(no_index(compiled, name, span));
            known = false;
        }
    }
    if !known {
        return Err(Exit::Failed);
    }
    Ok(declared().filter(|(_, index)| names.iter().any(|name| *index.name == **name)).map(|(at, _)| at).collect())
}

/// The error of a name that is no index.
fn no_index(compiled: &Compiled, name: &str, span: Span) -> Diagnostic {
    let plan = &compiled.plan;
    let indices = || plan.declared.iter().filter_map(|&at| Some(&*plan.indices.get(at)?.name));
    let kind = if plan.scores.iter().any(|score| *score.name == *name) {
        Some("a score")
    } else if plan.scales.iter().any(|scale| *scale.name == *name) {
        Some("a scale")
    } else if plan.inputs.iter().any(|input| *input.schema.name == *name) {
        Some("an input")
    } else {
        plan.params.iter().any(|param| *param.name == *name).then_some("a parameter")
    };
    let message = match kind {
        Some(kind) => format!("`{name}` is {kind}, and no index"),
        None => format!("the scheme has no index `{name}`"),
    };
    let mut error = Diagnostic::error(Code::UnknownIndex, span, message);
    let listed: Vec<String> = name.split(',').map(|part| format!("`--index {}`", part.trim())).collect();
    error.help = match (kind, listed.as_slice()) {
        // A near name of another kind isn't what is meant: all are listed.
        (Some(_), _) => suggest("", "the indices are", indices()),
        (None, [_, _, ..]) => {
            Some(format!("give the option once for each index: {}", listed.join(" ").replace("` `", " ")))
        }
        (None, _) => suggest(name, "the indices are", indices()),
    };
    error
}

/// A plan that also computes, for each wanted index, whether each of its cells is asked for.
#[derive(Debug)]
pub struct Filtered {
    /// The plan with one more index for each wanted one.
    pub plan: Plan,
    /// The wanted indices, and the added ones behind them.
    pub wanted: Vec<usize>,
    /// For each wanted index, the one that holds its condition.
    conditions: Vec<(usize, usize)>,
}

/// Adds the condition of `--where` to a plan, as a formula over the cells of each wanted index.
pub fn filter(session: &mut Session, compiled: &Compiled, wanted: &[usize], condition: Option<&str>) -> Step<Filtered> {
    let file = condition.map(|condition| session.argument("--where", condition).file);
    filter_in(session, compiled, wanted, file)
}

/// Adds the condition that stands in a file of the session to a plan.
pub fn filter_in(session: &mut Session, compiled: &Compiled, wanted: &[usize], file: Option<FileId>) -> Step<Filtered> {
    let mut filtered = Filtered { plan: compiled.plan.clone(), wanted: wanted.to_vec(), conditions: Vec::new() };
    let Some(file) = file else { return Ok(filtered) };
    for &at in wanted {
        let mut problems = Problems::new();
        let expr = compile_filter(compiled, at, &session.sources, file, &mut problems);
        for found in problems.iter() {
            let found = unknown::explained(found, &compiled.plan, at, &session.sources);
            session.problems.push(found);
        }
        let (Some(expr), Some(index)) = (expr, compiled.plan.indices.get(at)) else { continue };
        let added = filtered.plan.indices.len();
        filtered.plan.indices.push(Arc::new(condition_index(at, index, expr)));
        filtered.wanted.push(added);
        filtered.conditions.push((at, added));
    }
    if filtered.conditions.len() == wanted.len() && !session.problems.has_errors() {
        Ok(filtered)
    } else {
        Err(Exit::Failed)
    }
}

fn condition_index(at: usize, index: &Index, mut expr: Expr) -> Index {
    value_to_operand(&mut expr);
    let operand = Operand { index: at, dims: (0..index.dims.len()).collect(), spans: true };
    Index {
        name: Arc::from(format!("{}#where", index.name)),
        title: "".into(),
        hidden: true,
        dims: index.dims.clone(),
        ty: Ty::required(Type::Flag),
        absent_zero: false,
        span: expr.span,
        body: Body::Formula { operands: vec![operand], expr },
    }
}

/// In a formula, the value of the index is that of its only operand.
fn value_to_operand(expr: &mut Expr) {
    match &mut expr.kind {
        ExprKind::Value => expr.kind = ExprKind::Operand(0),
        ExprKind::Call(_, args) => args.iter_mut().for_each(value_to_operand),
        ExprKind::Case { arms, otherwise } => {
            for (condition, value) in arms {
                value_to_operand(condition);
                value_to_operand(value);
            }
            otherwise.iter_mut().for_each(|value| value_to_operand(value));
        }
        ExprKind::Scale { arg, .. } => value_to_operand(arg),
        ExprKind::Lookup { keys, day, .. } => {
            keys.iter_mut().for_each(value_to_operand);
            day.iter_mut().for_each(|day| value_to_operand(day));
        }
        ExprKind::Const(_)
        | ExprKind::Param(_)
        | ExprKind::Column(_)
        | ExprKind::Slot(_)
        | ExprKind::Dim(_)
        | ExprKind::Operand(_) => {}
    }
}

impl Filtered {
    /// Leaves the cells that are asked for.
    pub fn apply(&self, outcome: &mut Outcome) {
        let added: Vec<usize> = self.conditions.iter().map(|&(_, added)| added).collect();
        let (conditions, mut results): (Vec<IndexCells>, Vec<IndexCells>) =
            std::mem::take(&mut outcome.results).into_iter().partition(|cells| added.contains(&cells.index));
        for &(index, added) in &self.conditions {
            let holds = conditions.iter().find(|cells| cells.index == added);
            if let Some((cells, holds)) = results.iter_mut().find(|cells| cells.index == index).zip(holds) {
                let mut holds = holds.cells.iter().map(|(_, holds)| matches!(holds, Value::Flag(true)));
                cells.cells.retain(|_| holds.next().unwrap_or(false));
            }
        }
        outcome.results = results;
    }
}
