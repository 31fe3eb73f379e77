//! What is compared: which indices, within which dimensions, how closely.

use super::super::Exit;
use super::super::args::diff::DiffArgs;
use super::super::session::{Session, Step};
use super::schemes::Loaded;
use super::{TOP, tolerances};
use crate::compare::{LeftOut, Matched, Options, Within, matching};
use crate::diag::nearest::suggest;
use crate::diag::{Code, DataPlace, Diagnostic};
use crate::plan::Plan;

/// The indices that all schemes have, and those that can't be compared. Those that are named must be comparable.
pub fn indices(session: &mut Session, loaded: &[Loaded], names: &[String]) -> Step<(Vec<Matched>, Vec<LeftOut>)> {
    let plans: Vec<&Plan> = loaded.iter().map(|loaded| &loaded.compiled.plan).collect();
    let labels: Vec<String> = loaded.iter().map(|loaded| loaded.file.to_string()).collect();
    let (matched, left) = matching(&plans, &labels, names);
    if !names.is_empty() && !left.is_empty() {
        for index in &left {
            let span = session.argument("--index", &index.index);
            let error = refused(index, &plans, span);
            session.problems.push(error);
        }
        return Err(Exit::Failed);
    }
    if matched.is_empty() {
        let place = loaded.last().map_or_else(|| "rules diff".into(), |loaded| loaded.file.clone());
        let message = "the schemes have no index in common that can be compared";
        let has: Vec<String> = loaded.iter().map(has).collect();
        let why: Vec<String> =
            left.iter().filter(|left| !left.absent).map(|left| format!("\n`{}`: {}", left.index, left.why)).collect();
        let error = Diagnostic::error(Code::Usage, DataPlace::file(&place), message);
        return session.fail(error.help(format!("{}{}", has.join("\n"), why.concat())));
    }
    Ok((matched, left))
}

/// The error of an index that is named and can't be compared.
fn refused(left: &LeftOut, plans: &[&Plan], span: crate::source::Span) -> Diagnostic {
    if !left.absent {
        let message = format!("the index `{}` can't be compared: {}", left.index, left.why);
        return Diagnostic::error(Code::Usage, span, message)
            .help("compare indices of the same dimensions and kind of values");
    }
    let message = format!("the index `{}` is {}", left.index, left.why);
    let mut error = Diagnostic::error(Code::UnknownIndex, span, message);
    let mut common: Vec<&str> = Vec::new();
    if let Some((first, rest)) = plans.split_first() {
        common.extend(names(first).filter(|name| rest.iter().all(|plan| names(plan).any(|other| other == *name))));
    }
    error.help = suggest(&left.index, "the indices that all have are", common);
    error
}

fn names(plan: &Plan) -> impl Iterator<Item = &str> {
    plan.declared.iter().filter_map(|&at| plan.indices.get(at)).map(|index| &*index.name)
}

/// The indices of a scheme in words.
fn has(loaded: &Loaded) -> String {
    let plan = &loaded.compiled.plan;
    let declared = plan.declared.iter().filter_map(|&at| plan.indices.get(at));
    let named: Vec<String> =
        declared.map(|index| format!("`{}`{}", index.name, if index.hidden { " (hidden)" } else { "" })).collect();
    let list = if named.is_empty() { "no index".to_owned() } else { named.join(", ") };
    format!("`{}` has {list}", loaded.file)
}

/// How the indices are compared. What the options name must be there.
pub fn options(session: &mut Session, args: &DiffArgs, loaded: &[Loaded], matched: &[Matched]) -> Step<Options> {
    let tolerances = tolerances(session, args)?;
    let mut known = true;
    for dim in &args.within {
        let mut dims: Vec<&str> = Vec::new();
        matched.iter().flat_map(|index| &index.dims).for_each(|dim| {
            if !dims.contains(&&*dim.name) {
                dims.push(&dim.name)
            }
        });
        if !dims.contains(&dim.as_str()) {
            let span = session.argument("--within", dim);
            let mut error =
                Diagnostic::error(Code::Usage, span, format!("no index that is compared has a dimension `{dim}`"));
            error.help = suggest(dim, "the dimensions are", dims);
            session.problems.push(error);
            known = false;
        }
    }
    for (name, _) in &tolerances.own {
        let index = matched.iter().find(|index| index.name == *name);
        let (code, message) = match index {
            None => (Code::UnknownIndex, format!("no index `{name}` is compared")),
            Some(index) if !index.ty.is_numeric() => {
                (Code::Usage, format!("the values of `{name}` are no numbers: they are equal or they aren't"))
            }
            Some(_) => continue,
        };
        let span = session.argument("--tolerance", name);
        let mut error = Diagnostic::error(code, span, message);
        if index.is_none() {
            error.help = suggest(name, "the indices that are compared are", matched.iter().map(|index| &*index.name));
        }
        session.problems.push(error);
        known = false;
    }
    if args.top.is_some() && loaded.len() > 2 {
        let span = session.argument("--top", "--top");
        let error =
            Diagnostic::error(Code::Usage, span, "the best of two schemes are held against each other, not of more");
        session.problems.push(error.help("leave `--top` out, or compare two schemes"));
        known = false;
    }
    if !known {
        return Err(Exit::Failed);
    }
    let within = match args.within.as_slice() {
        [] if args.together => Within::All,
        [] => Within::Times,
        dims => Within::Dims(dims.to_vec()),
    };
    Ok(Options { within, tolerances, top: args.top.unwrap_or(TOP) })
}

/// The places of the compared indices in one scheme's plan, in the order declared.
pub fn wanted(plan: &Plan, matched: &[Matched], scheme: usize) -> Vec<usize> {
    let places: Vec<usize> = matched.iter().filter_map(|index| index.places.get(scheme).copied()).collect();
    plan.declared.iter().copied().filter(|at| places.contains(at)).collect()
}
