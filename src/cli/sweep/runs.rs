//! The runs of a sweep: for each combination of values a plan.

use std::sync::Arc;

use super::written::{self, Places, Written};
use crate::cli::args::EvalArgs;
use crate::cli::origin::Origin;
use crate::cli::select::{self, Filtered};
use crate::cli::session::{Session, Step};
use crate::compile::{Compiled, Setting};
use crate::diag::{Code, Diagnostic, Place, Problems, Severity};
use crate::eval::engine::sweep::Variants;
use crate::plan::{Dim, Plan};
use crate::value::column::Table;
use crate::value::{Ty, Type, Value, decimal};

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
    /// For each run, its number as written.
    pub written: Vec<usize>,
    /// Where the settings are written.
    pub places: Places,
}

impl Runs {
    /// Reads what is swept and compiles each run.
    pub fn new(session: &mut Session, compiled: &Compiled, wanted: &[usize], args: &EvalArgs) -> Step<Self> {
        let written = written::read(session, compiled, args)?;
        let condition = args.filter.as_ref().map(|condition| session.argument("--where", condition).file);
        let filtered = select::filter_in(session, compiled, wanted, condition)?;
        let plan = |session: &mut Session, settings: &[Setting], at: usize| {
            let set = session.compile_setting(compiled, settings, written.places.origin(at));
            let set = set.inspect_err(|_| tell_setting(session, &written, at))?;
            Ok(select::filter_in(session, &set, wanted, condition)?.plan)
        };
        let mut runs = compile_all(session, compiled, &written, plan)?;
        let dims = dims(&written.names, &runs);
        let key = |plan: &Plan| -> Vec<Value> { dims.iter().map(|dim| value_in(plan, dim)).collect() };
        runs.sort_by_cached_key(|run| key(&run.plan));
        let keys: Vec<Vec<Value>> = runs.iter().map(|run| key(&run.plan)).collect();
        let numbers: Vec<usize> = runs.iter().map(|run| run.at).collect();
        check_different(session, &written.places, (&dims, &keys), &numbers)?;
        let (settings, plans): (Vec<_>, Vec<_>) = runs.into_iter().map(|run| (run.settings, run.plan)).unzip();
        let wanted = filtered.wanted.clone();
        let (base, places) = (compiled.clone(), written.places);
        Ok(Self { dims, keys, settings, plans, wanted, filtered, base, written: numbers, places })
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

    /// Where the settings of a run come from.
    pub fn origin(&self, at: usize) -> Origin<'_> {
        self.places.origin(self.written.get(at).copied().unwrap_or(usize::MAX))
    }

    /// The place of a run.
    pub fn place(&self, session: &mut Session, at: usize) -> Place {
        self.places.of_run(session, self.written.get(at).copied().unwrap_or(usize::MAX), &self.shown(at))
    }
}

/// A run: its number as written, all of its settings, its plan.
struct Run {
    at: usize,
    settings: Vec<Setting>,
    plan: Plan,
}

/// Compiles all runs. On the command line the first one that doesn't compile ends the sweep; of a file all lines are
/// looked at.
fn compile_all(
    session: &mut Session,
    compiled: &Compiled,
    written: &Written,
    mut plan: impl FnMut(&mut Session, &[Setting], usize) -> Step<Plan>,
) -> Step<Vec<Run>> {
    let (mut runs, mut failed) = (Vec::new(), None);
    for (at, own) in written.settings.iter().enumerate() {
        let settings: Vec<Setting> = compiled.settings.iter().chain(own).cloned().collect();
        let before = std::mem::take(&mut session.problems);
        let plan = plan(session, &settings, at);
        let found = std::mem::replace(&mut session.problems, before);
        take_grouped(session, found);
        match plan {
            Ok(plan) => runs.push(Run { at, settings, plan }),
            Err(exit) if written.places.is_file() => failed = Some(exit),
            Err(exit) => return Err(exit),
        }
    }
    failed.map_or(Ok(runs), Err)
}

/// Takes the problems of a run; those of a column of a file are told together.
fn take_grouped(session: &mut Session, found: Problems) {
    for problem in found.iter() {
        match problem.place() {
            Some(Place::Data(place)) => {
                let group = format!("setting {}", place.column.as_deref().unwrap_or(""));
                session.problems.push_grouped(&group, problem.clone());
            }
            _ => session.problems.push(problem.clone()),
        }
    }
}

/// Refuses two runs of the same values; the keys of the runs ascend.
fn check_different(
    session: &mut Session,
    places: &Places,
    (dims, keys): (&[Dim], &[Vec<Value>]),
    numbers: &[usize],
) -> Step<()> {
    let pairs = || keys.windows(2).zip(numbers.windows(2));
    let twice = pairs().filter_map(|pair| match pair {
        ([a, b], [first, second]) if a == b => Some((*second, *first, shown(dims, a))),
        _ => None,
    });
    let Some((second, first, shown)) = twice.min() else { return Ok(()) };
    let error = |place: Place, message: String| Diagnostic::error(Code::Usage, place, message);
    if !places.is_file() {
        let error = error(places.of_all(), format!("the same value is given twice: {shown}"));
        return session.fail(error.help("give each value once"));
    }
    let [place, first] = [second, first].map(|run| places.of_run(session, run, &shown));
    let error = error(place, format!("the same setting is given twice: {shown}"));
    session.fail(error.also(first, "the first").help("remove one of the rows"))
}

/// The swept parameters as dimensions; a number has the most places that it has in a run.
fn dims(swept: &[Arc<str>], runs: &[Run]) -> Vec<Dim> {
    let dim = |name: &Arc<str>| {
        let types = runs.iter().filter_map(|run| run.plan.params.iter().find(|param| param.name == *name));
        Dim { name: Arc::clone(name), ty: Ty::required(widest(types.map(|param| &param.ty.base))) }
    };
    swept.iter().map(dim).collect()
}

/// The value of a parameter in a plan.
fn value_in(plan: &Plan, dim: &Dim) -> Value {
    let param = plan.params.iter().find(|param| param.name == dim.name);
    param.and_then(|param| widened(param.value.clone(), &param.ty.base, &dim.ty.base)).unwrap_or_default()
}

/// Tells with which setting errors come that stand in the scheme.
fn tell_setting(session: &mut Session, written: &Written, at: usize) {
    let settings = written.settings.get(at).map_or(&[][..], Vec::as_slice);
    let shown: Vec<String> = settings.iter().map(|setting| format!("{}={}", setting.name, setting.value)).collect();
    let place = written.places.of_run(session, at, &shown.join(", "));
    let mut told = Problems::new();
    for found in session.problems.iter() {
        let of_setting = found.place().is_some_and(|place| written.places.hold(session, place));
        let tells = found.severity == Severity::Error && !of_setting;
        told.push(if tells { found.clone().also(place.clone(), "with this setting") } else { found.clone() });
    }
    session.problems = told;
}

fn shown(dims: &[Dim], key: &[Value]) -> String {
    let part = |(dim, value): (&Dim, &Value)| format!("{}={}", dim.name, value.format(&dim.ty.base));
    dims.iter().zip(key).map(part).collect::<Vec<_>>().join(", ")
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
pub fn widened(value: Value, from: &Type, to: &Type) -> Option<Value> {
    match (&value, from, to) {
        (Value::Number(units), Type::Number(a), Type::Number(b)) if a != b => {
            decimal::widen(*units, *a, *b).map(Value::Number)
        }
        _ => Some(value),
    }
}
