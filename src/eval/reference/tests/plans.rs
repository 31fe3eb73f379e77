//! Small plans, made by hand: an input of `id`, `side` and `amount`, one score, and indices.

use std::sync::Arc;

use crate::builtin::Builtin;
use crate::diag::{Code, Severity};
use crate::eval::reference::run;
use crate::eval::{Job, Outcome};
use crate::plan::*;
use crate::source::Span;
use crate::value::column::{Column, Data, Gone, InputAccount, Table};
use crate::value::schema::{ColumnSpec, Format, Place, Schema};
use crate::value::{Ty, Type, Value};

fn number() -> Ty {
    Ty::required(Type::Number(0))
}

fn text() -> Ty {
    Ty::required(Type::Text)
}

fn expr(kind: ExprKind, ty: Ty) -> Expr {
    Expr { kind, ty, span: Span::default() }
}

fn id() -> Expr {
    expr(ExprKind::Column(0), text())
}

fn side() -> Expr {
    expr(ExprKind::Column(1), text())
}

fn amount() -> Expr {
    expr(ExprKind::Column(2), Ty::optional(Type::Number(0)))
}

fn constant(units: i128) -> Expr {
    expr(ExprKind::Const(Value::Number(units)), number())
}

fn word(word: &str) -> Expr {
    expr(ExprKind::Const(Value::Text(word.into())), text())
}

fn call(builtin: Builtin, args: Vec<Expr>, base: Type) -> Expr {
    expr(ExprKind::Call(builtin, args), Ty::required(base))
}

fn is(a: Expr, b: Expr) -> Expr {
    call(Builtin::Equal, vec![a, b], Type::Flag)
}

fn step(label: &str, op: Op) -> Step {
    Step { label: label.into(), doc: Vec::new(), cite: None, op, span: Span::default() }
}

fn value(expr: Expr, when: Option<Expr>) -> Step {
    let ty = Ty::optional(Type::Number(0));
    step("points", Op::Set { verb: Verb::Value, expr, when, ty, before: None })
}

fn keep(holds: Expr) -> Step {
    step("kept", Op::Keep { holds, when: None, of_units: false })
}

fn absorb(pick: Pick, same: Vec<usize>, empty: Empty) -> Step {
    step("absorbed", Op::Absorb { pick, keys: vec![id()], same, empty })
}

fn aggregate(function: Function, by: Vec<(Expr, Option<Domain>)>) -> Index {
    let dims = by.iter().map(|(expr, _)| Dim { name: "id".into(), ty: expr.ty.clone() }).collect();
    let by = by.into_iter().map(|(expr, domain)| By { expr, domain }).collect();
    let (source, missing, span) = (Source::Score(0), Policy::None, Span::default());
    let body = Aggregate { source, function, filter: None, by, weight: None, missing, span, shared: None };
    index(dims, matches!(function, Function::Sum | Function::Count), Body::Aggregate(body))
}

fn index(dims: Vec<Dim>, absent_zero: bool, body: Body) -> Index {
    let ty = if absent_zero { number() } else { Ty::optional(Type::Number(0)) };
    Index { name: "total".into(), title: "".into(), hidden: false, dims, ty, absent_zero, body, span: Span::default() }
}

fn plan(steps: Vec<Step>, indices: Vec<Index>) -> Plan {
    let column = |(name, ty): (&str, Ty)| ColumnSpec {
        name: name.into(),
        ty,
        place: Place::Header(name.into()),
        clean: false,
        dates: Vec::new(),
        missing: Vec::new(),
        span: Span::default(),
    };
    let columns = [("id", text()), ("side", text()), ("amount", Ty::optional(Type::Number(0)))];
    let schema = Schema {
        name: "contact".into(),
        file: None,
        format: Format::default(),
        columns: columns.into_iter().map(column).collect(),
        unpivot: None,
        units: Vec::new(),
        unique: Vec::new(),
        span: Span::default(),
    };
    let slots = vec![Slot { name: "visitor".into(), ty: text() }];
    let ty = Ty::optional(Type::Number(0));
    Plan {
        name: "small".into(),
        title: "".into(),
        params: Vec::new(),
        inputs: vec![Input { schema, checks: Vec::new() }.into()],
        scales: Vec::new(),
        scores: vec![Score { name: "visit".into(), input: 0, slots, steps, ty, span: Span::default() }.into()],
        declared: (0..indices.len()).collect(),
        indices: indices.into_iter().map(Arc::new).collect(),
        checks: Vec::new(),
    }
}

type Rows = &'static [(&'static str, &'static str, Option<i64>)];

fn table(rows: Rows) -> Table {
    let texts = |of: &dyn Fn(usize) -> &'static str| {
        let mut dict: Vec<Arc<str>> = Vec::new();
        let mut code = |at: usize| {
            let known = dict.iter().position(|text| **text == *of(at));
            known.unwrap_or_else(|| {
                dict.push(of(at).into());
                dict.len() - 1
            }) as u32
        };
        let codes = (0..rows.len()).map(&mut code).collect();
        Column::full(Data::Text { codes, dict: dict.into() })
    };
    let amounts = Data::Small(rows.iter().map(|row| row.2.unwrap_or(0)).collect());
    let known = Some(rows.iter().map(|row| row.2.is_some()).collect());
    let columns = vec![texts(&|at| rows[at].0), texts(&|at| rows[at].1), Column { known, ..Column::full(amounts) }];
    let lines = (2..).take(rows.len()).collect();
    let account = InputAccount::default();
    Table {
        file: "contact.csv".into(),
        parts: Vec::new(),
        rows: rows.len(),
        columns,
        lines,
        fields: vec![None; 3],
        account,
        gone: Gone::default(),
    }
}

fn outcome(plan: &Plan, rows: Rows) -> Outcome {
    run(Job { plan, tables: &[Some(table(rows))], wanted: &plan.declared, checks: true })
}

fn cells(outcome: &Outcome, at: usize) -> Vec<String> {
    let of = |index: &crate::eval::IndexCells| {
        let cell = |(dims, value): &(Vec<Value>, Value)| {
            let dims: Vec<String> =
                dims.iter().zip(&index.dims).map(|(value, dim)| value.format(&dim.ty.base)).collect();
            format!("{} -> {}", dims.join(" "), value.format(&index.ty.base))
        };
        index.cells.iter().map(cell).collect()
    };
    outcome.results.get(at).map(of).unwrap_or_default()
}

fn problems(outcome: &Outcome) -> Vec<(Code, String, u64)> {
    outcome.problems.clone().sorted().into_iter().map(|found| (found.code, found.message, found.count)).collect()
}

const ROWS: Rows = &[
    ("a", "home", Some(1)),
    ("b", "home", Some(5)),
    ("a", "away", Some(3)),
    ("b", "home", Some(5)),
    ("c", "away", None),
];

#[test]
fn a_unit_gets_its_highest_value_and_the_account_adds_up() {
    let steps = vec![value(amount(), None), absorb(Pick::Highest, vec![], Empty::Error)];
    let indices = vec![aggregate(Function::Sum, vec![(id(), None)]), aggregate(Function::Count, vec![])];
    let outcome = outcome(&plan(steps, indices), ROWS);
    assert_eq!(cells(&outcome, 0), ["a -> 3", "b -> 5"]);
    assert_eq!(cells(&outcome, 1), [" -> 2"]);
    let [account] = outcome.scores.as_slice() else { panic!("one score is run") };
    assert_eq!((account.rows, account.scored, &account.absorbed), (5, 3, &vec![("absorbed".to_owned(), 2)]));
    let account = &outcome.indices[0];
    assert_eq!((account.scored, account.no_value, account.in_cells), (3, 1, 2));
}

#[test]
fn a_unit_that_loses_every_row_is_an_error_or_what_the_absorb_says() {
    let outcome = |empty| {
        let steps =
            vec![keep(is(side(), word("home"))), value(constant(2), None), absorb(Pick::Highest, vec![], empty)];
        outcome(&plan(steps, vec![aggregate(Function::Sum, vec![(id(), None)])]), ROWS)
    };
    let message = "no row of unit `c` is left to absorb".to_owned();
    assert_eq!(problems(&outcome(Empty::Error)), [(Code::EmptyUnit, message, 1)]);
    assert_eq!(cells(&outcome(Empty::Error), 0), [""; 0]);
    assert_eq!(cells(&outcome(Empty::Drop), 0), ["a -> 2", "b -> 2"]);
    assert_eq!(cells(&outcome(Empty::Zero), 0), ["a -> 2", "b -> 2", "c -> 0"]);
    let account = &outcome(Empty::Zero).scores[0];
    assert_eq!((account.dropped[0].1, account.absorbed[0].1, account.restored[0].1, account.scored), (2, 1, 1, 3));
}

#[test]
fn a_slot_that_is_used_must_not_differ_in_a_unit() {
    let fill = step("visitor", Op::Let { slot: 0, expr: side() });
    let steps = vec![fill, value(amount(), None), absorb(Pick::Highest, vec![0], Empty::Error)];
    let outcome = outcome(&plan(steps, vec![aggregate(Function::Sum, vec![])]), ROWS);
    let message = "`visitor` is `home` in one row of a unit and `away` in another".to_owned();
    assert_eq!(problems(&outcome), [(Code::ValuesDiffer, message, 1)]);
}

#[test]
fn a_tie_of_the_order_must_not_differ_in_value() {
    let steps = |pick| vec![value(amount(), None), absorb(pick, vec![], Empty::Error)];
    let of = |pick| outcome(&plan(steps(pick), vec![aggregate(Function::Sum, vec![(id(), None)])]), ROWS);
    assert_eq!(cells(&of(Pick::First(side())), 0), ["a -> 3", "b -> 5"]);
    assert_eq!(cells(&of(Pick::Last(side())), 0), ["a -> 1", "b -> 5"]);
    let message = "the value is `1` in one row of a unit and `3` in another".to_owned();
    assert_eq!(problems(&of(Pick::First(id()))), [(Code::ValuesDiffer, message, 1)]);
}

#[test]
fn a_value_stays_where_the_condition_does_not_hold() {
    let steps = vec![value(amount(), Some(is(side(), word("home"))))];
    let indices = vec![aggregate(Function::Sum, vec![]), aggregate(Function::Count, vec![])];
    let outcome = outcome(&plan(steps, indices), ROWS);
    assert_eq!([cells(&outcome, 0), cells(&outcome, 1)], [[" -> 11"], [" -> 3"]]);
}

#[test]
fn cells_are_the_tuples_seen_crossed_with_the_values_given() {
    let given = Domain::Values(["home", "third"].map(|word| Value::Text(word.into())).to_vec());
    let by = vec![(id(), None), (side(), Some(given))];
    let steps = vec![value(amount(), None)];
    let outcome = outcome(&plan(steps, vec![aggregate(Function::Sum, by)]), ROWS);
    assert_eq!(cells(&outcome, 0), ["a home -> 1", "a third -> 0", "b home -> 10", "b third -> 0"]);
    assert_eq!((outcome.indices[0].outside, outcome.indices[0].in_cells), (1, 3));
}

#[test]
fn two_values_in_a_cell_of_only_are_an_error() {
    let plan = plan(vec![value(amount(), None)], vec![aggregate(Function::Only, vec![(id(), None)])]);
    let message = |id| format!("index `total` at id `{id}` has more than one value");
    let found = problems(&outcome(&plan, ROWS));
    assert_eq!(found, [(Code::SeveralValues, message("a"), 2)]);
    assert_eq!(cells(&outcome(&plan, &ROWS[2..]), 0), ["a -> 3", "b -> 5"]);
}

#[test]
fn a_formula_is_over_the_union_and_broadcasts() {
    let by_id = Operand { index: 0, dims: vec![0], spans: true };
    let all = Operand { index: 1, dims: vec![], spans: false };
    let leaf = |at| expr(ExprKind::Operand(at), number());
    let sum = call(Builtin::Add, vec![leaf(0), leaf(1)], Type::Number(0));
    let dims = vec![Dim { name: "id".into(), ty: text() }];
    let formula = index(dims, false, Body::Formula { operands: vec![by_id, all], expr: sum });
    let sums = [vec![(id(), None)], vec![]].map(|by| aggregate(Function::Sum, by));
    let indices = sums.into_iter().chain([formula]).collect();
    let outcome = outcome(&plan(vec![value(amount(), None)], indices), ROWS);
    assert_eq!(cells(&outcome, 2), ["a -> 18", "b -> 24"]);
}

#[test]
fn a_row_with_a_fault_is_named_and_causes_nothing_further() {
    let huge = call(Builtin::Multiply, vec![amount(), constant(10i128.pow(37))], Type::Number(0));
    let over = value(call(Builtin::Multiply, vec![huge, constant(10)], Type::Number(0)), None);
    let plan = plan(vec![over.clone(), over], vec![aggregate(Function::Sum, vec![])]);
    let found = problems(&outcome(&plan, &ROWS[..3]));
    assert_eq!(found, [(Code::Overflow, "the result has more than 38 digits".to_owned(), 3)]);
}

#[test]
fn a_check_names_each_cell_that_fails() {
    let leaf = expr(ExprKind::Operand(0), number());
    let holds = call(Builtin::Greater, vec![leaf, constant(5)], Type::Flag);
    let operands = vec![Operand { index: 0, dims: vec![0], spans: true }];
    let dims = vec![Dim { name: "id".into(), ty: text() }];
    let hidden = Index { hidden: true, ..index(dims, false, Body::Formula { operands, expr: holds }) };
    let sum = aggregate(Function::Sum, vec![(id(), None)]);
    let mut plan = plan(vec![value(amount(), None)], vec![sum, hidden]);
    plan.declared = vec![0];
    let (message, severity, span) = ("enough".into(), Severity::Warning, Span::default());
    plan.checks = vec![CellCheck { index: 1, shown: vec![0], message, severity, span }];
    let outcome = outcome(&plan, ROWS);
    let message = "check failed: enough: at id `a`: total `4`".to_owned();
    assert_eq!(problems(&outcome), [(Code::CheckFailed, message, 1)]);
    assert_eq!(cells(&outcome, 0), ["a -> 4", "b -> 10"]);
}
