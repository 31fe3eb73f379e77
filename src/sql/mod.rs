//! The plan as SQL of a dialect: one readable query whose result has the columns of `eval --format csv`.
//!
//! Input: a plan, the tables of its inputs and a dialect. Output: the text of a query, or of one that checks the data.

pub mod ast;
pub mod dialect;
pub mod print;

mod absorb;
mod calls;
mod cells;
mod checks;
mod every;
mod expr;
mod faults;
mod formulas;
mod names;
mod over;
mod result;
mod rows;
mod scope;
mod score;
mod shape;
mod sound;
mod spread;
mod totals;

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{Body, Domain, Expr as PlanExpr, ExprKind, Op, Pick, Plan, Source, Step};
use crate::source::Span;
use ast::{Cte, Name};
use cells::Cells;
pub use checks::checks;
use dialect::Dialect;
pub use dialect::{Engine, File};
use names::Names;
use rows::Rows;
use score::{Frame, Used};
use shape::Field;

/// The table of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// A table of the engine, by the parts of its name. Its columns have the names of the file's headers, or of the
    /// scheme's columns where the file has none; they are of the declared types, or texts.
    Table(Vec<Name>),
    /// A file that the engine can read.
    File {
        /// Its path, as the engine sees it.
        path: String,
        /// How it is written.
        file: File,
    },
}

/// What a translation is asked for.
#[derive(Debug, Clone, Default)]
pub struct Job {
    /// The wanted indices, in the order of their columns: places in the plan. They have the same dimensions.
    pub wanted: Vec<usize>,
    /// The table of each input; a table of the input's name where there is none.
    pub bound: Vec<Option<Bound>>,
    /// The headers of each input's table, where they are known; `unpivot` needs them.
    pub headers: Vec<Option<Vec<String>>>,
    /// Whether all columns of the result are texts.
    pub texts: bool,
}

/// What can't be said in a dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// What it is, in words.
    pub what: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where the scheme says it.
    pub span: Span,
}

impl Obstacle {
    fn new(what: impl Into<String>, span: Span) -> Self {
        Self { what: what.into(), help: None, span }
    }

    fn file(what: &str, input: &str, span: Span) -> Self {
        let help = format!("load it into a table, and name the table: `--input {input}=TABLE`");
        Self { what: what.to_owned(), help: Some(help), span }
    }

    fn headers(input: &str, span: Span) -> Self {
        let help = format!(
            "name its columns in the scheme, without `*`, or bind the input to a file whose header can be read here: \
             `--input {input}=PATH`"
        );
        Self { what: "`unpivot` without the headers of the table".to_owned(), help: Some(help), span }
    }
}

/// The text of the query that computes the wanted indices.
///
/// # Errors
///
/// What the dialect can't say.
pub fn translate(plan: &Plan, job: &Job, engine: Engine) -> Result<String, Obstacle> {
    let mut translation = Translation::new(plan, job, engine);
    let query = translation.result(&job.wanted, job.texts)?;
    printed(&query, engine)
}

/// The text of a query. Nothing in a name can be written otherwise: what an engine would replace there is refused.
fn printed(query: &ast::Query, engine: Engine) -> Result<String, Obstacle> {
    let text = print::print(query, engine.dialect());
    if engine == Engine::Spark && text.contains("${") {
        let help = "Spark would put a variable there: give the column, table or file another name".to_owned();
        return Err(Obstacle { help: Some(help), ..Obstacle::new("a name with `${`", Span::default()) });
    }
    Ok(text)
}

/// The text of a query whose answer tells what the columns of an input's table are called: their names stand in the first
/// column on Spark, which has a statement for it; elsewhere they are those of the answer, which has one row at most.
///
/// # Errors
///
/// A table that the dialect can't name.
pub fn columns_of(plan: &Plan, job: &Job, input: usize, engine: Engine) -> Result<String, Obstacle> {
    let Some(of) = plan.inputs.get(input) else { return Err(Obstacle::new("an input", Span::default())) };
    let (source, ..) = Translation::new(plan, job, engine).source(input, &of.schema)?;
    let select = ast::Select { from: Some(source), ..ast::Select::default() };
    let query = ast::Query { header: Vec::new(), ctes: Vec::new(), body: select.into(), order: Vec::new() };
    let text = printed(&query, engine)?;
    Ok(if engine == Engine::Spark { format!("DESCRIBE QUERY {text}") } else { format!("{text}LIMIT 1\n") })
}

/// What has to be run once in a session of an engine, before the queries; nothing for most.
pub fn session(engine: Engine) -> &'static [&'static str] {
    engine.dialect().session()
}

/// A view of Spark over a file of CSV, all of whose columns are texts.
pub fn csv_view(name: &str, path: &str, delimiter: char, header: bool) -> String {
    let dialect = Engine::Spark.dialect();
    let options = [
        ("path", path.to_owned()),
        ("header", header.to_string()),
        ("sep", delimiter.to_string()),
        ("quote", "\"".to_owned()),
        ("escape", "\"".to_owned()),
        ("multiLine", "true".to_owned()),
        ("inferSchema", "false".to_owned()),
        ("mode", "FAILFAST".to_owned()),
    ];
    let options: Vec<String> = options.iter().map(|(name, value)| format!("{name} {}", dialect.text(value))).collect();
    format!("CREATE OR REPLACE TEMPORARY VIEW {} USING csv OPTIONS ({})", dialect.name(name), options.join(", "))
}

/// A view of Spark over another, with other names for its columns; without names, with the same.
pub fn renamed_view(name: &str, of: &str, columns: Option<&[(String, String)]>) -> String {
    let dialect = Engine::Spark.dialect();
    let columns = columns.map_or("*".to_owned(), |columns| {
        let columns = columns.iter().map(|(from, to)| format!("{} AS {}", dialect.name(from), dialect.name(to)));
        columns.collect::<Vec<_>>().join(", ")
    });
    let (name, of) = (dialect.name(name), dialect.name(of));
    format!("CREATE OR REPLACE TEMPORARY VIEW {name} AS SELECT {columns} FROM {of}")
}

/// A translation on its way: what has been made so far.
struct Translation<'p> {
    plan: &'p Plan,
    engine: Engine,
    dialect: &'static dyn Dialect,
    bound: &'p [Option<Bound>],
    headers: &'p [Option<Vec<String>>],
    /// The columns of each input that are used.
    used: Vec<BTreeSet<usize>>,
    /// The wanted indices and those that they need.
    needed: Vec<bool>,
    names: Names,
    ctes: Vec<Cte>,
    raw: BTreeMap<usize, Rows>,
    read: BTreeMap<usize, Rows>,
    scored: BTreeMap<usize, Frame>,
    computed: BTreeMap<usize, Cells>,
    domains: BTreeMap<String, (Name, Field)>,
    /// Whether decimals get so long that a session may lose their places.
    long: bool,
    /// Whether data are checked: fields that aren't as declared are missing then, instead of failing.
    checking: bool,
}

impl<'p> Translation<'p> {
    fn new(plan: &'p Plan, job: &'p Job, engine: Engine) -> Self {
        let mut translation = Self {
            plan,
            engine,
            dialect: engine.dialect(),
            bound: &job.bound,
            headers: &job.headers,
            used: vec![BTreeSet::new(); plan.inputs.len()],
            needed: vec![false; plan.indices.len()],
            names: Names::default(),
            ctes: Vec::new(),
            raw: BTreeMap::new(),
            read: BTreeMap::new(),
            scored: BTreeMap::new(),
            computed: BTreeMap::new(),
            domains: BTreeMap::new(),
            long: false,
            checking: false,
        };
        // A common table expression must not hide a table that is read.
        for at in 0..plan.inputs.len() {
            if let Some(input) = plan.inputs.get(at) {
                translation.names.take(&input.schema.name);
            }
            if let Some(Some(Bound::Table(parts))) = job.bound.get(at)
                && let Some(name) = parts.last()
            {
                translation.names.take(name);
            }
        }
        // Nor be called as a table is called inside a query: some engines take the one for the other.
        let plain = ["r", "n", "t", "s", "c", "v", "u", "g", "p", "wide", "spread"].map(str::to_owned);
        let most = plan.indices.len() + 20;
        let numbered = (1..=most).flat_map(|at| [format!("dim_{at}"), format!("part_{at}"), format!("index_{at}")]);
        plain.into_iter().chain(numbered).for_each(|alias| _ = translation.names.take(&alias));
        job.wanted.iter().for_each(|&at| translation.need(at));
        translation.find_columns();
        translation
    }

    fn need(&mut self, at: usize) {
        let Some(mark) = self.needed.get_mut(at) else { return };
        if std::mem::replace(mark, true) {
            return;
        }
        let plan = self.plan;
        match plan.indices.get(at).map(|index| &index.body) {
            Some(Body::Formula { operands, .. }) => operands.iter().for_each(|operand| self.need(operand.index)),
            Some(Body::Over(over)) => self.need(over.source),
            Some(Body::Aggregate(aggregate)) => {
                if let Source::Index(of) = aggregate.source {
                    self.need(of);
                }
            }
            None => {}
        }
    }

    /// Finds the columns of each input that the needed indices use.
    fn find_columns(&mut self) {
        let plan = self.plan;
        let mut scores = BTreeSet::new();
        let needed: Vec<usize> =
            self.needed.iter().enumerate().filter(|(_, needed)| **needed).map(|(at, _)| at).collect();
        for index in needed.iter().filter_map(|&at| plan.indices.get(at)) {
            match &index.body {
                Body::Formula { expr, .. } => self.columns_of(expr, None),
                Body::Over(over) => over.operation.exprs().into_iter().for_each(|expr| self.columns_of(expr, None)),
                Body::Aggregate(aggregate) => {
                    let score = if let Source::Score(at) = aggregate.source { Some(at) } else { None };
                    scores.extend(score);
                    let input = score.and_then(|at| plan.scores.get(at)).map(|score| score.input);
                    aggregate.filter.iter().chain(&aggregate.weight).for_each(|expr| self.columns_of(expr, input));
                    for by in &aggregate.by {
                        self.columns_of(&by.expr, input);
                        if let Some(Domain::Keys(input, column)) = by.domain {
                            self.use_column(input, column);
                        }
                    }
                }
            }
        }
        for score in scores.iter().filter_map(|&at| plan.scores.get(at)) {
            for step in &score.steps {
                step_exprs(step, &mut |expr| self.columns_of(expr, Some(score.input)));
            }
        }
        for at in 0..plan.inputs.len() {
            let keys = plan.inputs.get(at).into_iter().flat_map(|input| &input.schema.unique);
            let repeats: Vec<usize> =
                keys.filter(|unique| unique.drop_repeats).flat_map(|unique| unique.key.clone()).collect();
            repeats.into_iter().for_each(|column| self.use_column(at, column));
        }
    }

    fn use_column(&mut self, input: usize, column: usize) {
        if let Some(used) = self.used.get_mut(input) {
            used.insert(column);
        }
    }

    fn columns_of(&mut self, expr: &PlanExpr, input: Option<usize>) {
        let plan = self.plan;
        expr.walk(&mut |part| match &part.kind {
            ExprKind::Column(column) => input.into_iter().for_each(|input| self.use_column(input, *column)),
            ExprKind::Lookup { input, unique, column, .. } => {
                self.use_column(*input, *column);
                let unique = plan.inputs.get(*input).and_then(|input| input.schema.unique.get(*unique));
                let Some(unique) = unique else { return };
                unique.key.iter().for_each(|&column| self.use_column(*input, column));
                if let Some(interval) = &unique.interval {
                    self.use_column(*input, interval.from.0);
                    self.use_column(*input, interval.end.0);
                }
            }
            _ => {}
        });
    }

    /// What the needed indices use of a score's units.
    fn used_of_score(&self, at: usize) -> Used {
        let mut used = Used { value: true, ..Used::default() };
        let indices = self.plan.indices.iter().zip(&self.needed).filter(|(_, needed)| **needed);
        for (index, _) in indices {
            if let Body::Aggregate(aggregate) = &index.body
                && aggregate.source == Source::Score(at)
            {
                aggregate.filter.iter().chain(&aggregate.weight).for_each(|expr| used.add(expr));
                aggregate.by.iter().for_each(|by| used.add(&by.expr));
            }
        }
        used
    }
}

/// Calls a function on each expression of a step, but for those of checks.
fn step_exprs(step: &Step, visit: &mut impl FnMut(&PlanExpr)) {
    match &step.op {
        Op::Let { expr, .. } => visit(expr),
        Op::Keep { holds, when, .. } => {
            visit(holds);
            when.iter().for_each(visit);
        }
        Op::Every { from, end, .. } => {
            visit(from);
            visit(end);
        }
        Op::Set { expr, when, .. } => {
            visit(expr);
            when.iter().for_each(visit);
        }
        Op::Absorb { pick, keys, .. } => {
            keys.iter().for_each(&mut *visit);
            if let Pick::First(order) | Pick::Last(order) = pick {
                visit(order);
            }
        }
        Op::Check(_) => {}
    }
}
