//! The changes between which is chosen: those of the scheme's own chain and those of other overlays, and which of them are
//! never made together.
//!
//! Output: one chain that has them all, and groups of changes. The groups are independent of one another; in each, every
//! combination that isn't excluded is as likely as any other.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::cli::Exit;
use crate::cli::session::{Session, Step};
use crate::compile::{Compiled, Spread, Varied, Vary};
use crate::diag::nearest::suggest;
use crate::diag::{Code, Diagnostic};
use crate::resolve::overlay::{Chain, is_set_by};
use crate::source::FileId;
use crate::syntax::ast::Name;

/// The most changes that exclude one another, directly or by way of others.
const MOST_TOGETHER: usize = 12;

/// The choices of a scheme.
#[derive(Debug, Clone)]
pub struct Choices {
    /// The scheme's chain, with those of the other overlays behind it.
    pub chain: Chain,
    /// Which changes the scheme as it stands makes.
    pub stands: Vec<bool>,
    /// For each that varies, the changes that it is: places among the chain's. None for a value.
    pub changes: Vec<Vec<usize>>,
    /// Changes that depend on each other.
    pub groups: Vec<Group>,
}

/// Changes that can't be chosen independently, or a single one.
#[derive(Debug, Clone)]
pub struct Group {
    /// The changes: places among what varies.
    pub members: Vec<usize>,
    /// The combinations that are allowed, each a mark for each member.
    pub levels: Vec<Vec<bool>>,
}

impl Choices {
    /// Whether the changes of something that varies are made.
    pub fn is_made(&self, vary: usize, applied: &[bool]) -> bool {
        let changes = self.changes.get(vary).map(Vec::as_slice).unwrap_or_default();
        !changes.is_empty() && changes.iter().all(|change| applied.get(*change) == Some(&true))
    }

    /// Makes the changes of something that varies, or leaves them out.
    pub fn make(&self, vary: usize, made: bool, applied: &mut [bool]) {
        for change in self.changes.get(vary).into_iter().flatten() {
            if let Some(mark) = applied.get_mut(*change) {
                *mark = made;
            }
        }
    }
}

/// Finds the changes that vary, and reads the overlays that they come from.
pub fn find(session: &mut Session, compiled: &Compiled, varies: &[Vary]) -> Step<Choices> {
    let mut chain = (*compiled.chain).clone();
    let own = chain.changes().len();
    let mut found = Finder { session, chain: &mut chain, own: 0..own, read: BTreeMap::new(), failed: false };
    let changes: Vec<Vec<usize>> = varies.iter().map(|vary| found.changes(vary)).collect();
    if found.failed {
        return Err(Exit::Failed);
    }
    let stands: Vec<bool> = (0..chain.changes().len()).map(|at| at < own).collect();
    let excluded = excluded(session, compiled, varies)?;
    let groups = groups(session, varies, &changes, &excluded)?;
    let choices = Choices { chain, stands, changes, groups };
    check_stands(session, &choices, varies, &excluded)?;
    check_set(session, &choices, varies)?;
    Ok(choices)
}

struct Finder<'f> {
    session: &'f mut Session,
    chain: &'f mut Chain,
    /// The changes of the scheme's own files.
    own: Range<usize>,
    /// The changes of each file that was read.
    read: BTreeMap<FileId, Range<usize>>,
    failed: bool,
}

impl Finder<'_> {
    fn changes(&mut self, vary: &Vary) -> Vec<usize> {
        let Varied::Change(names, file) = &vary.what else { return Vec::new() };
        let from = match file {
            None => Ok(self.own.clone()),
            Some(file) => self.overlay(file),
        };
        let from = match from {
            Ok(from) => from,
            Err(error) => {
                error.into_iter().for_each(|error| self.session.problems.push(error));
                self.failed = true;
                return Vec::new();
            }
        };
        let mut found = Vec::new();
        for name in names {
            match self.chain.changes_named(&name.node).into_iter().find(|at| from.contains(at)) {
                Some(at) => found.push(at),
                None => {
                    let error = self.unknown(name, file.as_ref(), &from);
                    self.session.problems.push(error);
                    self.failed = true;
                }
            }
        }
        found
    }

    /// Where the changes of an overlay's file begin, which is read if it isn't known yet.
    fn overlay(&mut self, file: &Name) -> Result<Range<usize>, Option<Diagnostic>> {
        let other = self.session.chain_named(file).map_err(|_| None)?;
        let id = other.layers().last().map(|layer| layer.file).unwrap_or_default();
        if let Some(known) = self.read.get(&id) {
            return Ok(known.clone());
        }
        // An overlay that this scheme extends has its changes in the chain already.
        let known = self.chain.layers().iter().any(|layer| layer.file == id);
        let found = if known { Some(self.own.clone()) } else { self.appended(&other) };
        let Some(found) = found else {
            let message = format!("`{}` and this scheme extend nothing in common", file.node);
            let error = Diagnostic::error(Code::WrongTarget, file.span, message);
            return Err(Some(error.help("name an overlay of the scheme that varies, or of one that it extends")));
        };
        self.read.insert(id, found.clone());
        Ok(found)
    }

    /// The changes of another chain, which stand behind this one's now.
    fn appended(&mut self, other: &Chain) -> Option<Range<usize>> {
        let first = self.chain.append(other)?;
        Some(first..self.chain.changes().len())
    }

    fn unknown(&self, name: &Name, file: Option<&Name>, from: &Range<usize>) -> Diagnostic {
        let place = file.map_or_else(|| "this scheme".to_owned(), |file| format!("`{}`", file.node));
        let message = format!("no change of {place} is called `{}`", name.node);
        let error = Diagnostic::error(Code::UnknownTarget, name.span, message);
        let names = self.chain.changes().get(from.clone()).unwrap_or_default().iter().map(|change| &*change.name);
        match suggest(&name.node, "its changes are", names) {
            Some(help) => error.help(help),
            None => {
                error.help(format!("name the overlay that has it: `vary change \"{}\" from \"….rules\"`", name.node))
            }
        }
    }
}

/// Pairs of what varies that exclude each other, and where the scheme says so.
fn excluded(session: &mut Session, compiled: &Compiled, varies: &[Vary]) -> Step<Vec<(usize, usize)>> {
    let (mut pairs, mut failed) = (Vec::new(), false);
    for item in compiled.chain.excludes() {
        let mut places = |name: &Name| -> Vec<usize> {
            let named = |vary: &Vary| matches!(&vary.what, Varied::Change(changes, _) if changes.iter().any(|change| change.node == name.node));
            let found: Vec<usize> = (0..varies.len()).filter(|&at| varies.get(at).is_some_and(named)).collect();
            if found.is_empty() && item.own {
                let message = format!("no change varies that is called `{}`", name.node);
                let error = Diagnostic::error(Code::UnknownTarget, name.span, message);
                let names = varies.iter().flat_map(|vary| match &vary.what {
                    Varied::Change(changes, _) => changes.as_slice(),
                    _ => &[],
                });
                let names = names.map(|change| &*change.node);
                let help = suggest(&name.node, "the changes that vary are", names);
                session.problems.push(error.help(help.unwrap_or_else(|| "say `vary change \"…\"` first".to_owned())));
                failed = true;
            }
            found
        };
        let first = places(&item.tree.change);
        for other in item.tree.others.iter().flat_map(&mut places) {
            pairs.extend(first.iter().filter(|&&one| one != other).map(|&one| (one, other)));
        }
    }
    if failed { Err(Exit::Failed) } else { Ok(pairs) }
}

/// The changes in groups that don't depend on one another.
fn groups(
    session: &mut Session,
    varies: &[Vary],
    changes: &[Vec<usize>],
    excluded: &[(usize, usize)],
) -> Step<Vec<Group>> {
    let all: Vec<usize> =
        (0..varies.len()).filter(|&at| changes.get(at).is_some_and(|changes| !changes.is_empty())).collect();
    let mut groups: Vec<Vec<usize>> = all.into_iter().map(|at| vec![at]).collect();
    for (a, b) in excluded {
        let place = |groups: &[Vec<usize>], at: &usize| groups.iter().position(|group| group.contains(at));
        if let (Some(first), Some(second)) = (place(&groups, a), place(&groups, b))
            && first != second
        {
            let moved = groups.remove(first.max(second));
            if let Some(group) = groups.get_mut(first.min(second)) {
                group.extend(moved);
                group.sort_unstable();
            }
        }
    }
    if let Some(first) = groups.iter().find(|group| group.len() > MOST_TOGETHER).and_then(|group| group.first()) {
        let span = varies.get(*first).map(|vary| vary.span).unwrap_or_default();
        let message = format!("more than {MOST_TOGETHER} changes exclude one another");
        let error = Diagnostic::error(Code::TooLarge, span, message);
        return session.fail(error.help("leave some of them out, or look at them in two analyses"));
    }
    let level =
        |members: &[usize], set: u32| -> Vec<bool> { (0..members.len()).map(|at| set & (1 << at) != 0).collect() };
    let allowed = |members: &[usize], level: &[bool]| {
        let made = |one: &usize| members.iter().position(|at| at == one).and_then(|at| level.get(at)) == Some(&true);
        !excluded.iter().any(|(a, b)| made(a) && made(b))
    };
    let group = |members: Vec<usize>| {
        let levels = (0..1u32 << members.len()).map(|set| level(&members, set));
        let levels = levels.filter(|level| allowed(&members, level)).collect();
        Group { members, levels }
    };
    Ok(groups.into_iter().map(group).collect())
}

/// What the scheme as it stands makes together isn't excluded.
fn check_stands(session: &mut Session, choices: &Choices, varies: &[Vary], excluded: &[(usize, usize)]) -> Step<()> {
    let made = |at: &usize| choices.is_made(*at, &choices.stands);
    let both = excluded.iter().find(|(a, b)| made(a) && made(b));
    let Some((a, b)) = both.and_then(|(a, b)| varies.get(*a).zip(varies.get(*b))) else { return Ok(()) };
    let message = format!("{} and {} are never made together, and the scheme as it stands makes both", a.name, b.name);
    let error = Diagnostic::error(Code::ConflictingChanges, b.span, message).also(a.span, "the other");
    session.fail(
        error
            .help("move one of them to an overlay of its own, and name its file: `vary change \"…\" from \"….rules\"`"),
    )
}

/// A value that is drawn isn't set by a change that is chosen, too: which of them counts would depend on their order.
fn check_set(session: &mut Session, choices: &Choices, varies: &[Vary]) -> Step<()> {
    let mut failed = false;
    for vary in varies.iter().filter(|vary| !matches!(vary.spread, Spread::Percent { .. })) {
        let (item, key) = match &vary.what {
            Varied::Param(param) => (param, None),
            Varied::Line(scale, key) => (scale, Some(key)),
            Varied::Change(..) => continue,
        };
        let changes = choices.changes.iter().flatten().copied();
        let set = changes.filter_map(|at| choices.chain.changes().get(at)).find(|change| is_set_by(change, item, key));
        if let Some(change) = set {
            let message = format!("`{}` varies by itself, and the change `{}` sets it, too", vary.name, change.name);
            let error = Diagnostic::error(Code::ConflictingChanges, vary.span, message);
            let error = error.also(change.name_span, "the change");
            session.problems.push(error.help("leave one of them out, or vary it `by` so many per cent of what it is"));
            failed = true;
        }
    }
    if failed { Err(Exit::Failed) } else { Ok(()) }
}
