//! One run over a scheme, or over several in turn: the texts, what was found wrong so far, and where data came from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::origin::{Origin, Part};
use super::timings::Timings;
use super::{Exit, Terminal, render};
use crate::compile::{self, Compiled, Setting, compile_chain};
use crate::data::{self, Bound, Own, bytes, under_root};
use crate::diag::nearest::suggest;
use crate::diag::{Code, DataPlace, Diagnostic, Place, Problems, Severity};
use crate::resolve::overlay::Chain;
use crate::source::{FileId, Sources, Span};
use crate::syntax::ast::Name;
use crate::value::schema::Format;

/// A step of a run; what it could not do, or found, stands among the session's problems.
pub type Step<T> = Result<T, Exit>;

/// No scheme is longer than this, in bytes.
const LONGEST_SCHEME: usize = 16 << 20;

/// One run over a scheme, or over several in turn.
#[derive(Debug, Default)]
pub struct Session {
    /// The texts: the schemes, and what was written on the command line.
    pub sources: Sources,
    /// What was found wrong so far.
    pub problems: Problems,
    /// The folder that nothing named by the scheme may leave.
    pub root: PathBuf,
    /// The file of the scheme that is looked at.
    pub scheme: PathBuf,
    /// The files of the scheme and of those that it extends.
    paths: BTreeMap<FileId, PathBuf>,
    /// How long its stages take.
    pub timings: Timings,
    /// The files of data, by their names, to show the lines of errors.
    files: BTreeMap<Arc<str>, (PathBuf, Format)>,
}

impl Session {
    /// A run over the scheme at a path.
    pub fn new(scheme: &Path, root: &Path) -> Self {
        Self { root: root.to_owned(), scheme: scheme.to_owned(), ..Self::default() }
    }

    /// Lets the steps that follow be about another scheme of the same run.
    pub fn turn_to(&mut self, scheme: &Path) {
        scheme.clone_into(&mut self.scheme);
    }

    /// Reads the scheme.
    pub fn read_scheme(&mut self) -> Step<FileId> {
        let path = self.scheme.clone();
        read_once(&path, &mut self.sources, &mut self.paths).or_else(|error| self.fail(error))
    }

    /// The path of a file of the scheme.
    pub fn path_of(&self, file: FileId) -> &Path {
        self.paths.get(&file).unwrap_or(&self.scheme)
    }

    /// The paths of the scheme's file and of those that it extends, as far as they were read.
    pub fn scheme_paths(&self) -> impl Iterator<Item = &Path> {
        self.paths.values().map(PathBuf::as_path)
    }

    /// What the scheme says of its own data.
    pub fn own<'a>(&'a self, compiled: &'a Compiled) -> Own<'a> {
        let data = compiled.header.data.as_ref();
        let scheme = data.map_or(&*self.scheme, |data| self.path_of(data.span.file));
        Own { scheme, root: &self.root, data: data.map(|data| (&*data.node, data.span)) }
    }

    /// Compiles the scheme. Its warnings stay among the problems.
    pub fn compile(&mut self, file: FileId) -> Step<Compiled> {
        self.compile_with(file, &[])
    }

    /// Compiles the scheme with parameters that the command line sets.
    pub fn compile_set(&mut self, file: FileId, settings: &[Setting]) -> Step<Compiled> {
        let schemes = [(self.scheme.clone(), file)];
        self.compile_all(&schemes, settings)?.pop().ok_or(Exit::Failed)
    }

    /// Reads and compiles several schemes, all of them before the first that doesn't compile ends the run. A parameter is
    /// set in each scheme that has it, and one must. A file that is given twice is read once.
    pub fn compile_several(&mut self, paths: &[PathBuf], settings: &[Setting]) -> Step<Vec<Compiled>> {
        let mut schemes: Vec<(PathBuf, FileId)> = Vec::new();
        for path in paths {
            let known = schemes.iter().find(|(known, _)| known == path).map(|(_, file)| *file);
            self.turn_to(path);
            let file = match known {
                Some(file) => Ok(file),
                None => self.read_scheme(),
            };
            if let Ok(file) = file {
                schemes.push((path.clone(), file));
            }
        }
        if schemes.len() < paths.len() {
            return Err(Exit::Failed);
        }
        self.compile_all(&schemes, settings)
    }

    fn compile_all(&mut self, schemes: &[(PathBuf, FileId)], settings: &[Setting]) -> Step<Vec<Compiled>> {
        let compiled = self.each(schemes, |session, _, file| session.compile(file))?;
        if settings.is_empty() {
            return Ok(compiled);
        }
        let origin = Origin::Option("--set");
        self.check_repeated(settings, origin)?;
        self.check_known(settings, &compiled, origin)?;
        self.each(schemes, |session, at, file| {
            let has = |setting: &&Setting| compiled.get(at).is_some_and(|compiled| has_param(compiled, setting));
            let own: Vec<Setting> = settings.iter().filter(has).cloned().collect();
            let before = session.problems.len();
            let compiled = session.compile_with(file, &own);
            if compiled.is_err() {
                session.show_settings(&own, before, origin);
            }
            compiled
        })
    }

    /// Compiles a scheme, which compiles as it is, with settings.
    pub fn compile_setting(&mut self, compiled: &Compiled, settings: &[Setting], origin: Origin<'_>) -> Step<Compiled> {
        let (mut problems, before) = (Problems::new(), self.problems.len());
        let set = compile_chain(&compiled.chain, settings, &mut problems).filter(|_| !problems.has_errors());
        self.problems.extend(problems);
        if set.is_none() {
            self.show_settings(settings, before, origin);
        }
        set.ok_or(Exit::Failed)
    }

    /// Does something with each scheme, also with those behind one that fails.
    fn each(
        &mut self,
        schemes: &[(PathBuf, FileId)],
        mut compile: impl FnMut(&mut Self, usize, FileId) -> Step<Compiled>,
    ) -> Step<Vec<Compiled>> {
        let mut done = Vec::new();
        for (at, (path, file)) in schemes.iter().enumerate() {
            self.turn_to(path);
            done.push(compile(self, at, *file));
        }
        done.into_iter().collect()
    }

    /// The compiler doesn't know where a setting was written: names are looked at here, where they can be shown.
    pub fn check_known(&mut self, settings: &[Setting], compiled: &[Compiled], origin: Origin<'_>) -> Step<()> {
        let mut names: Vec<&str> = Vec::new();
        for param in compiled.iter().flat_map(|compiled| &compiled.plan.params) {
            if !names.contains(&&*param.name) {
                names.push(&param.name);
            }
        }
        let mut known = true;
        for setting in settings.iter().filter(|setting| !names.contains(&&*setting.name)) {
            let place = origin.place(self, setting, Part::Name);
            let whose = if compiled.len() > 1 { "none of the schemes has a" } else { "the scheme has no" };
            let message = format!("{whose} parameter `{}`", setting.name);
            let mut error = Diagnostic::error(Code::UnknownParam, place, message);
            error.help = suggest(&setting.name, "the parameters are", names.iter().copied());
            self.problems.push(error);
            known = false;
        }
        if known { Ok(()) } else { Err(Exit::Failed) }
    }

    /// A parameter has one value: of two settings neither is taken silently.
    pub fn check_repeated(&mut self, settings: &[Setting], origin: Origin<'_>) -> Step<()> {
        let twice = |at: usize, name: &Arc<str>| settings.iter().take(at).any(|earlier| earlier.name == *name);
        match settings.iter().enumerate().find(|(at, setting)| twice(*at, &setting.name)) {
            Some((_, setting)) => {
                let place = origin.place(self, setting, Part::Whole);
                let message = format!("the parameter `{}` is set twice", setting.name);
                self.fail(Diagnostic::error(Code::Usage, place, message).help("set it once"))
            }
            None => Ok(()),
        }
    }

    /// The scheme compiles without its settings. What is wrong with one of them is shown where it is written, and what
    /// follows from that is left out.
    fn show_settings(&mut self, settings: &[Setting], before: usize, origin: Origin<'_>) {
        let known = std::mem::take(&mut self.problems);
        let (mut kept, mut wrong, mut others) = (Problems::new(), Problems::new(), Problems::new());
        for (at, found) in known.iter().enumerate() {
            let setting = settings.iter().find(|setting| is_of(found, setting)).filter(|_| at >= before);
            match setting {
                Some(setting) => wrong.push(self.of_setting(found, setting, origin)),
                None if at < before || found.severity == Severity::Warning => kept.push(found.clone()),
                None => others.push(found.clone()),
            }
        }
        kept.extend(if wrong.is_empty() { others } else { wrong });
        self.problems = kept;
    }

    fn of_setting(&mut self, found: &Diagnostic, setting: &Setting, origin: Origin<'_>) -> Diagnostic {
        let place = origin.place(self, setting, Part::Value);
        let mut shown = Diagnostic::error(found.code, place, found.message.clone());
        shown.help = found.help.as_deref().map(|help| origin.help(help, setting));
        let Some(Place::Text(declared)) = found.place().filter(|_| found.code == Code::OutOfRange) else {
            return shown;
        };
        let range = self.sources.slice(*declared);
        let words = match range.split_once("..") {
            Some((low, high)) => format!("from `{}` to `{}`", low.trim(), high.trim()),
            None => format!("one of {}", range.trim_matches(['(', ')'])),
        };
        shown.also(*declared, "what it can be").help(format!("it can be {words}"))
    }

    fn compile_with(&mut self, file: FileId, settings: &[Setting]) -> Step<Compiled> {
        // What is wrong with another scheme doesn't keep this one from being looked at.
        let mut problems = Problems::new();
        let compiled = self.load(file, &mut problems).and_then(|chain| compile_chain(&chain, settings, &mut problems));
        if compiled.is_none() && !problems.has_errors() {
            // Nobody should ever be left without a reason, not even by a bug.
            let place = DataPlace::file(&Bound::new(&self.scheme).name);
            let message = "the scheme doesn't compile, and no reason is given: this is a bug of the program";
            problems.push(Diagnostic::error(Code::Usage, place, message));
        }
        let compiled = compiled.filter(|_| !problems.has_errors());
        self.problems.extend(problems);
        compiled.ok_or(Exit::Failed)
    }

    /// Parses the scheme and those that it extends.
    fn load(&mut self, file: FileId, problems: &mut Problems) -> Option<Arc<Chain>> {
        let Self { sources, root, scheme, paths, .. } = self;
        let mut open = |sources: &mut Sources, from: FileId, named: &Name| {
            let path = under_root(root, paths.get(&from).unwrap_or(scheme), &named.node, named.span)?;
            read_once(&path, sources, paths).map_err(|error| error.also(named.span, "named here"))
        };
        compile::load(sources, file, &mut open, problems).map(Arc::new)
    }

    /// The chain of another file that the scheme names.
    pub fn chain_named(&mut self, named: &Name) -> Step<Arc<Chain>> {
        let from = self.path_of(named.span.file).to_owned();
        let path = under_root(&self.root, &from, &named.node, named.span).or_else(|error| self.fail(error))?;
        let read = read_once(&path, &mut self.sources, &mut self.paths);
        let file = read.or_else(|error| self.fail(error.also(named.span, "named here")))?;
        let mut problems = Problems::new();
        let chain = self.load(file, &mut problems);
        self.problems.extend(problems);
        chain.ok_or(Exit::Failed)
    }

    /// Puts what was written on the command line among the texts, so that a diagnostic can show it.
    pub fn argument(&mut self, option: &str, written: &str) -> Span {
        let file = self.sources.add(option, written);
        Span::new(file, 0, written.len())
    }

    /// Ends the run with an error of the command line or of a file.
    pub fn fail<T>(&mut self, error: Diagnostic) -> Step<T> {
        self.problems.push(error);
        Err(Exit::Failed)
    }

    /// Remembers the file of an input.
    pub fn remember(&mut self, bound: &Bound, format: &Format) {
        let known = (bound.path.clone(), format.clone());
        self.files.entry(Arc::clone(&bound.name)).or_insert(known);
    }

    /// Prints the problems found so far, with the lines of data that they are about, and forgets them.
    pub fn report(&mut self, terminal: &mut Terminal<'_>) {
        let problems = std::mem::take(&mut self.problems);
        let problems = self.with_excerpts(&problems);
        // If standard error can't be written to there is nobody to tell.
        let _ = render::problems(problems, &self.sources, terminal.style, terminal.err);
        let _ = terminal.err.flush();
    }

    /// Ends a run: says what was found wrong, prints what was made, and says how long the stages took.
    pub fn end<T>(
        mut self,
        terminal: &mut Terminal<'_>,
        made: Step<T>,
        print: impl FnOnce(&T, &mut Terminal<'_>) -> Result<(), Diagnostic>,
    ) -> Exit {
        let done = made.and_then(|made| {
            // Warnings come before the result.
            self.report(terminal);
            let printed = print(&made, terminal);
            self.timings.done("print");
            printed.or_else(|error| self.fail(error))
        });
        self.report(terminal);
        // If standard error can't be written to there is nobody to tell.
        let _ = self.timings.write(terminal.err);
        done.map_or_else(|exit| exit, |()| Exit::Done)
    }

    /// The problems, each place of data with its line where that can be had.
    fn with_excerpts(&self, problems: &Problems) -> Problems {
        let mut list: Vec<Diagnostic> = problems.iter().cloned().collect();
        let mut wanted: BTreeMap<Arc<str>, Vec<(u32, Option<usize>)>> = BTreeMap::new();
        for place in list.iter_mut().flat_map(places) {
            if place.line > 0 && place.excerpt.is_none() && self.files.contains_key(&place.file) {
                wanted.entry(Arc::clone(&place.file)).or_default().push((place.line, place.field));
            }
        }
        let mut found = BTreeMap::new();
        for (name, wanted) in &wanted {
            let Some((path, format)) = self.files.get(name) else { continue };
            let excerpts = data::excerpts(path, name, format, wanted);
            found.extend(wanted.iter().zip(excerpts).map(|(at, excerpt)| ((Arc::clone(name), *at), excerpt)));
        }
        for place in list.iter_mut().flat_map(places).filter(|place| place.excerpt.is_none()) {
            let key = (Arc::clone(&place.file), (place.line, place.field));
            place.excerpt = found.get(&key).cloned().flatten();
        }
        let mut problems = Problems::new();
        list.into_iter().for_each(|diagnostic| problems.push(diagnostic));
        problems
    }
}

fn has_param(compiled: &Compiled, setting: &Setting) -> bool {
    compiled.plan.params.iter().any(|param| param.name == setting.name)
}

/// Whether a problem of the scheme is one of the value that a setting has.
fn is_of(found: &Diagnostic, setting: &Setting) -> bool {
    matches!(found.code, Code::OutOfRange | Code::WrongType)
        && found.message.contains(&format!("param `{}`", setting.name))
}

fn places(diagnostic: &mut Diagnostic) -> impl Iterator<Item = &mut DataPlace> {
    diagnostic.labels.iter_mut().filter_map(|label| match &mut label.place {
        Place::Data(place) => Some(place),
        Place::Text(_) => None,
    })
}

/// Puts the text of a scheme among the texts. A file that can be reached in two ways is read once.
fn read_once(path: &Path, sources: &mut Sources, paths: &mut BTreeMap<FileId, PathBuf>) -> Result<FileId, Diagnostic> {
    let real = path.canonicalize().ok();
    let same = |known: &Path| known == path || (real.is_some() && known.canonicalize().ok() == real);
    if let Some((file, _)) = paths.iter().find(|(_, known)| same(known)) {
        return Ok(*file);
    }
    let SchemeText { name, text, .. } = read_text(path)?;
    let file = sources.add(&name, &text);
    paths.insert(file, path.to_owned());
    Ok(file)
}

/// The text of a scheme as it was read.
pub struct SchemeText {
    /// The name that the user sees.
    pub name: Arc<str>,
    /// The text, without the byte order mark.
    pub text: String,
    /// Whether a byte order mark stood before it.
    pub marked: bool,
}

/// Reads the text of a scheme; `-` is standard input.
pub fn read_text(path: &Path) -> Result<SchemeText, Diagnostic> {
    let name = Bound::new(path).name;
    let error = |code, message: String| Diagnostic::error(code, DataPlace::file(&name), message);
    let mut bytes = bytes::open(&Bound::new(path))?.bytes;
    if bytes.len() > LONGEST_SCHEME {
        return Err(error(Code::TooLarge, format!("a scheme has at most {} MB", LONGEST_SCHEME >> 20)));
    }
    let marked = bytes.starts_with(&[0xef, 0xbb, 0xbf]);
    if marked {
        bytes.drain(..3);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(SchemeText { name, text, marked }),
        Err(bad) => {
            let before = bad.as_bytes().get(..bad.utf8_error().valid_up_to()).unwrap_or(&[]);
            let line = memchr::memchr_iter(b'\n', before).count() + 1;
            let place = DataPlace::line(&name, u32::try_from(line).unwrap_or(u32::MAX));
            Err(Diagnostic::error(Code::BadEncoding, place, "the scheme isn't UTF-8").help("save it as UTF-8"))
        }
    }
}
