//! Expressions of a score made ready: a tree whose leaves are borrowed, with the words of scales in tables.
//!
//! Input: an expression of a plan. Output: a node, and its value for a row.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::exact::{self, Exact, Words};
use crate::builtin::{Kernel, Missing};
use crate::eval::faults;
use crate::eval::reference::expr::Stop;
use crate::eval::reference::scale;
use crate::eval::reference::world::World;
use crate::plan::{Builtin, Expr, ExprKind, Otherwise, Plan};
use crate::source::Span;
use crate::value::{Type, Value};

/// What a node can see of a row.
pub struct Leaves<'r> {
    /// The plan and the tables of lookups.
    pub world: &'r World<'r>,
    /// The columns.
    pub row: &'r [Value],
    /// The slots.
    pub slots: &'r [Value],
    /// The value so far.
    pub value: &'r Value,
}

/// An expression, made ready.
pub enum Node<'p> {
    /// A constant, or a parameter.
    Const(Value),
    /// A column of the row.
    Column(usize),
    /// A slot of the row.
    Slot(usize),
    /// The value so far.
    Current,
    /// A comparison, which needs no copy of what it compares.
    Compare(fn(Ordering) -> bool, Box<[Node<'p>; 2]>),
    /// A sum, a difference or a product, which is exact if both values are decimals.
    Exact(Exact, Box<[Node<'p>; 2]>, Box<Call<'p>>),
    /// `and`, `or` or `else`.
    Lazy(Builtin, Vec<Node<'p>>),
    /// Another function.
    Call(Box<Call<'p>>),
    /// The first arm whose condition holds, else the last node.
    Case(Vec<(Node<'p>, Node<'p>)>, Option<Box<Node<'p>>>),
    /// A scale.
    Scale(Box<Scaled<'p>>),
    /// A column of another input.
    Lookup(Box<Lookup<'p>>),
}

/// A call of a function.
pub struct Call<'p> {
    kernel: Kernel,
    passes: bool,
    args: Vec<Node<'p>>,
    types: Vec<&'p Type>,
    out: &'p Type,
    span: Span,
}

/// A scale and what is looked up in it.
pub struct Scaled<'p> {
    at: usize,
    /// The exact words.
    words: Words<'p>,
    /// What all other words get, if that is the same for all.
    others: Option<&'p Value>,
    arg: Node<'p>,
    expr: &'p Expr,
    arg_expr: &'p Expr,
}

/// A lookup and its keys.
pub struct Lookup<'p> {
    input: usize,
    unique: usize,
    column: usize,
    keys: Vec<Node<'p>>,
    day: Option<Node<'p>>,
}

/// The value of a node, borrowed where it is there already.
type Out<'r> = Result<Cow<'r, Value>, Box<Stop>>;

static MISSING: Value = Value::Missing;

/// The arguments of a function stay on the stack up to this many.
const FEW: usize = 3;

impl<'p> Node<'p> {
    /// An expression, made ready.
    pub fn new(plan: &'p Plan, expr: &'p Expr) -> Self {
        let node = |expr| Node::new(plan, expr);
        let all = |exprs: &'p [Expr]| exprs.iter().map(node).collect::<Vec<_>>();
        match &expr.kind {
            ExprKind::Const(value) => Node::Const(value.clone()),
            ExprKind::Param(at) => {
                Node::Const(plan.params.get(*at).map(|param| param.value.clone()).unwrap_or_default())
            }
            ExprKind::Column(at) => Node::Column(*at),
            ExprKind::Slot(at) => Node::Slot(*at),
            ExprKind::Value => Node::Current,
            // A score has neither.
            ExprKind::Dim(_) | ExprKind::Operand(_) => Node::Const(Value::Missing),
            ExprKind::Call(builtin, args) => Self::call(plan, *builtin, args, expr),
            ExprKind::Case { arms, otherwise } => Node::Case(
                arms.iter().map(|(condition, value)| (node(condition), node(value))).collect(),
                otherwise.as_deref().map(|value| Box::new(node(value))),
            ),
            ExprKind::Scale { scale, arg } => Node::Scale(Box::new(Scaled::new(plan, *scale, arg, expr))),
            ExprKind::Lookup { input, unique, keys, day, column } => Node::Lookup(Box::new(Lookup {
                input: *input,
                unique: *unique,
                column: *column,
                keys: all(keys),
                day: day.as_deref().map(node),
            })),
        }
    }

    fn call(plan: &'p Plan, builtin: Builtin, args: &'p [Expr], expr: &'p Expr) -> Self {
        let mut nodes: Vec<Node<'p>> = args.iter().map(|arg| Node::new(plan, arg)).collect();
        let row = builtin.row();
        if row.missing == Missing::Lazy {
            return Node::Lazy(builtin, nodes);
        }
        if let Some(holds) = comparison(builtin)
            && let (Some(second), Some(first)) = (nodes.pop(), nodes.pop())
        {
            return Node::Compare(holds, Box::new([first, second]));
        }
        let call = |args: Vec<Node<'p>>, types| Call {
            kernel: row.kernel,
            passes: row.missing == Missing::Passes,
            args,
            types,
            out: &expr.ty.base,
            span: expr.span,
        };
        let types = args.iter().map(|arg| &arg.ty.base).collect();
        match (exact::exact(builtin), <[Node<'p>; 2]>::try_from(nodes)) {
            (Some(exact), Ok(sides)) => Node::Exact(exact, Box::new(sides), Box::new(call(Vec::new(), types))),
            (None, Ok(sides)) => Node::Call(Box::new(call(sides.into(), types))),
            (_, Err(nodes)) => Node::Call(Box::new(call(nodes, types))),
        }
    }

    /// The value for a row.
    pub fn eval<'r>(&'r self, leaves: &Leaves<'r>) -> Out<'r> {
        let place = |values: &'r [Value], at: usize| Cow::Borrowed(values.get(at).unwrap_or(&MISSING));
        Ok(match self {
            Node::Const(value) => Cow::Borrowed(value),
            Node::Column(at) => place(leaves.row, *at),
            Node::Slot(at) => place(leaves.slots, *at),
            Node::Current => Cow::Borrowed(leaves.value),
            Node::Compare(holds, sides) => {
                let [first, second] = &**sides;
                let (first, second) = (first.eval(leaves)?, second.eval(leaves)?);
                let known = first.is_known() && second.is_known();
                Cow::Owned(if known { Value::Flag(holds(first.cmp(&second))) } else { Value::Missing })
            }
            Node::Exact(exact, sides, call) => {
                let [first, second] = &**sides;
                let (first, second) = (first.eval(leaves)?, second.eval(leaves)?);
                Cow::Owned(match (&*first, &*second) {
                    (Value::Number(a), Value::Number(b)) => exact::number(exact(*a, *b), call.span)?,
                    _ => call.apply(&[first.into_owned(), second.into_owned()])?,
                })
            }
            Node::Lazy(builtin, args) => return lazy(*builtin, args, leaves),
            Node::Call(call) => return call.eval(leaves).map(Cow::Owned),
            Node::Case(arms, otherwise) => {
                for (condition, value) in arms {
                    if condition.holds(leaves)? {
                        return value.eval(leaves);
                    }
                }
                return otherwise.as_ref().map_or(Ok(Cow::Borrowed(&MISSING)), |value| value.eval(leaves));
            }
            Node::Scale(scaled) => return scaled.eval(leaves),
            Node::Lookup(lookup) => Cow::Owned(lookup.eval(leaves)?),
        })
    }

    /// Whether a condition holds.
    pub fn holds(&self, leaves: &Leaves<'_>) -> Result<bool, Box<Stop>> {
        Ok(matches!(*self.eval(leaves)?, Value::Flag(true)))
    }
}

fn comparison(builtin: Builtin) -> Option<fn(Ordering) -> bool> {
    Some(match builtin {
        Builtin::Equal => Ordering::is_eq,
        Builtin::Different => Ordering::is_ne,
        Builtin::Less => Ordering::is_lt,
        Builtin::LessOrEqual => Ordering::is_le,
        Builtin::Greater => Ordering::is_gt,
        Builtin::GreaterOrEqual => Ordering::is_ge,
        _ => return None,
    })
}

/// From left to right, no further than needed.
fn lazy<'r>(builtin: Builtin, args: &'r [Node<'_>], leaves: &Leaves<'r>) -> Out<'r> {
    let mut value = Cow::Owned(Value::Flag(builtin == Builtin::And));
    for arg in args {
        value = arg.eval(leaves)?;
        let decided = match builtin {
            Builtin::And => !matches!(*value, Value::Flag(true)),
            Builtin::Or => matches!(*value, Value::Flag(true)),
            _ => value.is_known(),
        };
        if decided {
            break;
        }
    }
    Ok(value)
}

impl Call<'_> {
    fn eval(&self, leaves: &Leaves<'_>) -> Result<Value, Box<Stop>> {
        if self.args.len() > FEW {
            let values = self.args.iter().map(|arg| Ok(arg.eval(leaves)?.into_owned()));
            return self.apply(&values.collect::<Result<Vec<_>, Box<Stop>>>()?);
        }
        let mut values: [Value; FEW] = Default::default();
        for (place, arg) in values.iter_mut().zip(&self.args) {
            *place = arg.eval(leaves)?.into_owned();
        }
        self.apply(values.get(..self.args.len()).unwrap_or(&[]))
    }

    fn apply(&self, values: &[Value]) -> Result<Value, Box<Stop>> {
        if self.passes && !values.iter().all(Value::is_known) {
            return Ok(Value::Missing);
        }
        (self.kernel)(values, &self.types, self.out).map_err(|fault| Box::new(Stop::Fault(fault, self.span)))
    }
}

impl<'p> Scaled<'p> {
    fn new(plan: &'p Plan, at: usize, arg: &'p Expr, expr: &'p Expr) -> Self {
        let mut made =
            Self { at, words: Words::default(), others: None, arg: Node::new(plan, arg), expr, arg_expr: arg };
        if let Some(scale) = plan.scales.get(at) {
            made.words = exact::words(scale);
            made.others = match &scale.otherwise {
                Otherwise::Value(value) if scale.patterns.is_empty() => Some(value),
                _ => None,
            };
        }
        made
    }

    fn eval<'r>(&'r self, leaves: &Leaves<'r>) -> Out<'r> {
        let value = self.arg.eval(leaves)?;
        if let Value::Text(word) = &*value
            && let Some(found) = self.words.get(&**word).copied().or(self.others)
        {
            return Ok(Cow::Borrowed(found));
        }
        let Some(scale) = leaves.world.plan.scales.get(self.at) else {
            return Ok(Cow::Borrowed(&MISSING));
        };
        match scale::find(scale, &value, &self.arg_expr.ty.base) {
            Some(found) => Ok(Cow::Owned(found)),
            None => Err(Box::new(Stop::NotOnScale {
                scale: self.at,
                value: value.into_owned(),
                ty: self.arg_expr.ty.base.clone(),
                column: faults::only_column(self.arg_expr),
                span: self.expr.span,
            })),
        }
    }
}

impl Lookup<'_> {
    fn eval(&self, leaves: &Leaves<'_>) -> Result<Value, Box<Stop>> {
        let keys = self.keys.iter().map(|key| Ok(key.eval(leaves)?.into_owned()));
        let keys = keys.collect::<Result<Vec<_>, Box<Stop>>>()?;
        let day = self.day.as_ref().map(|day| day.eval(leaves)).transpose()?;
        Ok(leaves.world.look_up(self.input, self.unique, &keys, day.as_deref(), self.column))
    }
}
