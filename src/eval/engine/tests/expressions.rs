//! Expressions: the loops give what the kernels of the table give.

use super::super::expr::Eval;
use super::super::frame::{CellColumns, Leaves, Sel};
use super::super::world::World;
use super::*;
use crate::builtin::Missing;
use crate::plan::needs::Needs;
use crate::value::decimal::MAX_UNITS;

/// Holds a function of two dimensions against its kernel, over all pairs of some values, as columns and as constants.
fn against_the_kernel(function: Builtin, types: [Type; 2], values: [&[Value]; 2], out: Type) {
    let case = Case::new(vec![]);
    let job = Job { plan: &case.plan, tables: &case.tables, wanted: &[], checks: false };
    let world = World::new(job, &Needs::default());
    let pairs: Vec<[Value; 2]> =
        values[0].iter().flat_map(|a| values[1].iter().map(move |b| [a.clone(), b.clone()])).collect();
    let dim = |at: usize| expr(ExprKind::Dim(at), Ty::optional(types[at].clone()));
    for split in [pairs.len(), 1] {
        for pairs in pairs.chunks(split) {
            let column = |at: usize| {
                let mut builder = Builder::new(&types[at], 0);
                pairs.iter().for_each(|pair| builder.push(&pair[at]));
                builder.finish()
            };
            let cells = CellColumns { dims: vec![column(0), column(1)], value: None, operands: vec![] };
            let fixed = |at: usize| constant(pairs[0][at].clone(), Ty::optional(types[at].clone()));
            let mut forms = vec![vec![dim(0), dim(1)]];
            if split == 1 {
                forms.extend([vec![fixed(0), dim(1)], vec![dim(0), fixed(1)], vec![fixed(0), fixed(1)]]);
            }
            for args in forms {
                let whole = call(function, args, Ty::optional(out.clone()));
                let mut eval = Eval::new(&world, Leaves::Cells(&cells));
                let got = eval.column(&whole, Sel::All(pairs.len()));
                let flawed: Vec<u32> = super::super::flaw::rows(&eval.into_flaws());
                for (row, pair) in pairs.iter().enumerate() {
                    let missing = function.row().missing == Missing::Passes && !pair.iter().all(Value::is_known);
                    let wanted = if missing {
                        Ok(Value::Missing)
                    } else {
                        (function.row().kernel)(pair, &[&types[0], &types[1]], &out)
                    };
                    let got = if flawed.contains(&(row as u32)) { None } else { Some(got.value(row)) };
                    assert_eq!(got, wanted.ok(), "{function:?} {pair:?}");
                }
            }
        }
    }
}

fn numbers() -> Vec<Value> {
    let small = [0, 1, -1, 4, 5, 6, -5, 15, 25, -25, 1_000, 123_456_789];
    let large = [i64::MAX as i128, i64::MIN as i128, i64::MAX as i128 + 1, MAX_UNITS, -MAX_UNITS, MAX_UNITS / 10];
    let mut list: Vec<Value> = small.iter().chain(&large).map(|&units| int(units)).collect();
    list.push(Value::Missing);
    list
}

#[test]
fn arithmetic_is_that_of_the_kernels() {
    let some: Vec<Value> =
        numbers().into_iter().filter(|value| *value < int(1_000_000) && *value > int(-100)).collect();
    for values in [&numbers(), &some] {
        for (function, out) in [
            (Builtin::Add, 2),
            (Builtin::Subtract, 2),
            (Builtin::Multiply, 4),
            (Builtin::Divide, 15),
            (Builtin::Min, 2),
            (Builtin::Max, 2),
            (Builtin::Least, 2),
            (Builtin::Greatest, 2),
            (Builtin::Mean, 15),
        ] {
            against_the_kernel(function, [Type::Number(2), Type::Number(2)], [values, values], Type::Number(out));
        }
        against_the_kernel(Builtin::Divide, [Type::Number(15), Type::Number(1)], [values, values], Type::Number(0));
        for (from, to) in [(2, 0), (1, 0), (0, 2), (2, 20), (38, 2), (2, 2)] {
            for function in [Builtin::Round, Builtin::Widen] {
                if function == Builtin::Round || to >= from {
                    let (types, values) = ([Type::Number(from), Type::Number(0)], [values.as_slice(), &[int(1)]]);
                    against_the_first(function, types, values, Type::Number(to));
                }
            }
        }
        for function in [Builtin::Negate, Builtin::Abs] {
            against_the_first(function, [Type::Number(1), Type::Number(0)], [values, &[int(1)]], Type::Number(1));
        }
        for places in [0, 2, 22, 30] {
            against_the_first(Builtin::Real, [Type::Number(places), Type::Number(0)], [values, &[int(1)]], Type::Real);
        }
    }
}

/// The same for a function of one argument.
fn against_the_first(function: Builtin, types: [Type; 2], values: [&[Value]; 2], out: Type) {
    let case = Case::new(vec![]);
    let job = Job { plan: &case.plan, tables: &case.tables, wanted: &[], checks: false };
    let world = World::new(job, &Needs::default());
    let mut builder = Builder::new(&types[0], 0);
    values[0].iter().for_each(|value| builder.push(value));
    let cells = CellColumns { dims: vec![builder.finish()], value: None, operands: vec![] };
    let arg = expr(ExprKind::Dim(0), Ty::optional(types[0].clone()));
    let whole = call(function, vec![arg], Ty::optional(out.clone()));
    let mut eval = Eval::new(&world, Leaves::Cells(&cells));
    let got = eval.column(&whole, Sel::All(values[0].len()));
    let flawed: Vec<u32> = super::super::flaw::rows(&eval.into_flaws());
    for (row, value) in values[0].iter().enumerate() {
        let passes = function.row().missing == Missing::Passes && !value.is_known();
        let wanted = if passes {
            Ok(Value::Missing)
        } else {
            (function.row().kernel)(std::slice::from_ref(value), &[&types[0]], &out)
        };
        let got = if flawed.contains(&(row as u32)) { None } else { Some(got.value(row)) };
        assert_eq!(got, wanted.ok(), "{function:?} {value:?} {types:?} {out:?}");
    }
}

#[test]
fn comparisons_are_those_of_the_kernels() {
    let comparisons = [
        Builtin::Equal,
        Builtin::Different,
        Builtin::Less,
        Builtin::LessOrEqual,
        Builtin::Greater,
        Builtin::GreaterOrEqual,
    ];
    let texts = words("a b aa - é z a");
    let others = words("z é - c");
    let days: Vec<Value> = ["2001-01-01", "", "1999-12-31"].map(day).to_vec();
    let flags = [Value::Flag(true), Value::Flag(false), Value::Missing];
    let years = [Value::Period(2001), Value::Period(2002), Value::Missing];
    let reals = [Value::Real(0.5), Value::Real(-1.0), Value::Missing];
    for function in comparisons {
        let number = Type::Number(2);
        against_the_kernel(function, [number.clone(), number], [&numbers(), &numbers()], Type::Flag);
        against_the_kernel(function, [Type::Text, Type::Text], [&texts, &others], Type::Flag);
        against_the_kernel(function, [Type::Date, Type::Date], [&days, &days], Type::Flag);
        against_the_kernel(function, [Type::Flag, Type::Flag], [&flags, &flags], Type::Flag);
        let period = Type::Period(Period::Year);
        against_the_kernel(function, [period.clone(), period], [&years, &years], Type::Flag);
        against_the_kernel(function, [Type::Real, Type::Real], [&reals, &reals], Type::Flag);
    }
    for function in [Builtin::And, Builtin::Or] {
        against_the_kernel(function, [Type::Flag, Type::Flag], [&flags, &flags], Type::Flag);
    }
    against_the_kernel(Builtin::Else, [Type::Text, Type::Text], [&texts, &others], Type::Text);
    against_the_kernel(Builtin::Join, [Type::Text, Type::Text], [&texts, &others], Type::Text);
    against_the_kernel(Builtin::DaysBetween, [Type::Date, Type::Date], [&days, &days], Type::Number(0));
}

#[test]
fn functions_of_dates_are_those_of_the_kernels() {
    let days: Vec<Value> = ["2001-01-01", "", "1999-12-31", "2004-02-29", "9999-12-31"].map(day).to_vec();
    let partial = |first: &str, last: &str| match (day(first), day(last)) {
        (Value::Date(first), Value::Date(last)) => Value::Partial(first, last),
        _ => Value::Missing,
    };
    let partials = [partial("2001-01-01", "2001-12-31"), partial("2001-02-01", "2001-02-28"), Value::Missing];
    let periods = [Value::Period(2001 * 12 + 3), Value::Missing, Value::Period(1999 * 12 + 11)];
    let of = [
        (Type::Date, days.as_slice()),
        (Type::Partial(crate::value::Precision::Year), &partials),
        (Type::Period(Period::Month), &periods),
    ];
    for (ty, values) in of {
        let types = || [ty.clone(), Type::Number(0)];
        for (function, kind) in [
            (Builtin::Year, Period::Year),
            (Builtin::Quarter, Period::Quarter),
            (Builtin::Month, Period::Month),
            (Builtin::Week, Period::Week),
        ] {
            against_the_first(function, types(), [values, &[]], Type::Period(kind));
        }
        for function in [Builtin::Earliest, Builtin::Latest] {
            against_the_first(function, types(), [values, &[]], Type::Date);
        }
        for function in [Builtin::MonthOfYear, Builtin::DayOfMonth, Builtin::DayOfWeek] {
            against_the_first(function, types(), [values, &[]], Type::Number(0));
        }
        against_the_first(Builtin::Known, types(), [values, &[]], Type::Flag);
    }
    let years = [Value::Period(2001), Value::Missing];
    against_the_first(Builtin::YearNumber, [Type::Period(Period::Year), Type::Flag], [&years, &[]], Type::Number(0));
    let flags = [Value::Flag(true), Value::Missing, Value::Flag(false)];
    against_the_first(Builtin::Not, [Type::Flag, Type::Flag], [&flags, &[]], Type::Flag);
    let texts = words("a B - é");
    against_the_first(Builtin::Upper, [Type::Text, Type::Flag], [&texts, &[]], Type::Text);
}
