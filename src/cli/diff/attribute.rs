//! `--attribute`: which of the changes between two schemes is responsible for which part of each difference.

use std::sync::Arc;

use ethnum::I256;

use super::super::args::diff::{DiffArgs, DiffFormat};
use super::super::inputs::{self, Files};
use super::super::select;
use super::super::session::{Session, Step};
use super::Comparison;
use super::schemes::Loaded;
use crate::attribute::{
    Attribution, CellShares, Game, IndexShares, MOST_CHANGES, Method, Options, attribute, nearest, printed,
    printed_places,
};
use crate::compare::{Column, Compared, Field, Matched, Row, exact};
use crate::compile::{Setting, plan_of};
use crate::diag::{Code, DataPlace, Diagnostic, Problems};
use crate::plan::Plan;
use crate::resolve::overlay::{self, Chain};
use crate::value::column::Table;
use crate::value::schema::Schema;

/// The changes on the way from one scheme to the other.
struct Way {
    /// Both schemes: the files that they share, then those of the first, then those of the second.
    chain: Chain,
    /// How many changes both share.
    shared: usize,
    /// How many changes of the first scheme are taken back.
    undone: usize,
    /// What the changes are called.
    names: Vec<String>,
}

impl Way {
    fn of(a: &Chain, b: &Chain) -> Self {
        let layers = a.shared(b);
        let chain = a.join(b, layers);
        let shared = a.changes().iter().filter(|change| change.layer < layers).count();
        let undone = a.changes().len() - shared;
        let labels = overlay::labels(&chain);
        let name = |(at, label): (usize, &Arc<str>)| {
            if at < undone { format!("without {label}") } else { label.to_string() }
        };
        let names = labels.iter().skip(shared).enumerate().map(name).collect();
        Self { chain, shared, undone, names }
    }

    /// Which changes of the chain are applied when these of the way have been made.
    fn applied(&self, made: &[bool]) -> Vec<bool> {
        let own = made.iter().enumerate().map(|(at, made)| if at < self.undone { !made } else { *made });
        vec![true; self.shared].into_iter().chain(own).collect()
    }

    /// For each change, whether it is about how data is read.
    fn of_inputs(&self, loaded: &[Loaded]) -> Vec<bool> {
        let inputs = loaded.iter().flat_map(|loaded| &loaded.compiled.plan.inputs);
        let inputs: Vec<&str> = inputs.map(|input| &*input.schema.name).collect();
        self.chain.changes().iter().skip(self.shared).map(|change| overlay::is_about(change, &inputs)).collect()
    }
}

fn is_asked(args: &DiffArgs) -> bool {
    args.attribute || args.interactions || args.stacked
}

/// Refuses schemes between which there are no named changes, before any data is read.
pub fn check(session: &mut Session, args: &DiffArgs, loaded: &[Loaded], matched: &[Matched]) -> Step<()> {
    let option = ["--attribute", "--interactions", "--stacked"];
    let asked = [args.attribute, args.interactions, args.stacked];
    let Some((option, _)) = option.iter().zip(asked).find(|(_, asked)| *asked) else {
        if args.orders.is_some() || args.seed.is_some() {
            let option = if args.orders.is_some() { "--orders" } else { "--seed" };
            let span = session.argument(option, option);
            let error = Diagnostic::error(Code::Usage, span, "nothing is drawn by chance without `--attribute`");
            return session.fail(error.help("add `--attribute`"));
        }
        return Ok(());
    };
    let span = session.argument(option, option);
    let [a, b] = loaded else {
        let error = Diagnostic::error(Code::Usage, span, "changes are attributed between two schemes");
        return session.fail(error.help("compare the schemes two by two"));
    };
    let way = Way::of(&a.compiled.chain, &b.compiled.chain);
    let error = |message: String| Diagnostic::error(Code::Usage, span, message);
    if a.compiled.chain.shared(&b.compiled.chain) == 0 {
        let error = error(format!("`{}` and `{}` extend no scheme in common", a.file, b.file));
        let each = format!("{}, {}", extends(a), extends(b));
        return session.fail(error.help(format!(
            "attribution is among named changes: {each}; write one as an overlay of the other, or both of one scheme, \
             with a `change` for each rule that differs"
        )));
    }
    if way.names.len() > MOST_CHANGES {
        let error =
            error(format!("there are {} changes between the schemes, more than {MOST_CHANGES}", way.names.len()));
        return session.fail(error.help("join those that belong together: `change \"…\" { … }`"));
    }
    let taken = |name: &&String| {
        COLUMNS.contains(&name.as_str()) || matched.iter().flat_map(|index| &index.dims).any(|dim| *dim.name == ***name)
    };
    if args.format == DiffFormat::Csv
        && args.attribute
        && let Some(name) = way.names.iter().find(taken)
    {
        let error = error(format!("two columns would be named `{name}`: a change has the name of another column"));
        return session.fail(error.help("say with more words what the change does, or use `--format json`"));
    }
    Ok(())
}

/// Which schemes a scheme extends, in words.
fn extends(loaded: &Loaded) -> String {
    let layers = loaded.compiled.chain.layers();
    let named = layers.iter().rev().filter_map(|layer| layer.head.extends.as_ref());
    let named: Vec<String> = named.map(|file| format!("`{}`", file.node)).collect();
    let bases = if named.is_empty() { "nothing".to_owned() } else { named.join(", which extends ") };
    format!("`{}` extends {bases}", loaded.file)
}

/// The columns of a comparison in CSV beside dimensions and changes.
const COLUMNS: &[&str] = &["index", "a", "b", "delta", "rank_a", "rank_b", "rank_change"];

/// Adds a column for each change to each index, if that was asked for.
pub fn add(session: &mut Session, args: &DiffArgs, files: &[Files], comparison: &mut Comparison) -> Step<()> {
    if !is_asked(args) {
        return Ok(());
    }
    let [a, b] = comparison.loaded.as_slice() else { return Ok(()) };
    let way = Way::of(&a.compiled.chain, &b.compiled.chain);
    let settings = select::settings(&args.settings);
    let Some(found) = attribution(&way, &settings, args, files, comparison) else {
        let place = DataPlace::file(&b.file);
        let error = Diagnostic::error(
            Code::Usage,
            place,
            "the changes can't be attributed: a scheme between the two can't be run",
        );
        return session.fail(error.help("try with fewer changes at once"));
    };
    let names: Vec<String> = found
        .groups
        .iter()
        .map(|group| {
            let names: Vec<&str> = group.iter().filter_map(|&at| way.names.get(at)).map(String::as_str).collect();
            names.join(" + ")
        })
        .collect();
    let numeric = comparison.compared.iter_mut().filter(|index| index.ty.is_numeric());
    for (index, shares) in numeric.zip(&found.indices) {
        fill(index, shares, &names, args, &found);
    }
    Ok(())
}

fn attribution(
    way: &Way,
    settings: &[Setting],
    args: &DiffArgs,
    files: &[Files],
    comparison: &Comparison,
) -> Option<Attribution> {
    let numeric = comparison.compared.iter().filter(|index| index.ty.is_numeric());
    let indices: Vec<Arc<str>> = numeric.map(|index| Arc::clone(&index.name)).collect();
    let of_inputs = way.of_inputs(&comparison.loaded);
    let plan = |made: &[bool]| plan_of(&way.chain, &way.applied(made), settings);
    let game = Game { of_inputs: &of_inputs, plan: &plan, indices: &indices };
    let defaults = Options::default();
    let options = Options {
        orders: args.orders.unwrap_or(defaults.orders),
        seed: args.seed.unwrap_or(defaults.seed),
        ..defaults
    };
    let tables = |plan: &Plan| tables(plan, files, comparison);
    attribute(&game, &tables, options)
}

/// The tables of a scheme between the two: those that were read already, or else the same files read as it says.
fn tables(plan: &Plan, files: &[Files], comparison: &Comparison) -> Option<Vec<Option<Table>>> {
    let schemas: Vec<&Schema> = plan.inputs.iter().map(|input| &input.schema).collect();
    let table = |schema: &Schema| -> Option<Option<Table>> {
        let Some(bound) = file_of(schema, files, comparison) else { return Some(None) };
        if let Some(known) = comparison.shelf.read_as(schema) {
            return Some(Some(known.clone()));
        }
        let others: Vec<&Schema> = schemas.iter().copied().filter(|other| other.name != schema.name).collect();
        let mut problems = Problems::new();
        let table = inputs::read_one(bound.open(), schema, &others, &mut problems)?;
        (!problems.has_errors()).then_some(Some(table))
    };
    schemas.iter().map(|schema| table(schema)).collect()
}

/// The file of an input in either scheme.
fn file_of<'f>(schema: &Schema, files: &'f [Files], comparison: &Comparison) -> Option<&'f crate::data::Bound> {
    comparison.loaded.iter().zip(files).find_map(|(loaded, files)| {
        let inputs = loaded.compiled.plan.inputs.iter();
        let place = inputs.into_iter().position(|input| input.schema.name == schema.name)?;
        files.get(place)?.as_ref()
    })
}

/// The columns of an index, and what is to be said of them.
fn fill(index: &mut Compared, shares: &IndexShares, names: &[String], args: &DiffArgs, found: &Attribution) {
    let pairs: Vec<String> = names
        .iter()
        .enumerate()
        .flat_map(|(at, a)| names.iter().skip(at + 1).map(move |b| format!("{a} × {b}")))
        .collect();
    let exact_pairs = matches!(found.method, Method::Exact { .. });
    let parts: [(bool, Vec<String>); 3] = [
        (args.attribute, names.to_vec()),
        (args.interactions && exact_pairs, pairs),
        (args.stacked, names.iter().map(|name| format!("{name} (stacked)")).collect()),
    ];
    let (mut adjusted, mut without, mut widest) = (0, Vec::new(), 0.0f64);
    for (part, (_, heads)) in parts.iter().enumerate().filter(|(_, (asked, _))| *asked) {
        let mut columns: Vec<Column> =
            heads.iter().map(|name| Column { name: name.clone(), fields: Vec::new() }).collect();
        for row in &index.rows {
            let cell = shares.cells.get(&row.key).filter(|_| row.delta().is_some());
            let numbers = cell.and_then(|cell| numbers(cell, part, shares, row, index.places()));
            if numbers.is_none() && row.delta().is_some() && part == 0 {
                without.push(row.key.clone());
            }
            if let (0, Some(CellShares::Shares { errors, .. })) = (part, cell) {
                widest = errors.iter().fold(widest, |most, error| most.max(*error));
            }
            adjusted += usize::from(part == 0 && numbers.as_ref().is_some_and(|(_, adjusted)| *adjusted));
            for (at, column) in columns.iter_mut().enumerate() {
                column.fields.push(numbers.as_ref().and_then(|(fields, _)| fields.get(at).cloned()));
            }
        }
        index.extra.extend(columns);
    }
    if args.attribute {
        notes(index, found, names, (adjusted, &without, widest));
    }
    if args.interactions && !exact_pairs {
        index.notes.push(("interactions".to_owned(), "not found where orders are drawn by chance".to_owned()));
    }
}

/// The numbers of a part in print, and whether one was adjusted so that they add up.
fn numbers(cell: &CellShares, part: usize, of: &IndexShares, row: &Row, places: u8) -> Option<(Vec<Field>, bool)> {
    let CellShares::Shares { shares, interactions, stacked, .. } = cell else { return None };
    let numbers: &Vec<I256> = [shares, interactions, stacked].into_iter().nth(part)?;
    // Interactions have no sum to keep: each is rounded for itself.
    let rounded = if part == 1 {
        let each = |number: &I256| nearest(*number, of.places, of.denominator);
        (numbers.iter().map(each).collect::<Option<_>>()?, printed_places(of.places), false)
    } else {
        let found = printed(numbers, of.places, of.denominator)?;
        let sum = found.units.iter().fold(I256::ZERO, |sum, units| sum + I256::from(*units));
        // The shares add up to the difference that stands beside them, or none is shown.
        let delta = row.delta()?;
        (sum == delta * power(found.places.checked_sub(places)?)).then_some(())?;
        (found.units, found.places, found.adjusted)
    };
    let (units, to, adjusted): (Vec<i128>, u8, bool) = rounded;
    let denominator = of.denominator * power(of.places);
    let field = |(units, number): (&i128, &I256)| Field::Number {
        units: I256::from(*units),
        places: to,
        exact: Some(fraction(*number, denominator)),
    };
    Some((units.iter().zip(numbers).map(field).collect(), adjusted))
}

fn power(places: u8) -> I256 {
    I256::from(10).pow(u32::from(places))
}

/// A fraction in lowest terms: `5/6`, `-3`.
fn fraction(numerator: I256, denominator: I256) -> String {
    let (mut a, mut b) = (numerator.abs(), denominator);
    while b != I256::ZERO {
        (a, b) = (b, a % b);
    }
    let divisor = if a == I256::ZERO { I256::ONE } else { a };
    match denominator / divisor {
        I256::ONE => (numerator / divisor).to_string(),
        denominator => format!("{}/{denominator}", numerator / divisor),
    }
}

/// How many cells are named that have no shares.
const NAMED: usize = 5;

fn notes(
    index: &mut Compared,
    found: &Attribution,
    names: &[String],
    (adjusted, without, widest): (usize, &[Vec<crate::value::Value>], f64),
) {
    let how = match found.method {
        _ if names.is_empty() => "no named change lies between the schemes".to_owned(),
        Method::Exact { subsets } => {
            format!("Shapley's value of {} over all {subsets} subsets of them, exact", changes(names.len()))
        }
        Method::Sampled { orders, seed } => format!(
            "Shapley's value of {} from {orders} orders drawn with the seed {seed}; in 95 of 100 draws a share is off by \
             less than {} at most",
            changes(names.len()),
            bound(widest)
        ),
    };
    index.notes.push(("attribution".to_owned(), how));
    for (group, name) in found.groups.iter().zip(names).filter(|(group, _)| group.len() > 1) {
        let words =
            format!("{name}: these {} have one share, for not each subset of them is a scheme that runs", group.len());
        index.notes.push(("taken together".to_owned(), words));
    }
    if adjusted > 0 {
        let cells = if adjusted == 1 { "1 cell".to_owned() } else { format!("{adjusted} cells") };
        let words = format!("in {cells} the last digit of a share is not the nearest, so that they add up to delta");
        index.notes.push(("rounding".to_owned(), words));
    }
    if !without.is_empty() {
        let cell = |key: &Vec<crate::value::Value>| {
            let values = index.dims.iter().zip(key);
            values
                .map(|(dim, value)| format!("{} {}", dim.name, value.format(&dim.ty.base)))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let named: Vec<String> = without.iter().take(NAMED).map(cell).collect();
        let more = without.len().saturating_sub(NAMED);
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        let words = format!("without a value under some of the changes: {}{more}", named.join("; "));
        index.notes.push(("not attributable".to_owned(), words));
    }
}

fn changes(count: usize) -> String {
    if count == 1 { "1 change".to_owned() } else { format!("{count} changes") }
}

/// An error bound rounded up to four places, so that it is never understated.
fn bound(error: f64) -> String {
    let up = (error * 10_000.0).ceil() / 10_000.0;
    crate::value::decimal::from_real(up, 4).map_or_else(|| up.to_string(), |units| exact::format(I256::from(units), 4))
}
