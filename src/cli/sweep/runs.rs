//! The runs of a sweep: for each combination of values a plan.

use std::sync::Arc;

use super::values::{MOST_RUNS, values};
use crate::cli::args::EvalArgs;
use crate::cli::select::{self, Filtered};
use crate::cli::session::{Session, Step};
use crate::compile::{Compiled, Setting};
use crate::diag::{Code, Diagnostic, Place, Problems, Severity};
use crate::eval::engine::sweep::Variants;
use crate::plan::{Dim, Plan};
use crate::source::Span;
use crate::value::column::Table;
use crate::value::{Ty, Type, Value, decimal};

/// The option, as messages name it.
pub const OPTION: &str = "--sweep";

/// The runs of a sweep, ascending by the values of their parameters.
pub struct Runs {
    /// The swept parameters, as dimensions.
    pub dims: Vec<Dim>,
    /// For each run, the values of the parameters.
    pub keys: Vec<Vec<Value>>,
    /// For each run, how its parameters are set.
    pub settings: Vec<Vec<Setting>>,
    /// For each run, its plan.
    pub plans: Vec<Plan>,
    /// The wanted indices, and what `--where` adds.
    pub wanted: Vec<usize>,
    /// What `--where` leaves of the cells.
    pub filtered: Filtered,
    /// The scheme without what is swept.
    pub base: Compiled,
    /// Where the first sweep is written.
    pub span: Span,
}

impl Runs {
    /// Reads what is swept and compiles each run.
    pub fn new(session: &mut Session, compiled: &Compiled, wanted: &[usize], args: &EvalArgs) -> Step<Self> {
        let (swept, span) = written(session, compiled, args)?;
        let condition = args.filter.as_ref().map(|condition| session.argument("--where", condition).file);
        let filtered = select::filter_in(session, compiled, wanted, condition)?;
        let mut runs = Vec::new();
        for combination in combinations(&swept) {
            let settings: Vec<Setting> = compiled.settings.iter().cloned().chain(combination).collect();
            let set = session.compile_setting(compiled, &settings, OPTION);
            let set = set.inspect_err(|_| tell_setting(session, &settings))?;
            let plan = select::filter_in(session, &set, wanted, condition)?.plan;
            runs.push((settings, plan));
        }
        let dims = dims(&swept, &runs);
        let key = |plan: &Plan| -> Vec<Value> { dims.iter().map(|dim| value_in(plan, dim)).collect() };
        runs.sort_by_cached_key(|(_, plan)| key(plan));
        let (settings, plans): (Vec<_>, Vec<_>) = runs.into_iter().unzip();
        let keys: Vec<Vec<Value>> = plans.iter().map(key).collect();
        let same = |pair: &&[Vec<Value>]| pair.first() == pair.last();
        if let Some(twice) = keys.windows(2).find(same).and_then(<[_]>::first) {
            let message = format!("the same value is given twice: {}", shown(&dims, twice));
            return session.fail(Diagnostic::error(Code::Usage, span, message).help("give each value once"));
        }
        let wanted = filtered.wanted.clone();
        Ok(Self { dims, keys, settings, plans, wanted, filtered, base: compiled.clone(), span })
    }

    /// The runs as the engine takes them.
    pub fn variants<'v>(&'v self, tables: &'v [Option<Table>], args: &EvalArgs) -> Variants<'v> {
        let threads = args.resources.threads();
        Variants { plans: &self.plans, tables, wanted: &self.wanted, checks: true, threads }
    }

    /// The parameters of a run: `weight=0.5, first_year=2002`.
    pub fn shown(&self, at: usize) -> String {
        self.keys.get(at).map_or_else(String::new, |key| shown(&self.dims, key))
    }
}

/// The swept parameters as dimensions; a number has the most places that it has in a run.
fn dims(swept: &[Swept], runs: &[(Vec<Setting>, Plan)]) -> Vec<Dim> {
    let dim = |(name, _): &Swept| {
        let types = runs.iter().filter_map(|(_, plan)| plan.params.iter().find(|param| param.name == *name));
        Dim { name: Arc::clone(name), ty: Ty::required(widest(types.map(|param| &param.ty.base))) }
    };
    swept.iter().map(dim).collect()
}

/// The value of a parameter in a plan.
fn value_in(plan: &Plan, dim: &Dim) -> Value {
    let param = plan.params.iter().find(|param| param.name == dim.name);
    param.and_then(|param| widened(&param.value, &param.ty.base, &dim.ty.base)).unwrap_or_default()
}

/// Tells with which setting errors come that stand in the scheme.
fn tell_setting(session: &mut Session, settings: &[Setting]) {
    let shown: Vec<String> = settings.iter().map(|setting| format!("{}={}", setting.name, setting.value)).collect();
    let span = session.argument(OPTION, &shown.join(", "));
    let of_option = |place: &Place| matches!(place, Place::Text(span) if session.sources.get(span.file).is_some_and(|file| *file.name == *OPTION));
    let mut told = Problems::new();
    for found in session.problems.iter() {
        let tells = found.severity == Severity::Error && !found.place().is_some_and(of_option);
        told.push(if tells { found.clone().also(span, "with this setting") } else { found.clone() });
    }
    session.problems = told;
}

fn shown(dims: &[Dim], key: &[Value]) -> String {
    let part = |(dim, value): (&Dim, &Value)| format!("{}={}", dim.name, value.format(&dim.ty.base));
    dims.iter().zip(key).map(part).collect::<Vec<_>>().join(", ")
}

/// A parameter and the values that it is given.
type Swept = (Arc<str>, Vec<Arc<str>>);

/// The parameters that are swept, and where the first is written.
fn written(session: &mut Session, compiled: &Compiled, args: &EvalArgs) -> Step<(Vec<Swept>, Span)> {
    let sweeps = select::settings(&args.sweep.values);
    session.check_known(&sweeps, std::slice::from_ref(compiled), OPTION)?;
    let all: Vec<Setting> = compiled.settings.iter().chain(&sweeps).cloned().collect();
    session.check_repeated(&all, OPTION)?;
    let mut swept: Vec<Swept> = Vec::new();
    let mut first = Span::default();
    let mut count: usize = 1;
    for sweep in &sweeps {
        let span = session.argument(OPTION, &format!("{}={}", sweep.name, sweep.value));
        if swept.is_empty() {
            first = span;
        }
        let found = match values(&sweep.value) {
            Ok(found) => found,
            Err(unreadable) => {
                let start = u32::try_from(sweep.name.len() + 1).unwrap_or(span.start);
                let error = Diagnostic::error(Code::Usage, Span { start, ..span }, unreadable.message);
                return session.fail(error.help(unreadable.help));
            }
        };
        count = count.saturating_mul(found.len());
        if count > MOST_RUNS {
            let error = Diagnostic::error(Code::Usage, span, format!("a sweep has at most {MOST_RUNS} runs"));
            return session.fail(error.help("give fewer values, or sweep one parameter after the other"));
        }
        swept.push((Arc::clone(&sweep.name), found.into_iter().map(Arc::from).collect()));
    }
    Ok((swept, first))
}

/// All combinations of the values, the last parameter varying fastest.
fn combinations(swept: &[Swept]) -> Vec<Vec<Setting>> {
    swept.iter().fold(vec![Vec::new()], |known, (name, values)| {
        let longer = |known: &Vec<Setting>| -> Vec<Vec<Setting>> {
            let setting = |value: &Arc<str>| Setting { name: Arc::clone(name), value: Arc::clone(value) };
            values.iter().map(|value| known.iter().cloned().chain([setting(value)]).collect()).collect()
        };
        known.iter().flat_map(longer).collect()
    })
}

/// The type that holds the values of all: the most places of numbers.
pub fn widest<'t>(types: impl Iterator<Item = &'t Type>) -> Type {
    let wider = |a: &'t Type, b: &'t Type| match (a, b) {
        (Type::Number(x), Type::Number(y)) if y > x => b,
        _ => a,
    };
    types.reduce(wider).cloned().unwrap_or(Type::Text)
}

/// A value in the places of a wider type; none where it has too many digits then.
pub fn widened(value: &Value, from: &Type, to: &Type) -> Option<Value> {
    match (value, from, to) {
        (Value::Number(units), Type::Number(a), Type::Number(b)) => decimal::widen(*units, *a, *b).map(Value::Number),
        _ => Some(value.clone()),
    }
}
