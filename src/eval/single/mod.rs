//! One row at a time: the value that a score gives a row before its rows are brought together.
//!
//! Input: a plan, the name of a score, and the values of a row. Output: the value of the row. `node` holds the
//! expressions of the score, made ready once: names are places, and the words of scales are in tables. `exact` holds what
//! is done most, without the calls that serve all types.

mod exact;
mod node;

use std::sync::Arc;

use exact::Kept;
use node::{Leaves, Node};

use super::faults;
use super::reference::expr::Stop;
use super::reference::score::brought;
use super::reference::world::World;
use crate::diag::nearest::nearest;
use crate::diag::{Code, Diagnostic};
use crate::plan::{Op, Plan, Score, Step};
use crate::source::Span;
use crate::value::column::Table;
use crate::value::{Ty, Type, Value};

/// Values rows one at a time, for a program that has them one at a time.
///
/// It takes a row through the steps of a score up to the first `absorb`: `let`, `keep`, `value`, `times`, `halve`,
/// `plus`, `cap` and `floor`. Checks are not looked at. A clone is cheap; each thread has its own.
///
/// ```
/// use rules::compile::compile;
/// use rules::diag::Problems;
/// use rules::eval::single::Rater;
/// use rules::source::Sources;
/// use rules::value::Value;
///
/// let scheme = r#"
/// scheme visits "Visits by rank"
/// input contact { office text  venue one of "home", "abroad" }
/// scale level { 5 "president"  1 otherwise }
/// score visit from contact {
///   known_office: keep office != "unknown"
///   points:       value level(office)
///   abroad:       times 0.5 when venue = "abroad"
/// }
/// index points = sum visit
/// "#;
/// let mut sources = Sources::default();
/// let file = sources.add("visits.rules", scheme);
/// let compiled = compile(&sources, file, &[], &mut Problems::new()).expect("the scheme is right");
///
/// let mut rater = Rater::new(&compiled.plan, "visit", &[]).expect("there is such a score");
/// let text = |text: &str| Value::Text(text.into());
/// let value = rater.rate(&[text("president"), text("abroad")]).expect("the words are on the scale");
/// assert_eq!(value.map(|value| value.format(&rater.ty().base)).as_deref(), Some("2.5"));
/// assert_eq!(rater.rate(&[text("unknown"), text("home")]), Ok(None));
/// ```
#[derive(Clone)]
pub struct Rater<'p> {
    program: Arc<Program<'p>>,
    /// The slots of the row that is being valued.
    slots: Vec<Value>,
}

/// A score, made ready.
struct Program<'p> {
    world: World<'p>,
    columns: usize,
    steps: Vec<Ready<'p>>,
    ty: Ty,
    span: Span,
}

/// A step, made ready.
enum Ready<'p> {
    Let { slot: usize, value: Node<'p> },
    Keep { holds: Node<'p>, when: Option<Node<'p>> },
    Set { value: Node<'p>, when: Option<Node<'p>>, kept: Kept<'p>, span: Span },
}

impl<'p> Rater<'p> {
    /// A rater of a score. What the score looks up in other inputs is found in their tables, which come in the order
    /// of [`Plan::inputs`]; where there is none, nothing is found.
    pub fn new(plan: &'p Plan, score: &str, tables: &'p [Option<Table>]) -> Result<Self, Box<Diagnostic>> {
        let score = find(plan, score)?;
        let steps: Vec<&Step> = score.steps.iter().take_while(|step| !matches!(step.op, Op::Absorb { .. })).collect();
        if let Some(step) = steps.iter().find(|step| matches!(step.op, Op::Every { .. })) {
            return Err(Box::new(many_periods(score, step)));
        }
        let set = |step: &&Step| if let Op::Set { ty, .. } = &step.op { Some(ty.base.clone()) } else { None };
        let ty = Ty::optional(steps.iter().rev().find_map(set).unwrap_or(Type::Number(0)));
        let steps = steps.iter().filter_map(|step| Ready::new(plan, &step.op)).collect();
        let columns = plan.inputs.get(score.input).map_or(0, |input| input.schema.columns.len());
        let world = World::new(plan, tables);
        let program = Program { world, columns, steps, ty, span: score.span };
        Ok(Self { program: Arc::new(program), slots: vec![Value::Missing; score.slots.len()] })
    }

    /// The type of the values; they may be missing.
    pub fn ty(&self) -> &Ty {
        &self.program.ty
    }

    /// The value of a row, given in the order of the input's columns, each of its column's type; none where a `keep`
    /// drops the row. An error points at the scheme, for the row has no place.
    pub fn rate(&mut self, row: &[Value]) -> Result<Option<Value>, Box<Diagnostic>> {
        let program = &*self.program;
        if row.len() != program.columns {
            let message = format!("a row of {} values for {} columns", row.len(), program.columns);
            let found = Diagnostic::error(Code::WrongArguments, program.span, message);
            return Err(Box::new(found.help("give each column of the input a value, `Value::Missing` if it has none")));
        }
        self.slots.fill(Value::Missing);
        program.run(row, &mut self.slots).map_err(|stop| Box::new(said(program.world.plan, *stop)))
    }
}

impl Program<'_> {
    fn run(&self, row: &[Value], slots: &mut [Value]) -> Result<Option<Value>, Box<Stop>> {
        let mut current = Value::Missing;
        for step in &self.steps {
            let leaves = Leaves { world: &self.world, row, slots, value: &current };
            match step {
                Ready::Let { slot, value } => {
                    let value = value.eval(&leaves)?.into_owned();
                    if let Some(place) = slots.get_mut(*slot) {
                        *place = value;
                    }
                }
                Ready::Keep { holds, when } => {
                    if applies(when.as_ref(), &leaves)? && !holds.holds(&leaves)? {
                        return Ok(None);
                    }
                }
                Ready::Set { value, when, kept, span } => {
                    current = if applies(when.as_ref(), &leaves)? {
                        value.eval(&leaves)?.into_owned()
                    } else {
                        kept.bring(current, *span)?
                    };
                }
            }
        }
        Ok(Some(current))
    }
}

impl<'p> Ready<'p> {
    /// A step that looks at one row, made ready; none for any other.
    fn new(plan: &'p Plan, op: &'p Op) -> Option<Self> {
        let node = |expr| Node::new(plan, expr);
        Some(match op {
            Op::Let { slot, expr } => Self::Let { slot: *slot, value: node(expr) },
            Op::Keep { holds, when, .. } => Self::Keep { holds: node(holds), when: when.as_ref().map(node) },
            Op::Set { expr, when, ty, before, .. } => Self::Set {
                value: node(expr),
                when: when.as_ref().map(node),
                kept: Kept::new(before.as_ref().map(|before| &before.base), &ty.base),
                span: expr.span,
            },
            Op::Every { .. } | Op::Absorb { .. } | Op::Check(_) => return None,
        })
    }
}

fn applies(when: Option<&Node<'_>>, leaves: &Leaves<'_>) -> Result<bool, Box<Stop>> {
    when.map_or(Ok(true), |when| when.holds(leaves))
}

/// What is said of a row that has no value.
fn said(plan: &Plan, stop: Stop) -> Diagnostic {
    match stop {
        Stop::Fault(fault, span) => faults::fault(fault, span, span).1,
        Stop::NotOnScale { scale, value, ty, span, .. } => match plan.scales.get(scale) {
            Some(scale) => faults::not_on_scale(scale, &value, &ty, span).1,
            None => Diagnostic::error(Code::NotOnScale, span, "there is no such scale"),
        },
    }
}

fn find<'p>(plan: &'p Plan, name: &str) -> Result<&'p Score, Box<Diagnostic>> {
    if let Some(score) = plan.scores.iter().find(|score| *score.name == *name) {
        return Ok(score);
    }
    let names = || plan.scores.iter().map(|score| &*score.name);
    let at = plan.scores.first().map_or(Span::default(), |score| score.span);
    let found = Diagnostic::error(Code::UnknownScore, at, format!("there is no score `{name}`"));
    Err(Box::new(match nearest(name, names()) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found
            .help(format!("the scores are {}", names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))),
    }))
}

fn many_periods(score: &Score, step: &Step) -> Diagnostic {
    let message = format!("a row of score `{}` has a value for each period of `{}`", score.name, step.label);
    Diagnostic::error(Code::Usage, step.span, message)
        .help("a row can be valued alone where `every` stands behind `absorb`, or nowhere")
}
