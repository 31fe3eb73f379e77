//! `--attribute`: which of the changes between two schemes is responsible for which part of each difference.

use std::collections::BTreeSet;
use std::sync::Arc;

use ethnum::I256;

use super::super::args::diff::DiffArgs;
use super::super::inputs::Files;
use super::super::select;
use super::super::session::{Session, Step};
use super::Comparison;
use super::schemes::Loaded;
use super::way::Way;
use crate::attribute::{
    Attribution, CellShares, Game, IndexShares, MOST_CHANGES, Method, Options, attribute, nearest, power, printed,
    printed_places,
};
use crate::compare::{Column, Compared, Field, Part, Row, exact};
use crate::compile::{Setting, plan_of};
use crate::data;
use crate::diag::{Code, DataPlace, Diagnostic, Problems};
use crate::plan::Plan;
use crate::value::column::Table;
use crate::value::schema::Schema;

/// Whether shares of changes are asked for.
pub fn is_asked(args: &DiffArgs) -> bool {
    args.attribute || args.interactions || args.stacked
}

/// Refuses schemes between which there are no named changes, before any data is read.
pub fn check(session: &mut Session, args: &DiffArgs, loaded: &[Loaded]) -> Step<()> {
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
    let parts = heads(names, args, &found, &comparison.compared);
    let numeric = comparison.compared.iter_mut().filter(|index| index.ty.is_numeric());
    for (index, shares) in numeric.zip(&found.indices) {
        fill(index, shares, &parts, args, &found);
        index.notes.extend(set_for_the_run(&way, args));
    }
    Ok(())
}

/// What is to be said of changes of parameters that have another value in this run.
fn set_for_the_run(way: &Way, args: &DiffArgs) -> Vec<(String, String)> {
    let set = args.settings.iter().flat_map(|(name, _)| {
        let about = way.named(name);
        about.into_iter().map(move |change| format!("`{name}` is set for this run: `{change}` has no effect on it"))
    });
    let words: Vec<String> = set.collect();
    if words.is_empty() { Vec::new() } else { vec![("set".to_owned(), words.join("; "))] }
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
        let Some(bound) = files_of(schema, files, comparison) else { return Some(None) };
        if let Some(known) = comparison.shelf.read_as(schema) {
            return Some(Some(known.clone()));
        }
        let others: Vec<&Schema> = schemas.iter().copied().filter(|other| other.name != schema.name).collect();
        let mut problems = Problems::new();
        let sources = bound.iter().map(data::Bound::open);
        let table = data::read_files(sources, schema, &others, &mut problems)?;
        (!problems.has_errors()).then_some(Some(table))
    };
    schemas.iter().map(|schema| table(schema)).collect()
}

/// The files of an input in either scheme.
fn files_of<'f>(schema: &Schema, files: &'f [Files], comparison: &Comparison) -> Option<&'f [data::Bound]> {
    comparison.loaded.iter().zip(files).find_map(|(loaded, files)| {
        let inputs = loaded.compiled.plan.inputs.iter();
        let place = inputs.into_iter().position(|input| input.schema.name == schema.name)?;
        files.get(place).map(Vec::as_slice).filter(|files| !files.is_empty())
    })
}

/// The heads of the columns of each part: shares, interactions, what is stacked; those that aren't asked for are empty. No
/// two columns have one name, whatever the changes are called.
fn heads(names: Vec<String>, args: &DiffArgs, found: &Attribution, compared: &[Compared]) -> [Vec<String>; 3] {
    let asked = |asked: bool, heads: Vec<String>| if asked { heads } else { Vec::new() };
    let pairs = |names: &[String]| {
        let rest = |at: usize| names.iter().skip(at + 1);
        names.iter().enumerate().flat_map(|(at, a)| rest(at).map(move |b| format!("{a} × {b}"))).collect()
    };
    let exact_pairs = matches!(found.method, Method::Exact { .. });
    let mut taken: BTreeSet<String> = TAKEN.iter().map(|&head| head.to_owned()).collect();
    taken.extend(compared.iter().flat_map(|index| &index.dims).map(|dim| dim.name.to_string()));
    let mut free =
        |heads: Vec<String>| -> Vec<String> { heads.into_iter().map(|head| free(head, &mut taken)).collect() };
    let names = free(names);
    let pairs = free(asked(args.interactions && exact_pairs, pairs(&names)));
    let stacked = names.iter().map(|name| format!("{name} (stacked)")).collect();
    let stacked = free(asked(args.stacked, stacked));
    [names, pairs, stacked]
}

/// The columns that each comparison has.
const TAKEN: [&str; 7] = ["index", "a", "b", "delta", "rank_a", "rank_b", "rank_change"];

/// A name that no other column has: `change delta` for a change that is called `delta`.
fn free(head: String, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("change {head} ({number})"));
    let names = [head.clone(), format!("change {head}")].into_iter().chain(numbered);
    let name = names.into_iter().find(|name| !taken.contains(name)).unwrap_or(head);
    taken.insert(name.clone());
    name
}

/// The columns of an index, and what is to be said of them.
fn fill(index: &mut Compared, shares: &IndexShares, parts: &[Vec<String>; 3], args: &DiffArgs, found: &Attribution) {
    let [names, ..] = parts;
    let places = index.places();
    let asked = [args.attribute, args.interactions, args.stacked];
    let exact_pairs = matches!(found.method, Method::Exact { .. });
    let (mut adjusted, mut without, mut widest) = (0, Vec::new(), 0.0f64);
    let kinds = [Part::Shares, Part::Interactions, Part::Stacked];
    let wanted = parts.iter().zip(kinds).zip(asked).enumerate().filter(|(_, (_, asked))| *asked);
    for (part, ((heads, kind), _)) in wanted {
        let mut columns: Vec<Column> =
            heads.iter().map(|name| Column { name: name.clone(), part: kind, fields: Vec::new() }).collect();
        for row in &mut index.rows {
            let cell = shares.cells.get(&row.key).filter(|_| row.delta().is_some());
            // What the changes do may cancel out: that is worth a look, unless small things are not.
            let counts = |cell: &CellShares| matches!(cell, CellShares::Shares { shares, .. } if shares.iter().any(|share| *share != I256::ZERO));
            row.notable |= !index.tolerant && cell.is_some_and(counts);
            let numbers = cell.and_then(|cell| numbers(cell, part, shares, row, places));
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
        let sum = found.units.iter().fold(I256::ZERO, |sum, units| sum + *units);
        // The shares add up to the difference that stands beside them, or none is shown.
        let delta = row.delta()?;
        (Some(sum) == delta.checked_mul(power(found.places.checked_sub(places)?))).then_some(())?;
        (found.units, found.places, found.adjusted)
    };
    let (units, to, adjusted): (Vec<I256>, u8, bool) = rounded;
    let denominator = of.denominator * power(of.places);
    let field = |(units, number): (&I256, &I256)| Field::Number {
        units: *units,
        places: to,
        exact: Some(fraction(*number, denominator)),
    };
    Some((units.iter().zip(numbers).map(field).collect(), adjusted))
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
        let of = if index.dims.is_empty() { String::new() } else { format!(": {}{more}", named.join("; ")) };
        let words = format!("without a value under some of the changes{of}");
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
