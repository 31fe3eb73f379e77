//! Tests of the engine: plans built by hand, op by op.

mod aggregates;
mod errors;
mod expressions;
mod formulas;
mod intervals;
mod lookups;
mod steps;

use std::sync::Arc;

use super::vector::Builder;
use crate::builtin::Builtin;
use crate::diag::{Code, Severity};
use crate::eval::{Job, Outcome};
use crate::plan::*;
use crate::source::Span;
use crate::value::column::{Gone, InputAccount, Table};
use crate::value::schema::{ColumnSpec, Format, Place, Schema};
use crate::value::{Period, Ty, Type, Value, calendar};

/// A plan and its tables, as a test builds them.
pub struct Case {
    pub plan: Plan,
    pub tables: Vec<Option<Table>>,
}

pub fn n(places: u8) -> Ty {
    Ty::required(Type::Number(places))
}

pub fn text() -> Ty {
    Ty::optional(Type::Text)
}

pub fn flag() -> Ty {
    Ty::required(Type::Flag)
}

pub fn date() -> Ty {
    Ty::optional(Type::Date)
}

pub fn year() -> Ty {
    Ty::required(Type::Period(Period::Year))
}

pub fn int(units: i128) -> Value {
    Value::Number(units)
}

pub fn word(text: &str) -> Value {
    Value::Text(Arc::from(text))
}

pub fn day(text: &str) -> Value {
    if text.is_empty() { Value::Missing } else { Value::Date(calendar::parse_day(text).unwrap()) }
}

pub fn words(list: &str) -> Vec<Value> {
    list.split_whitespace().map(|text| if text == "-" { Value::Missing } else { word(text) }).collect()
}

pub fn ints(list: &[i128]) -> Vec<Value> {
    list.iter().map(|&units| int(units)).collect()
}

pub fn expr(kind: ExprKind, ty: Ty) -> Expr {
    Expr { kind, ty, span: Span::default() }
}

pub fn column(at: usize, ty: Ty) -> Expr {
    expr(ExprKind::Column(at), ty)
}

pub fn slot(at: usize, ty: Ty) -> Expr {
    expr(ExprKind::Slot(at), ty)
}

pub fn value(ty: Ty) -> Expr {
    expr(ExprKind::Value, ty)
}

pub fn constant(value: Value, ty: Ty) -> Expr {
    expr(ExprKind::Const(value), ty)
}

pub fn call(function: Builtin, args: Vec<Expr>, ty: Ty) -> Expr {
    expr(ExprKind::Call(function, args), ty)
}

pub fn is(at: usize, text: &str) -> Expr {
    call(Builtin::Equal, vec![column(at, self::text()), constant(word(text), self::text())], flag())
}

/// An argument times 38 nines: from 2 on, more than 38 digits.
pub fn overflowing(of: Expr) -> Expr {
    let huge = constant(int(crate::value::decimal::MAX_UNITS), n(0));
    call(Builtin::Multiply, vec![of, huge], n(0))
}

pub fn step(label: &str, op: Op) -> Step {
    Step { label: Arc::from(label), doc: Vec::new(), cite: None, op, span: Span::default() }
}

pub fn keep(label: &str, holds: Expr, of_units: bool) -> Step {
    step(label, Op::Keep { holds, when: None, of_units })
}

pub fn set(expr: Expr) -> Step {
    let ty = expr.ty.clone();
    step("value", Op::Set { verb: Verb::Value, expr, when: None, ty, before: None })
}

pub fn absorb(pick: Pick, keys: Vec<Expr>, same: Vec<usize>, empty: Empty) -> Step {
    step("absorption", Op::Absorb { pick, keys, same, empty })
}

pub fn by(expr: Expr) -> By {
    By { expr, domain: None }
}

pub fn within(expr: Expr, values: Vec<Value>) -> By {
    By { expr, domain: Some(Domain::Values(values)) }
}

impl Case {
    /// A plan with one input of these columns.
    pub fn new(columns: Vec<(&str, Ty, Vec<Value>)>) -> Self {
        let plan = Plan {
            name: Arc::from("test"),
            title: Arc::from(""),
            params: Vec::new(),
            inputs: Vec::new(),
            scales: Vec::new(),
            scores: Vec::new(),
            indices: Vec::new(),
            declared: Vec::new(),
            checks: Vec::new(),
        };
        let mut case = Self { plan, tables: Vec::new() };
        case.input(columns);
        case
    }

    /// Adds an input.
    pub fn input(&mut self, columns: Vec<(&str, Ty, Vec<Value>)>) -> usize {
        let rows = columns.first().map_or(0, |column| column.2.len());
        let spec = |(name, ty): (&str, &Ty)| ColumnSpec {
            name: Arc::from(name),
            ty: ty.clone(),
            place: Place::Header(Arc::from(name)),
            clean: false,
            dates: Vec::new(),
            missing: Vec::new(),
            span: Span::default(),
        };
        let schema = Schema {
            name: Arc::from("input"),
            file: None,
            format: Format::default(),
            columns: columns.iter().map(|(name, ty, _)| spec((name, ty))).collect(),
            unpivot: None,
            units: Vec::new(),
            unique: Vec::new(),
            span: Span::default(),
        };
        let column = |(_, ty, values): &(&str, Ty, Vec<Value>)| {
            let mut builder = Builder::new(&ty.base, rows);
            values.iter().for_each(|value| builder.push(value));
            builder.finish()
        };
        self.tables.push(Some(Table {
            file: Arc::from("data.csv"),
            parts: Vec::new(),
            rows,
            columns: columns.iter().map(column).collect(),
            lines: (0..rows as u32).map(|row| row + 2).collect(),
            fields: (0..columns.len()).map(Some).collect(),
            account: InputAccount::default(),
            gone: Gone::default(),
        }));
        self.plan.inputs.push(Input { schema, checks: Vec::new() }.into());
        self.plan.inputs.len() - 1
    }

    /// Adds a score of the first input.
    pub fn score(&mut self, slots: &[(&str, Ty)], steps: Vec<Step>, ty: Ty) -> usize {
        let slots = slots.iter().map(|(name, ty)| Slot { name: Arc::from(*name), ty: ty.clone() }).collect();
        let name = Arc::from("score");
        self.plan.scores.push(Score { name, input: 0, slots, steps, ty, span: Span::default() }.into());
        self.plan.scores.len() - 1
    }

    /// Adds an index.
    pub fn index(&mut self, name: &str, dims: Vec<Ty>, ty: Ty, body: Body) -> usize {
        let dims = dims.into_iter().enumerate();
        let dims = dims.map(|(at, ty)| Dim { name: Arc::from(format!("d{at}").as_str()), ty }).collect();
        let absent_zero = matches!(&body, Body::Aggregate(Aggregate { function: Function::Sum | Function::Count, .. }));
        let (name, title) = (Arc::from(name), Arc::from(""));
        let span = Span::default();
        self.plan.indices.push(Index { name, title, hidden: false, dims, ty, absent_zero, body, span }.into());
        let at = self.plan.indices.len() - 1;
        self.plan.declared.push(at);
        at
    }

    /// Adds an aggregation of a source.
    pub fn aggregate(&mut self, source: Source, function: Function, dims: Vec<By>, ty: Ty) -> usize {
        self.filtered(source, function, None, dims, ty)
    }

    /// Adds an aggregation with a filter.
    pub fn filtered(&mut self, source: Source, function: Function, filter: Option<Expr>, by: Vec<By>, ty: Ty) -> usize {
        let types = by.iter().map(|by| by.expr.ty.clone()).collect();
        let name = format!("i{}", self.plan.indices.len());
        let (missing, span) = (Policy::Skip, Span::default());
        let body = Aggregate { source, function, filter, by, weight: None, missing, span, shared: None };
        let body = Body::Aggregate(body);
        self.index(&name, types, ty, body)
    }

    /// Runs the plan for some indices.
    pub fn run(&self, wanted: &[usize]) -> Outcome {
        super::run(Job { plan: &self.plan, tables: &self.tables, wanted, checks: true })
    }

    /// The cells of an index, in print; there must be no errors.
    pub fn cells(&self, index: usize) -> String {
        let outcome = self.run(&[index]);
        assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
        printed(&outcome)
    }

    /// The codes and messages of the problems of a run, each with its line of data.
    pub fn problems(&self, index: usize) -> Vec<String> {
        let outcome = self.run(&[index]);
        assert!(outcome.results.is_empty() || !outcome.problems.has_errors());
        let line = |problem: &crate::diag::Diagnostic| match problem.place() {
            Some(crate::diag::Place::Data(place)) => place.line,
            _ => 0,
        };
        let print = |problem: &crate::diag::Diagnostic| {
            format!("{} {}×{} {}", line(problem), problem.code.name(), problem.count, problem.message)
        };
        outcome.problems.sorted().iter().map(print).collect()
    }
}

/// The cells of the first result: `a,b=1; …`.
pub fn printed(outcome: &Outcome) -> String {
    let Some(result) = outcome.results.first() else { return "nothing".to_owned() };
    let print = |value: &Value, ty: &Ty| if value.is_known() { value.format(&ty.base) } else { "-".to_owned() };
    let cells = result.cells.iter().map(|(key, value)| {
        let key: Vec<String> = key.iter().zip(&result.dims).map(|(value, dim)| print(value, &dim.ty)).collect();
        format!("{}={}", key.join(","), print(value, &result.ty))
    });
    cells.collect::<Vec<_>>().join("; ")
}

#[test]
fn severity_and_codes_of_cell_checks() {
    let mut case = Case::new(vec![("x", n(0), ints(&[1, 2]))]);
    let score = case.score(&[], vec![set(column(0, n(0)))], n(0));
    let sum = case.aggregate(Source::Score(score), Function::Sum, vec![], n(0));
    let operand = Operand { index: sum, dims: vec![], spans: true };
    let is_two = call(Builtin::Equal, vec![expr(ExprKind::Operand(0), n(0)), constant(int(2), n(0))], flag());
    let body = Body::Formula { operands: vec![operand], expr: is_two };
    let check = case.index("check", vec![], flag(), body);
    let (message, span) = (Arc::from("two"), Span::default());
    case.plan.checks.push(CellCheck { index: check, shown: vec![sum], message, severity: Severity::Warning, span });
    let outcome = case.run(&[sum]);
    assert_eq!(printed(&outcome), "=3");
    let problems = outcome.problems.sorted();
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].code, problems[0].severity), (Code::CheckFailed, Severity::Warning));
    assert_eq!(problems[0].message, "check failed: two: i0 `3`");
}
