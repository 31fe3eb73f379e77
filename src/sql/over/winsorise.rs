//! Outliers brought to the nearest value inside, in one query: which steps there can be is known beforehand, so that each
//! is looked at by itself, and the first counts after which the group is even.

use super::{CELLS, GROUPS, Work, cell_scope, columns};
use crate::builtin::Builtin;
use crate::builtin::cells::BEYOND;
use crate::sql::Translation;
use crate::sql::ast::{Expr, Infix, Join, Name, Select, Source, SqlType};
use crate::sql::calls::{negated, real};
use crate::sql::cells::Cells;
use crate::sql::names::Names;
use crate::sql::score::as_column;
use crate::sql::shape::{Field, Kind, Term};
use crate::value::decimal;

/// When a group is even enough, as units and places, and how many values are changed at most.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub skewness: (i128, u8),
    pub kurtosis: (i128, u8),
    pub at_most: u32,
}

/// The tables of the two ends, and of the steps, in a query.
const ENDS: &str = "t";
const STEPS: &str = "s";

/// The columns that the queries hand on.
struct Parts {
    /// 1 where the greatest values are changed, −1 where the least are: their signs are turned then, so that they are the
    /// greatest ones.
    side: Name,
    /// The value with the sign of its side.
    turned: Name,
    /// How many values lie above it: so many are changed where it is the bound.
    above: Name,
    /// The place among equal values: a bound is taken once.
    number: Name,
    /// The value above which all are changed.
    bound: Name,
    /// How far a value that is changed so lies from the mean of all.
    away: Name,
    /// How many values a group has.
    count: Name,
    /// The means of the second, third and fourth powers of the distances.
    moments: [Name; 3],
    skewness: Name,
    kurtosis: Name,
    /// The bound, where a group is even after it.
    even: Name,
    /// The bounds of a group.
    high: Name,
    low: Name,
}

impl Parts {
    fn new(mut names: Names) -> Self {
        let mut take = |name: &str| names.take(name);
        Self {
            side: take("side"),
            turned: take("turned"),
            above: take("above"),
            number: take("number"),
            bound: take("bound"),
            away: take("away"),
            count: take("known"),
            moments: [take("second"), take("third"), take("fourth")],
            skewness: take("skewness"),
            kurtosis: take("kurtosis"),
            even: take("even"),
            high: take("high"),
            low: take("low"),
        }
    }

    /// The columns of a group on a side.
    fn of_side(&self, keys: &[Field], alias: &str) -> Vec<(Expr, Name)> {
        let mut all = own(alias, &[&self.side]);
        all.extend(columns(keys, alias));
        all
    }

    /// Those of a step of it, in a query of its cells.
    fn of_step(&self, keys: &[Field]) -> Vec<(Expr, Name)> {
        let mut all = self.of_side(keys, CELLS);
        all.extend(own(CELLS, &[&self.bound, &self.above]));
        all
    }
}

fn column(alias: &str, name: &Name) -> Expr {
    Expr::Column(Some(alias.into()), name.clone())
}

/// Columns under their own names, of a table.
fn own(alias: &str, names: &[&Name]) -> Vec<(Expr, Name)> {
    names.iter().map(|&name| (column(alias, name), name.clone())).collect()
}

/// The expressions of columns.
fn exprs(columns: &[(Expr, Name)]) -> Vec<Expr> {
    columns.iter().map(|(expr, _)| expr.clone()).collect()
}

/// A value with its sign turned.
fn turned(value: &Term) -> Term {
    negated(value.clone(), value.kind)
}

fn over(of: Expr, keys: Vec<Expr>, order: Option<(&Expr, bool)>) -> Expr {
    let order = order.map(|(order, descending)| (Box::new(order.clone()), descending));
    Expr::Over { of: Box::new(of), keys, order }
}

fn times(a: Expr, b: Expr) -> Expr {
    a.infix(Infix::Multiply, b)
}

fn more(a: Expr, by: f64) -> Expr {
    a.infix(Infix::Add, Expr::Real(by))
}

fn less(a: Expr, by: f64) -> Expr {
    a.infix(Infix::Subtract, Expr::Real(by))
}

impl Translation<'_> {
    pub(super) fn winsorised(&mut self, work: &Work<'_>, limits: Limits) -> Cells {
        let parts = Parts::new(work.names());
        let keys: Vec<Field> = work.keys().into_iter().map(|(field, _)| field).collect();
        let ends = self.ends(work, &parts, &keys);
        let distances = self.distances(work, &parts, &keys, (&ends, limits.at_most));
        let moments = self.moments(work, &parts, &keys, &distances);
        let shapes = self.shapes(work, &parts, &keys, &moments);
        let even = self.even(work, &parts, &keys, (&shapes, limits));
        let bounds = self.bounds(work, &parts, &keys, &even);
        let mut scope = cell_scope(work);
        let mut select = scope.select_from(&work.cells.cte, Some(&CELLS.into()));
        let source = Source::table(&bounds).called(GROUPS);
        select.joins.push(work.with_groups(source));
        let value = work.value(CELLS);
        let bound = |name: &Name| column(GROUPS, name);
        let is = |infix: Infix, name: &Name| value.expr.clone().infix(infix, bound(name));
        let arms = [(Infix::Greater, &parts.high), (Infix::Less, &parts.low)];
        let arms = arms.map(|(infix, name)| (is(infix, name), bound(name))).to_vec();
        let inside = Expr::Case(arms, Some(Box::new(value.expr.clone())));
        self.ended(work, select, &Term { expr: inside, ..value })
    }

    /// The known values from either end, and how many lie beyond each.
    fn ends(&mut self, work: &Work<'_>, parts: &Parts, keys: &[Field]) -> Name {
        let value = work.value(CELLS);
        let sides = vec![vec![Expr::Integer(1)], vec![Expr::Integer(-1)]];
        let sides = self.dialect.values(sides, std::slice::from_ref(&parts.side), &[SqlType::Integer]).called(ENDS);
        let side = column(ENDS, &parts.side);
        let other = turned(&value);
        let ty = other.kind.number().ty();
        let is_high = side.clone().infix(Infix::Equal, Expr::Integer(1));
        let of_side = Expr::Case(vec![(is_high, value.expr.clone().cast(ty))], Some(Box::new(other.expr)));
        let mut all = own(ENDS, &[&parts.side]);
        all.extend(columns(keys, CELLS));
        all.push((as_column(&of_side, ty), parts.turned.clone()));
        let from = Some(Source::table(&work.cells.cte).called(CELLS));
        let filter = Some(value.expr.is_known());
        let select = Select { columns: all, from, joins: vec![Join::Cross(sides)], filter, ..Select::default() };
        let sides = self.push_part(work, "sides", "the known values, and the same with their signs turned", select);

        let mut all = parts.of_side(keys, CELLS);
        let group = exprs(&all);
        let turned = column(CELLS, &parts.turned);
        let rank = over(Expr::Call("rank", vec![]), group.clone(), Some((&turned, true)));
        let equal = group.into_iter().chain([turned.clone()]).collect();
        let number = over(Expr::Call("row_number", vec![]), equal, Some((&turned, true)));
        let above = rank.cast(SqlType::Integer).infix(Infix::Subtract, Expr::Integer(1));
        all.extend([(turned, parts.turned.clone()), (above, parts.above.clone()), (number, parts.number.clone())]);
        let from = Some(Source::table(&sides).called(CELLS));
        let comment = "how many values lie above each";
        self.push_part(work, "ends", comment, Select { columns: all, from, ..Select::default() })
    }

    /// For each bound that there may be, how far the values lie from their mean when all above it are brought to it.
    fn distances(&mut self, work: &Work<'_>, parts: &Parts, keys: &[Field], (ends, at_most): (&Name, u32)) -> Name {
        let (bound, own_value) = (column(STEPS, &parts.turned), column(CELLS, &parts.turned));
        let same_side = column(STEPS, &parts.side).infix(Infix::Equal, column(CELLS, &parts.side));
        let same = Expr::all([same_side].into_iter().chain(work.same_group(STEPS, CELLS))).unwrap_or(Expr::Flag(true));
        let step = turned(&work.value(CELLS));
        let inner = self.arithmetic(
            Builtin::Subtract,
            &[Term { expr: bound.clone(), ..step.clone() }, Term { expr: own_value.clone(), ..step }],
            Kind::Real,
        );
        let changed = own_value.infix(Infix::GreaterOrEqual, bound.clone());
        let away = Expr::Case(vec![(changed, Expr::Real(0.0))], Some(Box::new(real(inner))));
        let mut all = parts.of_side(keys, STEPS);
        all.extend([(bound, parts.bound.clone()), (column(STEPS, &parts.above), parts.above.clone())]);
        all.push((away, parts.away.clone()));
        let first = column(STEPS, &parts.number).infix(Infix::Equal, Expr::Integer(1));
        let few = column(STEPS, &parts.above).infix(Infix::LessOrEqual, Expr::Integer(i64::from(at_most)));
        let select = Select {
            columns: all,
            from: Some(Source::table(ends).called(STEPS)),
            joins: vec![Join::Inner(Source::table(ends).called(CELLS), same)],
            filter: Some(first.infix(Infix::And, few)),
            ..Select::default()
        };
        let inside = self.push_part(work, "inside", "for each bound, how far the values lie inside of it", select);

        let mut all = parts.of_step(keys);
        let away = column(CELLS, &parts.away);
        let mean = over(Expr::Call("avg", vec![away.clone()]), exprs(&all), None);
        // What lies farther inside is less.
        all.push((mean.infix(Infix::Subtract, away), parts.away.clone()));
        let from = Some(Source::table(&inside).called(CELLS));
        let comment = "how far they lie from their mean";
        self.push_part(work, "distances", comment, Select { columns: all, from, ..Select::default() })
    }

    /// The means of the powers of distances, for each bound.
    fn moments(&mut self, work: &Work<'_>, parts: &Parts, keys: &[Field], distances: &Name) -> Name {
        let mut all = parts.of_step(keys);
        let group = exprs(&all);
        let away = || column(CELLS, &parts.away);
        let square = || times(away(), away());
        let powers = [square(), times(square(), away()), times(square(), square())];
        all.push((Expr::Call("count", vec![Expr::Star]).cast(SqlType::Real), parts.count.clone()));
        let means = powers.map(|power| Expr::Call("avg", vec![power]));
        all.extend(means.into_iter().zip(parts.moments.iter().cloned()));
        let from = Some(Source::table(distances).called(CELLS));
        let comment = "the moments of the values, for each bound";
        self.push_part(work, "moments", comment, Select { columns: all, from, group, ..Select::default() })
    }

    /// The skewness and the kurtosis for each bound; none where there are fewer than four values, or all are equal.
    fn shapes(&mut self, work: &Work<'_>, parts: &Parts, keys: &[Field], moments: &Name) -> Name {
        let mut all = parts.of_step(keys);
        let n = || column(CELLS, &parts.count);
        let [second, third, fourth] = parts.moments.each_ref().map(|name| column(CELLS, name));
        let root = |of: Expr| self.dialect.real("sqrt", vec![of]);
        let spread = times(second.clone(), root(second.clone()));
        let of_sample = root(times(n(), less(n(), 1.0))).infix(Infix::Divide, less(n(), 2.0));
        let skewness = times(third.infix(Infix::Divide, spread), of_sample);
        let excess = less(fourth.infix(Infix::Divide, times(second.clone(), second.clone())), 3.0);
        let above = times(more(times(more(n(), 1.0), excess), 6.0), less(n(), 1.0));
        let kurtosis = above.infix(Infix::Divide, times(less(n(), 2.0), less(n(), 3.0)));
        let enough = n().infix(Infix::GreaterOrEqual, Expr::Real(4.0));
        let has_shape = enough.infix(Infix::And, second.infix(Infix::Greater, Expr::Real(0.0)));
        all.push((skewness.only_when(has_shape.clone()), parts.skewness.clone()));
        all.push((kurtosis.only_when(has_shape), parts.kurtosis.clone()));
        let from = Some(Source::table(moments).called(CELLS));
        let comment = "their skewness and kurtosis, as samples have them";
        self.push_part(work, "shapes", comment, Select { columns: all, from, ..Select::default() })
    }

    /// The bounds after which a group is even; none where it goes on.
    fn even(&mut self, work: &Work<'_>, parts: &Parts, keys: &[Field], (shapes, limits): (&Name, Limits)) -> Name {
        let limit = |(units, places): (i128, u8)| Expr::Real(decimal::to_real(units, places) + BEYOND);
        let skewness = column(CELLS, &parts.skewness);
        // The end that changes is the one to which the values as they are given lean.
        let at_first = column(CELLS, &parts.above).infix(Infix::Equal, Expr::Integer(0));
        let size = Expr::Call("abs", vec![skewness.clone()]);
        let skewness = Expr::Case(vec![(at_first, skewness)], Some(Box::new(size)));
        let skewed = skewness.infix(Infix::Greater, limit(limits.skewness));
        let peaked = column(CELLS, &parts.kurtosis).infix(Infix::Greater, limit(limits.kurtosis));
        let goes_on = skewed.infix(Infix::And, peaked);
        let bound = column(CELLS, &parts.bound);
        let mut all = parts.of_side(keys, CELLS);
        let even = Expr::Case(vec![(goes_on, Expr::Null)], Some(Box::new(bound.clone())));
        all.extend([(bound, parts.bound.clone()), (even, parts.even.clone())]);
        let from = Some(Source::table(shapes).called(CELLS));
        let comment = "the bounds after which a group is even";
        self.push_part(work, "even", comment, Select { columns: all, from, ..Select::default() })
    }

    /// The bounds of each group: on either side the first after which it is even, or the last one there may be.
    fn bounds(&mut self, work: &Work<'_>, parts: &Parts, keys: &[Field], even: &Name) -> Name {
        let of_side = |sign: i64| {
            let side = || column(CELLS, &parts.side).infix(Infix::Equal, Expr::Integer(sign));
            let first = Expr::Call("max", vec![column(CELLS, &parts.even).only_when(side())]);
            first.or_else(Expr::Call("min", vec![column(CELLS, &parts.bound).only_when(side())]))
        };
        let low = turned(&Term { expr: of_side(-1), ..turned(&work.value(CELLS)) });
        let ty = work.cells.value.kind.number().ty();
        let mut all = columns(keys, CELLS);
        let group = exprs(&all);
        all.extend([(of_side(1).cast(ty), parts.high.clone()), (low.expr.cast(ty), parts.low.clone())]);
        let from = Some(Source::table(even).called(CELLS));
        let comment = "between what the values of each group are brought";
        self.push_part(work, "bounds", comment, Select { columns: all, from, group, ..Select::default() })
    }
}
