//! Runs the scores and aggregations of an input over a part of its rows that holds all rows of its units.

use std::ops::Range;

use super::classes::Classes;
use super::facets::Facets;
use super::keys::check_keys;
use super::tables::cut;
use super::tally::{Gather, Tally};
use super::ways;
use crate::diag::Problems;
use crate::eval::ScoreAccount;
use crate::eval::engine::aggregate::{Counts, Units, passing};
use crate::eval::engine::checks;
use crate::eval::engine::frame::Leaves;
use crate::eval::engine::score::{self, Scored};
use crate::eval::engine::vector::{all_rows, at, gather, row};
use crate::eval::engine::world::World;
use crate::plan::needs::Needs;
use crate::plan::{Aggregate, Expr, Plan, Score};
use crate::value::column::{Column, InputAccount, Table};
use crate::value::piece::{Unfit, Wanted};

/// Rows of an input that hold all rows of their units.
pub struct Part {
    /// The rows, among others.
    pub table: Table,
    /// Which rows.
    pub rows: Range<usize>,
    /// Where the units start, ascending, if the rows of each stand together.
    pub starts: Option<Vec<u32>>,
    /// The rows alone that count, ascending, if not all do.
    pub picked: Option<Vec<u32>>,
}

impl Part {
    /// All rows of a table.
    pub fn all(table: Table) -> Self {
        Self { rows: 0..table.rows, table, starts: None, picked: None }
    }
}

/// What the parts of an input have come to so far.
pub struct Totals<'p> {
    /// What became of the records.
    pub input: InputAccount,
    /// The needed scores of the input.
    pub scores: Vec<OfScore<'p>>,
    /// How many parts were added.
    pub parts: usize,
    /// What makes units of the rows.
    key: Vec<usize>,
}

/// What one score has come to so far.
pub struct OfScore<'p> {
    /// Its place in the plan.
    pub place: usize,
    score: &'p Score,
    /// What became of its rows.
    pub account: ScoreAccount,
    classes: Option<Classes<'p>>,
    facets: Option<Facets<'p>>,
    /// The needed aggregations of its units.
    pub totals: Vec<Total<'p>>,
}

/// What aggregations of the same units by the same dimensions have come to so far.
pub struct Total<'p> {
    /// The places of their indices.
    pub indices: Vec<usize>,
    /// One of them.
    aggregate: &'p Aggregate,
    /// What the expressions of the filter and the dimensions say.
    units: String,
    gather: Gather,
    /// Their cells, those outside of `in` too.
    pub tally: Tally,
    /// What became of the units; those outside are among those in cells yet.
    pub counts: Counts,
}

impl<'p> Totals<'p> {
    /// Nothing yet.
    pub fn new(plan: &'p Plan, needs: &'p Needs, input: usize, wanted: &Wanted) -> Self {
        let mut totals = Self { input: InputAccount::default(), scores: Vec::new(), parts: 0, key: wanted.key.clone() };
        for (place, score) in ways::scores(plan, needs, input) {
            let mut of_score: Vec<Total<'p>> = Vec::new();
            for (index, _, aggregate) in ways::aggregates(plan, needs, place) {
                let exprs: Vec<&Expr> = aggregate.filter.iter().chain(aggregate.by.iter().map(|by| &by.expr)).collect();
                let units = serde_json::to_string(&(aggregate.filter.is_some(), exprs)).unwrap_or_default();
                let same = of_score.iter_mut().find(|total| !units.is_empty() && total.units == units);
                match same {
                    Some(total) => {
                        total.indices.push(index);
                        total.gather.add(aggregate.function);
                    }
                    None => {
                        let mut gather = Gather::default();
                        gather.add(aggregate.function);
                        let (tally, counts) = (Tally::new(gather, aggregate.by.len()), Counts::default());
                        of_score.push(Total { indices: vec![index], aggregate, units, gather, tally, counts });
                    }
                }
            }
            // What is gathered is known only now.
            of_score.iter_mut().for_each(|total| total.tally = Tally::new(total.gather, total.aggregate.by.len()));
            totals.scores.push(OfScore {
                place,
                score,
                account: ScoreAccount::new(&score.name, 0),
                classes: Classes::new(score, wanted),
                facets: Facets::new(score, &of_score),
                totals: of_score,
            });
        }
        totals
    }

    /// Adds a part of the input, whose records have been counted.
    pub fn add(&mut self, world: &World<'_>, input: usize, mut part: Part) -> Result<(), Unfit> {
        let Some(spec) = world.plan.inputs.get(input) else { return Err(Unfit) };
        self.input.repeated += check_keys(&mut part, &spec.schema, &self.key)?;
        self.add_checked(world, input, part)
    }

    /// Adds a part whose keys have been checked, and of which repeats have been dropped and counted.
    pub fn add_checked(&mut self, world: &World<'_>, input: usize, mut part: Part) -> Result<(), Unfit> {
        let Some(spec) = world.plan.inputs.get(input) else { return Err(Unfit) };
        self.parts += 1;
        let mut problems = Problems::new();
        if !spec.checks.is_empty() {
            part.cut();
            checks::input(&world.of_part(input, &part.table), input, &mut problems);
        }
        for of_score in &mut self.scores {
            let fused = match &mut of_score.classes {
                Some(classes) => {
                    let world = &world.of_part(input, &part.table);
                    classes.run(world, &part, &mut problems)?
                }
                None => None,
            };
            if let (None, Some(facets)) = (&fused, &mut of_score.facets) {
                let world = &world.of_part(input, &part.table);
                if let Some(account) = facets.run(world, &part, &mut of_score.totals)? {
                    add_account(&mut of_score.account, &account);
                    continue;
                }
            }
            if fused.is_none() {
                part.cut();
            }
            let world = &world.of_part(input, &part.table);
            let scored = fused.unwrap_or_else(|| score::run(world, of_score.score, true, None, &mut problems));
            if scored.broken || !problems.is_empty() {
                return Err(Unfit);
            }
            add_account(&mut of_score.account, &scored.account);
            for total in &mut of_score.totals {
                total.add(world, of_score.score, &scored)?;
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(Unfit) }
    }
}

impl Part {
    /// The rows, ascending.
    pub fn places(&self) -> Vec<u32> {
        self.picked.clone().unwrap_or_else(|| (row(self.rows.start)..row(self.rows.end)).collect())
    }

    /// Leaves the rows alone in the table.
    pub fn cut(&mut self) {
        if let Some(picked) = self.picked.take() {
            *self = Part::all(select(&self.table, &picked));
        }
        if self.rows != (0..self.table.rows) {
            cut(&mut self.table, self.rows.start, self.rows.end);
            let first = row(self.rows.start);
            self.starts.iter_mut().flatten().for_each(|start| *start -= first);
            self.rows = 0..self.table.rows;
        }
    }
}

impl<'p> Total<'p> {
    /// One of the aggregations.
    pub fn aggregate(&self) -> &'p Aggregate {
        self.aggregate
    }

    fn add(&mut self, world: &World<'_>, score: &Score, scored: &Scored) -> Result<(), Unfit> {
        let Some(value) = scored.frame.value.as_ref() else {
            self.counts.no_value += scored.frame.len as u64;
            return Ok(());
        };
        let units = Units {
            leaves: Leaves::Rows(world.table(score.input), &scored.frame),
            len: scored.frame.len,
            value: Some(value),
            weights: None,
            ty: &score.ty.base,
        };
        let (rows, dims) = valued(world, self.aggregate, &units, value, &mut self.counts)?;
        self.counts.in_cells += rows.as_ref().map_or(units.len, Vec::len) as u64;
        match rows {
            Some(rows) => self.tally.add(&dims, &gather(value, &rows)),
            None => self.tally.add(&dims, value),
        }
    }
}

/// The units with a value that pass the filter (all, if there is no list), and their dimensions.
fn valued(
    world: &World<'_>,
    aggregate: &Aggregate,
    units: &Units<'_>,
    value: &Column,
    counts: &mut Counts,
) -> Result<(Option<Vec<u32>>, Vec<Column>), Unfit> {
    let mut valued = all_rows(units.len);
    if value.known.is_some() {
        valued.retain(|&row| value.is_known(row as usize));
    }
    let before = valued.len();
    counts.no_value += (units.len - before) as u64;
    let mut flawed = false;
    let (passing, dims) = passing(world, aggregate, units, valued, |_| flawed = true);
    if flawed {
        return Err(Unfit);
    }
    counts.failing += (before - passing.len()) as u64;
    Ok(((passing.len() < units.len).then_some(passing), dims))
}

/// Some rows of a table, in the order given. Columns that aren't wanted stay empty.
pub fn select(table: &Table, rows: &[u32]) -> Table {
    let pick = |column: &Column| if column.is_empty() { column.clone() } else { gather(column, rows) };
    let lines = if table.lines.is_empty() {
        Vec::new()
    } else {
        rows.iter().map(|&row| at(&table.lines, row as usize)).collect()
    };
    Table {
        parts: Vec::new(),
        file: table.file.clone(),
        rows: rows.len(),
        columns: table.columns.iter().map(pick).collect(),
        lines,
        fields: table.fields.clone(),
        account: InputAccount::default(),
        gone: table.gone.clone(),
    }
}

/// Adds the account of a part of a score's rows.
pub fn add_account(into: &mut ScoreAccount, part: &ScoreAccount) {
    into.rows += part.rows;
    into.expanded += part.expanded;
    into.no_period += part.no_period;
    into.scored += part.scored;
    let lists = [
        (&mut into.dropped, &part.dropped),
        (&mut into.absorbed, &part.absorbed),
        (&mut into.restored, &part.restored),
    ];
    for (into, part) in lists {
        if into.is_empty() {
            into.clone_from(part);
        } else {
            // The steps are the same in each part.
            into.iter_mut().zip(part).for_each(|((_, into), (_, part))| *into += part);
        }
    }
}
