//! The whole compiler as one call: text of a scheme in, plan out.

use std::sync::Arc;

use crate::diag::Problems;
use crate::plan::lower::lower_scheme;
use crate::plan::{Expr, Plan};
use crate::resolve;
use crate::source::{FileId, Sources, Spanned};
use crate::syntax::ast::Name;
pub use crate::types::claims::{Expect, ExpectKind, ExpectedCell, Given, Setting, Test};
use crate::types::{Checked, tree};
use crate::{syntax, types};

/// A compiled scheme: the plan, and what the command line needs besides.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The plan.
    pub plan: Plan,
    /// The head.
    pub header: Header,
    /// The tests, in order.
    pub tests: Vec<Test>,
    /// The expectations on the scheme's own data, in order.
    pub expects: Vec<Expect>,
    /// The typed tree.
    pub typed: tree::Scheme,
    /// The tree that was checked: what the scheme says, in its own words.
    pub resolved: resolve::Scheme,
}

/// What a scheme says of itself.
#[derive(Debug, Clone, Default)]
pub struct Header {
    /// Its name.
    pub name: Arc<str>,
    /// Its title; may be empty.
    pub title: Arc<str>,
    /// Its version; may be empty.
    pub version: Arc<str>,
    /// Its authors.
    pub authors: Vec<Arc<str>>,
    /// What it cites.
    pub cites: Vec<Arc<str>>,
    /// The folder of its data, relative to the scheme's file.
    pub data: Option<Spanned<Arc<str>>>,
}

/// Compiles a scheme with these settings of its parameters. Without a result there is an error among the problems;
/// with one there may still be warnings.
pub fn compile(sources: &Sources, file: FileId, settings: &[Setting], problems: &mut Problems) -> Option<Compiled> {
    let source = sources.get(file)?;
    let tree = syntax::parse_file(file, &source.text, problems);
    // Where an item couldn't be read, what uses it would look wrong too: names and types wait until all can be.
    if problems.has_errors() {
        return None;
    }
    let resolved = resolve::resolve(tree, problems);
    let Checked { scheme, mut tests, mut expects } = types::check(&resolved, settings, problems)?;
    let plan = lower_scheme(&scheme);
    for expect in tests.iter_mut().flat_map(|test| &mut test.expects).chain(&mut expects) {
        expect.place(&plan);
    }
    let text = |name: &Option<Name>| name.as_ref().map_or("".into(), |name| Arc::clone(&name.node));
    let header = Header {
        name: text(&resolved.name),
        title: text(&resolved.title),
        version: text(&resolved.version),
        authors: resolved.authors.iter().map(|name| Arc::clone(&name.node)).collect(),
        cites: resolved.cites.iter().map(|name| Arc::clone(&name.node)).collect(),
        data: resolved.data.clone(),
    };
    Some(Compiled { plan, header, tests, expects, typed: scheme, resolved })
}

impl Expect {
    /// Turns the index's number among those declared into its place in the plan.
    fn place(&mut self, plan: &Plan) {
        if let ExpectKind::Cells { index, .. } | ExpectKind::File { index, .. } = &mut self.kind {
            *index = plan.declared.get(*index).copied().unwrap_or(*index);
        }
    }
}

/// Compiles a condition on the cells of an index, as `--where` takes it: names are its dimensions, `value` its value.
pub fn compile_filter(
    compiled: &Compiled,
    index: usize,
    sources: &Sources,
    file: FileId,
    problems: &mut Problems,
) -> Option<Expr> {
    let source = sources.get(file)?;
    let tree = syntax::parse_expr(file, &source.text, problems)?;
    let index = compiled.plan.indices.get(index)?;
    let typed = types::check_filter(&tree, &index.dims, &index.ty, &compiled.plan.params, problems)?;
    Some(crate::plan::lower::lower_filter(&typed, &compiled.plan))
}
