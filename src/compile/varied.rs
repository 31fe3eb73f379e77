//! Schemes on their way between choices: some changes made and others not, the lines of scales that vary as parameters.
//!
//! Input: a chain, which of its changes are made, the settings. Output: a plan, in which each line that varies has become
//! a parameter of the line's name, with its points as the value: settings set it like any other.

use std::sync::Arc;

use super::{Setting, lower_scheme};
use crate::diag::Problems;
use crate::plan::Plan;
use crate::resolve::overlay::{Applied, Chain};
use crate::resolve::{self, Kind};
use crate::source::Spanned;
use crate::syntax::ast::{Expr, ExprKind, File, Item, ItemKind, LineKey, Param};
use crate::types;
use crate::types::vary::line_of;

/// A line of a scale that becomes a parameter.
#[derive(Debug, Clone)]
pub struct VariedLine {
    /// The parameter's name: `level("president")`.
    pub name: Arc<str>,
    /// The scale.
    pub scale: Arc<str>,
    /// A word or range of the line.
    pub key: LineKey,
}

/// The plan of a scheme to which only some of its changes are applied, without what it claims of results. Lines that it
/// hasn't, or whose points are a parameter already, stay as they are; so do settings of parameters that it hasn't.
pub fn plan_varied(
    chain: &Chain,
    applied: &[bool],
    lines: &[VariedLine],
    settings: &[Setting],
    problems: &mut Problems,
) -> Option<Plan> {
    let mut tree = chain.merge(Applied::Some(applied), problems);
    if problems.has_errors() {
        return None;
    }
    lines.iter().for_each(|line| turn(&mut tree, line));
    let resolved = resolve::resolve(tree, problems);
    let known = |setting: &&Setting| resolved.find(&setting.name, Kind::Param).is_some();
    let settings: Vec<Setting> = settings.iter().filter(known).cloned().collect();
    let checked = types::check(&resolved, &settings, problems)?;
    (!problems.has_errors()).then(|| lower_scheme(&checked.scheme))
}

/// Makes a parameter of a line's points.
fn turn(tree: &mut File, line: &VariedLine) {
    let scales = tree.items.iter_mut().filter_map(|item| match &mut item.kind {
        ItemKind::Scale(scale) if *scale.name.node == *line.scale => Some(scale),
        _ => None,
    });
    let entry = scales.into_iter().find_map(|scale| {
        let at = line_of(scale, &line.key)?;
        scale.entries.get_mut(at)
    });
    let Some(entry) = entry else { return };
    let span = entry.result_span;
    let Some(points) = entry.result.take_if(|result| !matches!(result.kind, ExprKind::Name(_))) else { return };
    entry.result = Some(Expr { kind: ExprKind::Name(Arc::clone(&line.name)), span });
    let name = Spanned::new(Arc::clone(&line.name), span);
    let param = Param { name, value: points, domain: None, title: None };
    tree.items.push(Item { doc: Vec::new(), kind: ItemKind::Param(param), span });
}
