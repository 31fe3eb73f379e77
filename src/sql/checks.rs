//! The query that checks the data: a row for each thing that the native reader or engine would report.
//!
//! Its columns are `problem` (the code of the error, or of the warning), `place` (an input and column, a score and step,
//! or an index), `value` (what was there, where that can be said) and `rows` (how many).

use super::ast::{Body, Expr, From, Infix, Join, Name, Query, Select, Source, SqlType};
use super::cells::is_constant;
use super::dialect::{Dialect, Engine};
use super::names::Names;
use super::rows::{Opened, Rows};
use super::scope::Scope;
use super::shape::Term;
use super::{Job, Obstacle, Translation};
use crate::diag::Severity;
use crate::plan::needs;
use crate::plan::{Check, Plan};
use crate::value::schema::{Place, Schema, Unique};

/// The text of the query that checks the data of the wanted indices.
///
/// # Errors
///
/// What the dialect can't say.
pub fn checks(plan: &Plan, job: &Job, engine: Engine) -> Result<String, Obstacle> {
    let mut translation = Translation::new(plan, job, engine);
    translation.checking = true;
    let needed = needs::needs(plan, &job.wanted, true);
    translation.need_checks(&needed);
    let mut found = Findings::default();
    for (at, input) in plan.inputs.iter().enumerate().filter(|(at, _)| marked(&needed.inputs, *at)) {
        translation.check_fields(at, &input.schema, &mut found)?;
        translation.check_rows(at, &mut found)?;
    }
    for at in (0..plan.scores.len()).filter(|at| marked(&needed.scores, *at)) {
        translation.check_score(at, &mut found)?;
    }
    for at in (0..plan.indices.len()).filter(|at| marked(&needed.indices, *at)) {
        translation.check_index(at, &mut found)?;
    }
    for check in needed.checks.iter().filter_map(|&at| plan.checks.get(at)) {
        let cells = translation.cells(check.index)?;
        let fails = Expr::name(&cells.value.name).negated();
        found.add(problem(check.severity), &check.message, None, Source::table(&cells.cte), Some(fails));
    }
    let query = translation.all_findings(found, job.texts);
    super::printed(&query, engine)
}

fn marked(marks: &[bool], at: usize) -> bool {
    marks.get(at).copied().unwrap_or(false)
}

/// The code of a check that doesn't hold.
pub(super) fn problem(severity: Severity) -> &'static str {
    if severity == Severity::Error { "check_failed" } else { "check_failed as warning" }
}

/// What may be found.
#[derive(Default)]
pub(super) struct Findings {
    found: Vec<Finding>,
}

/// Something that may be wrong: with rows or, where the `SELECT` has groups, with groups of them.
struct Finding {
    problem: Expr,
    place: Expr,
    /// What was there, as a text.
    value: Expr,
    /// Where it is looked for; it has no columns yet.
    select: Select,
}

impl Finding {
    /// Whether it is a condition on single rows, so that others of the same rows can be looked for at once.
    fn is_of_rows(&self) -> bool {
        self.select.group.is_empty() && self.select.having.is_none() && self.select.filter.is_some()
    }

    fn is_beside(&self, other: &Self) -> bool {
        self.is_of_rows()
            && other.is_of_rows()
            && self.select.from == other.select.from
            && self.select.joins == other.select.joins
    }

    /// A `SELECT` for itself.
    fn alone(self) -> Select {
        let select = self.select;
        let own = !select.group.is_empty();
        let group = if own { select.group } else { vec![self.value.clone()] };
        // Engines don't group by constants: without them all rows are one group, which is there without rows as well.
        let group: Vec<Expr> = group.into_iter().filter(|key| !is_constant(key)).collect();
        let some = group.is_empty().then(|| count().infix(Infix::Greater, Expr::Integer(0)));
        let having = Expr::all(select.having.filter(|_| own).into_iter().chain(some));
        let columns = named([self.problem, self.place, self.value, count()]);
        Select { columns, group, having, ..select }
    }
}

fn count() -> Expr {
    Expr::Call("count", vec![Expr::Star])
}

/// The columns of the result.
fn named(columns: [Expr; 4]) -> Vec<(Expr, Name)> {
    columns.into_iter().zip(COLUMNS.map(Name::from)).collect()
}

/// The names of the columns of the result.
const COLUMNS: [&str; 4] = ["problem", "place", "value", "rows"];

/// The alias of the numbers of what is looked for at once.
const NUMBERS: &str = "n";

/// What is looked for in the same rows, in one reading of them: each row is taken once for each condition.
fn together(several: Vec<Finding>, dialect: &dyn Dialect) -> Select {
    let mut names = Names::default();
    for finding in &several {
        [Some(&finding.value), finding.select.filter.as_ref()].into_iter().flatten().for_each(|expr| {
            expr.walk(&mut |part| {
                if let Expr::Column(_, name) = part {
                    names.take(name);
                }
            });
        });
    }
    let (number, value) = (names.take("number"), names.take("what"));
    let numbers = (1..).zip(&several).map(|(at, _): (i64, _)| vec![Expr::Integer(at)]).collect();
    let numbers = dialect.values(numbers, std::slice::from_ref(&number), &[SqlType::Integer]).called(NUMBERS);
    let own = Expr::Column(Some(NUMBERS.into()), number.clone());
    let by_number = |of: Expr, parts: Vec<Expr>| {
        let arms = (1..).zip(parts).map(|(at, part)| (of.clone().infix(Infix::Equal, Expr::Integer(at)), part));
        Expr::Case(arms.collect(), None)
    };
    let parts = |part: &dyn Fn(&Finding) -> Expr| several.iter().map(part).collect::<Vec<_>>();
    let wrong = by_number(own.clone(), parts(&|finding| finding.select.filter.clone().unwrap_or(Expr::Flag(true))));
    let there = by_number(own.clone(), parts(&|finding| finding.value.clone()));
    let (problems, places) = (parts(&|finding| finding.problem.clone()), parts(&|finding| finding.place.clone()));
    let Some(first) = several.into_iter().next() else { return Select::default() };
    let mut inner = Select { columns: vec![(own, number.clone()), (there, value.clone())], ..first.select };
    // ClickHouse crosses what a function gives only under a name.
    let unnamed = |from: &&mut Source| from.alias.is_none() && matches!(from.from, From::Function(_));
    if let Some(from) = inner.from.as_mut().filter(unnamed) {
        from.alias = Some("r".into());
    }
    inner.joins.push(Join::Cross(numbers));
    inner.filter = Some(wrong);
    let (number, value) = (Expr::name(&number), Expr::name(&value));
    let of = |parts| by_number(number.clone(), parts);
    Select {
        columns: named([of(problems), of(places), value.clone(), count()]),
        from: Some(Source { from: From::Query(Box::new(inner.into())), alias: Some("t".into()), columns: vec![] }),
        group: vec![number, value],
        ..Select::default()
    }
}

impl Findings {
    /// A row for each value of those rows for which a condition holds.
    pub fn add(&mut self, problem: &str, place: &str, value: Option<Expr>, from: Source, filter: Option<Expr>) {
        self.add_select(problem, place, value, Select { from: Some(from), filter, ..Select::default() });
    }

    /// As [`Self::add`], from a `SELECT` that has no columns yet.
    pub fn add_select(&mut self, problem: &str, place: &str, value: Option<Expr>, select: Select) {
        let value = value.unwrap_or(Expr::Null).cast(SqlType::Text);
        self.found.push(Finding { problem: Expr::text(problem), place: Expr::text(place), value, select });
    }

    /// A `SELECT` for each, or for several at once that are looked for in the same rows.
    fn into_selects(self, dialect: &dyn Dialect) -> Vec<Select> {
        let mut groups: Vec<Vec<Finding>> = Vec::new();
        for finding in self.found {
            let beside = |group: &&mut Vec<Finding>| group.first().is_some_and(|first| first.is_beside(&finding));
            match groups.iter_mut().find(beside) {
                Some(group) => group.push(finding),
                None => groups.push(vec![finding]),
            }
        }
        let mut selects = Vec::new();
        for mut group in groups {
            match (group.len(), group.pop()) {
                (1, Some(one)) => selects.push(one.alone()),
                (_, last) => {
                    group.extend(last);
                    selects.push(together(group, dialect));
                }
            }
        }
        selects
    }
}

impl Translation<'_> {
    /// Reads the columns that checks look at as well.
    fn need_checks(&mut self, needed: &needs::Needs) {
        let plan = self.plan;
        for (mark, needed) in self.needed.iter_mut().zip(&needed.indices) {
            *mark |= needed;
        }
        self.find_columns();
        for (at, input) in plan.inputs.iter().enumerate().filter(|(at, _)| marked(&needed.inputs, *at)) {
            let schema = &input.schema;
            let of_units = schema.units.iter().flat_map(|unit| unit.key.iter().chain(&unit.has));
            let of_keys = schema.unique.iter().flat_map(|unique| {
                let interval = unique.interval.as_ref().map(|interval| [interval.from.0, interval.end.0]);
                unique.key.iter().copied().chain(interval.into_iter().flatten())
            });
            let columns: Vec<usize> = of_units.copied().chain(of_keys).collect();
            columns.into_iter().for_each(|column| self.use_column(at, column));
            let expressions = input.checks.iter().flat_map(|check| [Some(&check.holds), check.when.as_ref()]);
            expressions.flatten().for_each(|expr| self.columns_of(expr, Some(at)));
        }
        for score in
            plan.scores.iter().enumerate().filter(|(at, _)| marked(&needed.scores, *at)).map(|(_, score)| score)
        {
            needs::score_exprs(score, true, &mut |expr| self.columns_of(expr, Some(score.input)));
        }
    }

    /// Fields that are missing where they must not be, and fields that aren't as declared.
    fn check_fields(&mut self, at: usize, schema: &Schema, found: &mut Findings) -> Result<(), Obstacle> {
        for spec in schema.columns.iter().filter(|spec| !matches!(spec.place, Place::Part(_))) {
            let Opened { reading, spread, from, joins } = self.open(at, schema)?;
            let raw = reading.raw(spec, spread.as_ref());
            let text = reading.text(raw.clone());
            let words = reading.missing(spec);
            let absent = match words.is_empty() {
                true => text.clone().is_null(),
                false => text.clone().is_null().infix(Infix::Or, text.clone().among(words.clone())),
            };
            let place = format!("{}.{}", schema.name, spec.name);
            let select =
                |filter| Select { from: Some(from.clone()), joins: joins.clone(), filter, ..Select::default() };
            if !spec.ty.optional {
                found.add_select("missing_value", &place, None, select(Some(absent.clone())));
            }
            for sound in self.soundness(&reading, spec, &text)? {
                let wrong = absent.clone().negated().infix(Infix::And, sound.holds.negated());
                found.add_select(sound.problem, &place, Some(text.clone()), select(Some(wrong)));
            }
        }
        Ok(())
    }

    /// Keys that are there twice, repeats and units that differ, and the checks of an input.
    fn check_rows(&mut self, at: usize, found: &mut Findings) -> Result<(), Obstacle> {
        let plan = self.plan;
        let Some(input) = plan.inputs.get(at) else { return Ok(()) };
        let schema = &input.schema;
        let rows = self.rows(at)?;
        let all = self.parsed_rows(at)?;
        for unit in &schema.units {
            self.differing("unit_differs", &rows, schema, (&unit.key, &unit.has), found);
        }
        for unique in &schema.unique {
            match (&unique.interval, unique.drop_repeats) {
                (_, true) => {
                    let others: Vec<usize> =
                        all.fields.columns.keys().copied().filter(|at| !unique.key.contains(at)).collect();
                    self.differing("repeat_differs", &all, schema, (&unique.key, &others), found);
                }
                (None, false) => {
                    let several = Expr::Call("count", vec![Expr::Star]).infix(Infix::Greater, Expr::Integer(1));
                    self.by_key("repeated_key", &rows, schema, &unique.key, several, found);
                }
                (Some(_), false) => self.overlaps(&rows, schema, unique, found),
            }
        }
        for check in &input.checks {
            let alias = Some(Name::from("r"));
            let mut scope = Scope::over(&rows.fields, alias.as_ref());
            let fails = self.fails(check, &mut scope)?;
            let select = Select { filter: Some(fails), ..scope.select_from(&rows.cte, alias.as_ref()) };
            found.add_select(problem(check.severity), &check.message, None, select);
        }
        Ok(())
    }

    /// Whether a check is looked at and doesn't hold.
    pub(super) fn fails(&mut self, check: &Check, scope: &mut Scope) -> Result<Expr, Obstacle> {
        let holds = self.condition(&check.holds, scope)?.negated();
        let Some(when) = &check.when else { return Ok(holds) };
        let when = self.condition(when, scope)?;
        Ok(Expr::Case(vec![(when, holds)], Some(Box::new(Expr::Flag(false)))))
    }

    /// Keys whose rows differ in a column.
    fn differing(
        &mut self,
        problem: &str,
        rows: &Rows,
        schema: &Schema,
        (key, columns): (&[usize], &[usize]),
        found: &mut Findings,
    ) {
        for column in columns {
            let Some(field) = rows.fields.columns.get(column) else { continue };
            let differs = Expr::any(field.term(None).parts().map(differ));
            if let Some(differs) = differs {
                let name = schema.columns.get(*column).map_or("", |spec| &spec.name);
                self.by_key(&format!("{problem} in {name}"), rows, schema, key, differs, found);
            }
        }
    }

    /// Keys for whose rows a condition holds.
    fn by_key(
        &mut self,
        problem: &str,
        rows: &Rows,
        schema: &Schema,
        key: &[usize],
        condition: Expr,
        found: &mut Findings,
    ) {
        let terms: Vec<Term> =
            key.iter().filter_map(|at| rows.fields.columns.get(at)).map(|field| field.term(None)).collect();
        let group: Vec<Expr> = terms.iter().flat_map(|term| term.parts().cloned().collect::<Vec<_>>()).collect();
        let names: Vec<&str> = key.iter().filter_map(|at| schema.columns.get(*at)).map(|spec| &*spec.name).collect();
        let place = format!("{}.{}", schema.name, names.join(", "));
        let from = Some(Source::table(&rows.cte));
        let select = Select { from, having: Some(condition), group, ..Select::default() };
        found.add_select(problem, &place, shown(&terms), select);
    }

    /// Rows of a dated key whose intervals begin before that of the row before has ended.
    fn overlaps(&mut self, rows: &Rows, schema: &Schema, unique: &Unique, found: &mut Findings) {
        let Some(interval) = &unique.interval else { return };
        let day = |(at, edge): (usize, crate::value::schema::Edge)| {
            let term = rows.fields.columns.get(&at).map(|field| field.term(None))?;
            Some(match (edge, term.last) {
                (crate::value::schema::Edge::Latest, Some(last)) => last,
                _ => term.expr,
            })
        };
        let (Some(from), Some(end)) = (day(interval.from), day(interval.end)) else { return };
        let keys: Vec<Expr> = unique
            .key
            .iter()
            .filter_map(|at| rows.fields.columns.get(at))
            .flat_map(|field| field.term(None).parts().cloned().collect::<Vec<_>>())
            .collect();
        // An interval without a beginning or end is open: it reaches to the first or last day.
        let begins = from.or_else(Expr::Day(crate::value::calendar::days(1, 1, 1)));
        let ends = end.or_else(Expr::Day(crate::value::calendar::days(9999, 12, 31)));
        let before = Expr::Before { value: Box::new(ends), keys: keys.clone(), order: Box::new(begins.clone()) };
        let columns = vec![(shown_all(&keys), "key".into()), (begins, "begins".into()), (before, "before".into())];
        let inner = Select { columns, from: Some(Source::table(&rows.cte)), ..Select::default() };
        let source = Source { from: From::Query(Box::new(inner.into())), alias: Some("t".into()), columns: vec![] };
        let infix = if interval.inclusive { Infix::LessOrEqual } else { Infix::Less };
        let overlaps = Expr::name(&"begins".into()).infix(infix, Expr::name(&"before".into()));
        found.add("overlapping_intervals", &schema.name, Some(Expr::name(&"key".into())), source, Some(overlaps));
    }

    /// All findings as one query.
    fn all_findings(&mut self, found: Findings, texts: bool) -> Query {
        let names = COLUMNS.map(Name::from);
        let column = |name: &Name| if texts { Expr::name(name).cast(SqlType::Text) } else { Expr::name(name) };
        let columns: Vec<(Expr, Name)> = names.iter().map(|name| (column(name), name.clone())).collect();
        let union = Body::UnionAll(found.into_selects(self.dialect).into_iter().map(Body::from).collect());
        let from = Source { from: From::Query(Box::new(union)), alias: Some("found".into()), columns: vec![] };
        let mut select = Select { columns, from: Some(from), ..Select::default() };
        self.guard_session(&mut select);
        let mut header = self.header();
        header.push("each row is something that is wrong with the data: none should come".to_owned());
        let order = names.iter().take(3).map(Expr::name).collect();
        Query { header, ctes: std::mem::take(&mut self.ctes), body: select.into(), order }
    }
}

/// Whether the values of a group differ, a missing one from a known one as well.
pub(super) fn differ(value: &Expr) -> Expr {
    let text = value.clone().cast(SqlType::Text);
    let call = |name: &'static str| Expr::Call(name, vec![text.clone()]);
    let known = call("count");
    let all = Expr::Call("count", vec![Expr::Star]);
    let some = known.clone().infix(Infix::Greater, Expr::Integer(0)).infix(Infix::And, known.infix(Infix::Less, all));
    call("min").infix(Infix::Different, call("max")).infix(Infix::Or, some)
}

/// Values as one text.
pub(super) fn shown(terms: &[Term]) -> Option<Expr> {
    let parts: Vec<Expr> = terms.iter().map(|term| term.expr.clone()).collect();
    (!parts.is_empty()).then(|| shown_all(&parts))
}

fn shown_all(parts: &[Expr]) -> Expr {
    let texts = parts.iter().map(|part| part.clone().cast(SqlType::Text).or_else(Expr::text("")));
    let joined = texts.reduce(|all, next| all.infix(Infix::Concat, Expr::text(", ")).infix(Infix::Concat, next));
    joined.unwrap_or_else(|| Expr::text(""))
}
