//! Runs the scores and aggregations of an input over a part of its rows that holds all rows of its units.

use super::tally::Tally;
use super::ways;
use crate::diag::Problems;
use crate::eval::ScoreAccount;
use crate::eval::engine::aggregate::{Counts, Units, passing};
use crate::eval::engine::checks;
use crate::eval::engine::frame::Leaves;
use crate::eval::engine::group::{Groups, group};
use crate::eval::engine::order::same;
use crate::eval::engine::score::{self, Scored};
use crate::eval::engine::vector::{all_rows, at, gather};
use crate::eval::engine::world::World;
use crate::eval::needs::Needs;
use crate::plan::{Aggregate, Body, Plan, Score};
use crate::value::column::{Column, Data, InputAccount, Table};
use crate::value::piece::Unfit;
use crate::value::schema::{Schema, Unique};

/// What the parts of an input have come to so far.
pub struct Totals {
    /// What became of the records.
    pub input: InputAccount,
    /// For each needed score of the input, its place and what became of its rows.
    pub scores: Vec<(usize, ScoreAccount)>,
    /// For each needed aggregation of these scores.
    pub tallies: Vec<Total>,
    /// How many parts were added.
    pub parts: usize,
}

/// What one aggregation has come to so far.
pub struct Total {
    /// The place of its index.
    pub index: usize,
    /// The place of its score.
    pub score: usize,
    /// Its cells, those outside of `in` too.
    pub tally: Tally,
    /// What became of the units; those outside are among those in cells yet.
    pub counts: Counts,
}

impl Totals {
    /// Nothing yet.
    pub fn new(plan: &Plan, needs: &Needs, input: usize) -> Self {
        let mut totals = Self { input: InputAccount::default(), scores: Vec::new(), tallies: Vec::new(), parts: 0 };
        for (at, score) in ways::scores(plan, needs, input) {
            totals.scores.push((at, ScoreAccount::new(&score.name, 0)));
            for (index, _, aggregate) in ways::aggregates(plan, needs, at) {
                let tally = Tally::new(aggregate.function, aggregate.by.len());
                totals.tallies.push(Total { index, score: at, tally, counts: Counts::default() });
            }
        }
        totals
    }

    /// Adds a part of the input, whose records have been counted.
    pub fn add(&mut self, world: &World<'_>, input: usize, mut part: Table) -> Result<(), Unfit> {
        let Some(spec) = world.plan.inputs.get(input) else { return Err(Unfit) };
        self.parts += 1;
        self.input.repeated += check_keys(&mut part, &spec.schema)?;
        let world = &world.of_part(input, &part);
        let mut problems = Problems::new();
        checks::input(world, input, &mut problems);
        let Self { scores, tallies, .. } = self;
        for (place, account) in scores {
            let Some(score) = world.plan.scores.get(*place) else { continue };
            let scored = score::run(world, score, true, None, &mut problems);
            if scored.broken || !problems.is_empty() {
                return Err(Unfit);
            }
            add_account(account, &scored.account);
            for total in tallies.iter_mut().filter(|total| total.score == *place) {
                total.add(world, score, &scored)?;
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(Unfit) }
    }
}

impl Total {
    fn add(&mut self, world: &World<'_>, score: &Score, scored: &Scored) -> Result<(), Unfit> {
        let aggregate = match world.plan.indices.get(self.index).map(|index| &index.body) {
            Some(Body::Aggregate(aggregate)) => aggregate,
            _ => return Err(Unfit),
        };
        let Some(value) = scored.frame.value.as_ref() else {
            self.counts.no_value += scored.frame.len as u64;
            return Ok(());
        };
        let units = Units {
            leaves: Leaves::Rows(world.table(score.input), &scored.frame),
            len: scored.frame.len,
            value: Some(value),
            ty: &score.ty.base,
        };
        let (rows, dims) = valued(world, aggregate, &units, value, &mut self.counts)?;
        self.counts.in_cells += rows.as_ref().map_or(units.len, Vec::len) as u64;
        match rows {
            Some(rows) if rows.is_empty() => Ok(()),
            None if units.len == 0 => Ok(()),
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
    valued.retain(|&row| value.is_known(row as usize));
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

/// Checks units and keys, and drops the repeats where the schema says so; how many that were.
fn check_keys(part: &mut Table, schema: &Schema) -> Result<u64, Unfit> {
    for unit in &schema.units {
        let groups = grouped(part, &unit.key)?;
        let agrees = |column: &usize| part.columns.get(*column).is_some_and(|column| agrees(column, &groups));
        if !unit.has.iter().all(agrees) {
            return Err(Unfit);
        }
    }
    let mut repeated = 0;
    for unique in &schema.unique {
        repeated += check_unique(part, unique)?;
    }
    Ok(repeated)
}

fn check_unique(part: &mut Table, unique: &Unique) -> Result<u64, Unfit> {
    let groups = grouped(part, &unique.key)?;
    let repeated = part.rows - groups.first.len();
    if repeated == 0 {
        return Ok(0);
    }
    let others = part.columns.iter().enumerate().filter(|(at, _)| !unique.key.contains(at));
    if !unique.drop_repeats || !others.map(|(_, column)| column).all(|column| agrees(column, &groups)) {
        return Err(Unfit);
    }
    *part = select(part, &groups.first);
    Ok(repeated as u64)
}

/// The groups of rows with the same key; a key must be there.
fn grouped(part: &Table, key: &[usize]) -> Result<Groups, Unfit> {
    let columns: Option<Vec<&Column>> = key.iter().map(|&at| part.columns.get(at)).collect();
    let columns = columns.ok_or(Unfit)?;
    let full = |column: &&Column| column.known.as_ref().is_none_or(|known| known.iter().all(|&known| known));
    if !columns.iter().all(full) {
        return Err(Unfit);
    }
    Ok(group(&columns.into_iter().cloned().collect::<Vec<_>>(), part.rows))
}

/// Whether all rows of each group have the same value.
fn agrees(column: &Column, groups: &Groups) -> bool {
    fn alike<T: PartialEq + Copy + Default>(list: &[T], groups: &Groups) -> bool {
        let first = |id: &u32| at(&groups.first, *id as usize) as usize;
        groups.ids.iter().zip(list).all(|(id, value)| *value == at(list, first(id)))
    }
    match (&column.data, &column.known) {
        (Data::Small(v), None) => alike(v, groups),
        (Data::Text { codes, .. }, None) => alike(codes, groups),
        (Data::Day(v), None) => alike(v, groups),
        (Data::Flag(v), None) => alike(v, groups),
        (Data::Partial { first, last }, None) => alike(first, groups) && alike(last, groups),
        _ => {
            let same = same(column);
            let first = |id: &u32| at(&groups.first, *id as usize) as usize;
            groups.ids.iter().enumerate().all(|(row, id)| same(row, first(id)))
        }
    }
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
