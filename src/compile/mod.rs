//! The whole compiler as one call: text of a scheme and of those that it extends in, plan out.

mod changes;
mod taken;
pub mod varied;

use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Problems, Severity};
use crate::plan::lower::lower_scheme;
use crate::plan::{Expr, Plan};
use crate::resolve::Kind;
use crate::resolve::overlay::{self, Applied, Chain, Head, MAX_LAYERS};
use crate::source::{FileId, Sources, Span, Spanned};
use crate::syntax::ast::{File, Name};
pub use crate::types::claims::{Expect, ExpectKind, ExpectedCell, Given, Setting, Test};
use crate::types::vary::check_varies;
pub use crate::types::vary::{Shape, Spread, Varied, Vary};
use crate::types::{Checked, tree};
use crate::{resolve, syntax, types};

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
    /// What the schemes say of themselves that this one extends, the nearest first.
    pub extends: Vec<Header>,
    /// The files of the scheme, and its changes.
    pub chain: Arc<Chain>,
    /// The parameters that are set for it.
    pub settings: Vec<Setting>,
    /// What varies in a sensitivity analysis, in the order of the scheme.
    pub varies: Vec<Vary>,
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
    /// The folder of its data, relative to the file that names it.
    pub data: Option<Spanned<Arc<str>>>,
}

/// Reads the file that another one extends: the texts, the file that says so, and how it names the other.
pub type Open<'a> = dyn FnMut(&mut Sources, FileId, &Name) -> Result<FileId, Diagnostic> + 'a;

/// Parses a scheme's file and those that it extends. Without a result there is an error among the problems.
pub fn load(sources: &mut Sources, file: FileId, open: &mut Open<'_>, problems: &mut Problems) -> Option<Chain> {
    let mut files: Vec<(FileId, File)> = Vec::new();
    let mut next = Some((file, None));
    while let Some((file, named)) = next.take() {
        let text = Arc::clone(&sources.get(file)?.text);
        let mut found = Problems::new();
        let tree = syntax::parse_file(file, &text, &mut found);
        problems.extend(named.map_or_else(|| found.clone(), |named| said(&found, named)));
        if let Some(named) = overlay::extends(&tree) {
            match open(sources, file, named) {
                Ok(base) => next = follow(&files, file, base, named, problems).map(|base| (base, Some(named.span))),
                Err(error) => problems.push(error),
            }
        }
        files.push((file, tree));
    }
    // Where an item couldn't be read, what uses it would look wrong too: names and types wait until all can be.
    if problems.has_errors() {
        return None;
    }
    let mut chain = Chain::default();
    files.into_iter().rev().for_each(|(file, tree)| chain.push(file, tree, problems));
    for pair in chain.layers().windows(2) {
        let [base, over] = pair else { continue };
        if let (None, Some(named)) = (&base.head.name, &over.head.extends) {
            let message = format!("`{}` doesn't say which scheme it is", named.node);
            let found = Diagnostic::error(Code::MissingScheme, named.span, message);
            problems.push(found.help("name the file of a scheme: it begins with `scheme name \"Title\"`"));
        }
    }
    (!problems.has_errors()).then_some(chain)
}

/// What is wrong with a file that is extended; the first error says who named the file, which may be the wrong one.
fn said(found: &Problems, named: Span) -> Problems {
    let mut said = Problems::new();
    let mut first = true;
    for problem in found.iter() {
        let tells = problem.severity == Severity::Error && std::mem::take(&mut first);
        said.push(if tells { problem.clone().also(named, "extended here") } else { problem.clone() });
    }
    said
}

/// The next file of a chain, unless it is there already or there are too many.
fn follow(
    files: &[(FileId, File)],
    file: FileId,
    base: FileId,
    named: &Name,
    problems: &mut Problems,
) -> Option<FileId> {
    let complete = "name the scheme that is changed, which is complete without this one";
    let (message, help) = if base == file {
        (format!("`{}` is this file: a scheme can't extend itself", named.node), complete)
    } else if files.iter().any(|(other, _)| *other == base) {
        (format!("`{}` extends this scheme in turn", named.node), complete)
    } else if files.len() + 1 >= MAX_LAYERS {
        let message = format!("more than {MAX_LAYERS} files extend one another");
        (message, "write the changes of several files into one")
    } else {
        return Some(base);
    };
    let found = Diagnostic::error(Code::CircularExtends, named.span, message);
    problems.push(found.help(help));
    None
}

/// Compiles a scheme that extends no other, with these settings of its parameters. Without a result there is an error
/// among the problems; with one there may still be warnings.
pub fn compile(sources: &Sources, file: FileId, settings: &[Setting], problems: &mut Problems) -> Option<Compiled> {
    let mut open = |_: &mut Sources, _, named: &Name| {
        Err(Diagnostic::error(Code::UnreadableFile, named.span, "no other file can be read here"))
    };
    let chain = load(&mut sources.clone(), file, &mut open, problems)?;
    compile_chain(&Arc::new(chain), settings, problems)
}

/// Compiles a scheme with those that it extends. Without a result there is an error among the problems; with one there
/// may still be warnings.
pub fn compile_chain(chain: &Arc<Chain>, settings: &[Setting], problems: &mut Problems) -> Option<Compiled> {
    let mut found = Problems::new();
    let compiled = compile_merged(chain, settings, &mut found);
    // What the command line sets may cover a change, which isn't idle for that.
    if let Some(compiled) = compiled.as_ref().filter(|_| settings.is_empty()) {
        changes::warn(chain, &compiled.plan, &mut found);
    }
    problems.extend(changes::blamed(chain, settings, found));
    compiled
}

fn compile_merged(chain: &Arc<Chain>, settings: &[Setting], problems: &mut Problems) -> Option<Compiled> {
    let tree = chain.merge(Applied::All, problems);
    if problems.has_errors() {
        return None;
    }
    let resolved = resolve::resolve(tree, problems);
    let Checked { scheme, mut tests, mut expects } = types::check(&resolved, settings, problems)?;
    let varies = check_varies(&resolved, &scheme.params, &chain.varies(), problems);
    let plan = lower_scheme(&scheme);
    for expect in tests.iter_mut().flat_map(|test| &mut test.expects).chain(&mut expects) {
        expect.place(&plan);
    }
    let mut headers = chain.layers().iter().rev().map(|layer| Header::of(&layer.head));
    let header = Header { data: resolved.data, ..headers.next().unwrap_or_default() };
    let extends = headers.collect();
    let (chain, settings) = (Arc::clone(chain), settings.to_vec());
    Some(Compiled { plan, header, extends, tests, expects, typed: scheme, chain, settings, varies })
}

/// The plan of a scheme to which only some of its changes are applied; none if it doesn't compile. Settings count where
/// their parameters are there.
pub fn plan_of(chain: &Chain, applied: &[bool], settings: &[Setting]) -> Option<Plan> {
    let mut problems = Problems::new();
    let tree = chain.merge(Applied::Some(applied), &mut problems);
    if problems.has_errors() {
        return None;
    }
    let resolved = resolve::resolve(tree, &mut problems);
    let known = |setting: &&Setting| resolved.find(&setting.name, Kind::Param).is_some();
    let settings: Vec<Setting> = settings.iter().filter(known).cloned().collect();
    types::check(&resolved, &settings, &mut problems).map(|checked| lower_scheme(&checked.scheme))
}

impl Header {
    fn of(head: &Head) -> Self {
        let text = |name: &Option<Name>| name.as_ref().map_or("".into(), |name| Arc::clone(&name.node));
        Self {
            name: text(&head.name),
            title: text(&head.title),
            version: text(&head.version),
            authors: head.authors.iter().map(|name| Arc::clone(&name.node)).collect(),
            cites: head.cites.iter().map(|name| Arc::clone(&name.node)).collect(),
            data: None,
        }
    }
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
