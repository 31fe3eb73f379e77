//! Which changes are made in which runs, and the plans of these.
//!
//! Input: the choices and the design. Output: for each combination of changes that a run makes, its plans. A change that
//! can't be made, or that does nothing, is an error.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::choices::Choices;
use super::inputs::{Drawn, Input, Inputs, draw, wider};
use super::template::{Draws, Templates};
use crate::cli::Exit;
use crate::cli::session::{Session, Step};
use crate::compile::varied::{VariedLine, plan_varied};
use crate::compile::{Setting, Spread, Varied};
use crate::diag::{Code, Diagnostic, Problems, Severity};
use crate::eval::engine::sweep::in_order;
use crate::plan::{Plan, content};
use crate::sensitivity::design::Design;
use crate::sensitivity::spread::one_of;

/// What the plans of runs are made of.
pub struct Setup {
    /// What is chosen.
    pub choices: Choices,
    /// What varies.
    pub inputs: Inputs,
    /// The parameters that are set for all runs.
    pub settings: Vec<Setting>,
    /// The lines that vary.
    pub lines: Vec<VariedLine>,
    /// The names of the values that vary, as parameters of the plans.
    pub names: Vec<String>,
}

/// The runs that make the same changes.
pub struct Combo {
    /// Which changes are made.
    pub applied: Vec<bool>,
    /// The runs; one more than the design has is the scheme as it stands.
    pub runs: Vec<usize>,
    /// For each run, what is drawn.
    pub draws: Vec<Draws>,
    /// Their plans.
    pub templates: Templates,
    /// Plans that together differ in all in which any two runs do.
    pub standing: Vec<Plan>,
}

impl Setup {
    /// What the plans are made of.
    pub fn new(choices: Choices, inputs: Inputs, settings: Vec<Setting>) -> Self {
        let line = |vary: &crate::compile::Vary| match &vary.what {
            Varied::Line(scale, key) => {
                Some(VariedLine { name: Arc::clone(&vary.name), scale: Arc::clone(scale), key: key.clone() })
            }
            _ => None,
        };
        let lines = inputs.varies.iter().filter_map(line).collect();
        let names = inputs.values().map(|(_, vary)| vary.name.to_string()).collect();
        Self { choices, inputs, settings, lines, names }
    }

    /// The plan with these changes and draws.
    pub fn compile(&self, applied: &[bool], draws: &Draws, problems: &mut Problems) -> Option<Plan> {
        let drawn = self.names.iter().zip(draws).filter_map(|(name, drawn)| Some(drawn.as_ref()?.setting(name)));
        let settings: Vec<Setting> = self.settings.iter().cloned().chain(drawn).collect();
        plan_varied(&self.choices.chain, applied, &self.lines, &settings, problems)
    }

    fn plan(&self, applied: &[bool]) -> Option<Plan> {
        self.compile(applied, &Vec::new(), &mut Problems::new())
    }

    /// The marks of the scheme as it stands, with other changes of the groups made.
    fn applied(&self, levels: &[(usize, usize)]) -> Vec<bool> {
        let mut applied = self.choices.stands.clone();
        for (group, level) in levels {
            let Some(group) = self.choices.groups.get(*group) else { continue };
            for (member, made) in group.members.iter().zip(group.levels.get(*level).into_iter().flatten()) {
                self.choices.make(*member, *made, &mut applied);
            }
        }
        applied
    }

    /// What values that vary are in a plan without draws.
    pub fn stands(&self, plan: &Plan) -> Draws {
        let param = |name: &String| plan.params.iter().find(|param| *param.name == **name);
        let drawn = |name| param(name).map(|param| Drawn { value: param.value.clone(), ty: param.ty.base.clone() });
        self.names.iter().map(drawn).collect()
    }

    /// Refuses changes that can't be made by themselves, and those that do nothing.
    pub fn check_changes(&self, session: &mut Session) -> Step<()> {
        let off: Vec<(usize, usize)> = (0..self.choices.groups.len()).map(|group| (group, 0)).collect();
        let without = self.applied(&off);
        let base = self.plan(&without);
        let mut failed = false;
        for (at, vary) in self.inputs.varies.iter().enumerate() {
            if self.choices.changes.get(at).is_none_or(Vec::is_empty) {
                continue;
            }
            let mut with = without.clone();
            self.choices.make(at, true, &mut with);
            let mut problems = Problems::new();
            let plan = self.compile(&with, &Vec::new(), &mut problems);
            let error = match (&plan, &base) {
                (None, Some(_)) => self.cannot(&[at], &problems),
                (Some(plan), Some(base)) if content::same(plan, base) => {
                    let message = format!("the change {} does nothing here", vary.name);
                    let error = Diagnostic::error(Code::IdleChange, vary.span, message);
                    error.help("the results are the same with and without it: leave it out, or name another change")
                }
                _ => continue,
            };
            session.problems.push(error);
            failed = true;
        }
        if failed { Err(Exit::Failed) } else { Ok(()) }
    }

    /// The error of changes that can't be made together, with what goes wrong first.
    fn cannot(&self, made: &[usize], problems: &Problems) -> Diagnostic {
        let varies: Vec<_> = made.iter().filter_map(|&at| self.inputs.varies.get(at)).collect();
        let names: Vec<&str> = varies.iter().map(|vary| &*vary.name).collect();
        let span = varies.last().map(|vary| vary.span).unwrap_or_default();
        let message = match names.as_slice() {
            [] => "the scheme without the changes that vary doesn't compile".to_owned(),
            [one] => format!("the change {one} can't be made here"),
            [rest @ .., last] => format!("{} and {last} can't be made together", rest.join(", ")),
        };
        let mut error = Diagnostic::error(Code::ConflictingChanges, span, message);
        let first = problems.iter().find(|found| found.severity == Severity::Error);
        if let Some((place, found)) = first.and_then(|found| Some((found.place()?.clone(), found))) {
            error = error.also(place, found.message.clone());
        }
        match names.as_slice() {
            [a, .., b] => error.help(format!("say so, and they never are: `exclude {a} with {b}`")),
            _ => error.help("leave it out, or mend the change"),
        }
    }

    /// The combinations of changes that the design's runs make, and their plans.
    pub fn combos(&self, session: &mut Session, design: &Design, threads: usize) -> Step<Vec<Combo>> {
        let mut runs: BTreeMap<Vec<(usize, usize)>, Vec<usize>> = BTreeMap::new();
        for run in 0..design.runs() {
            let level = |(input, group): (usize, &super::choices::Group)| {
                let at = one_of(group.levels.len() as u64, design.coordinate(run, input));
                usize::try_from(at).unwrap_or(0)
            };
            let levels = self.inputs.choices(&self.choices).map(level).enumerate().collect::<Vec<_>>();
            runs.entry(levels).or_default().push(run);
        }
        let mut by_marks: BTreeMap<Vec<bool>, Vec<usize>> =
            runs.into_iter().map(|(levels, runs)| (self.applied(&self.groups(&levels)), runs)).collect();
        // The scheme as it stands is one more run.
        by_marks.entry(self.choices.stands.clone()).or_default().push(design.runs());
        let list: Vec<(Vec<bool>, Vec<usize>)> = by_marks.into_iter().collect();
        let make = |at: usize| list.get(at).map(|(applied, runs)| self.combo(design, applied, runs));
        let (mut combos, mut failed) = (Vec::new(), Vec::new());
        in_order(list.len(), threads, &make, &mut |_, made| {
            match made {
                Some(Ok(combo)) => combos.push(combo),
                Some(Err(trouble)) => failed.push(trouble),
                None => {}
            }
            ControlFlow::Continue(())
        });
        match failed.into_iter().min_by_key(|trouble| trouble.made.len()) {
            None => Ok(combos),
            Some(trouble) => {
                let error = match &trouble.draws {
                    None => self.cannot(&trouble.made, &trouble.problems),
                    Some(draws) => self.undrawable(session, draws, &trouble),
                };
                session.fail(error)
            }
        }
    }

    /// The levels of inputs as levels of groups.
    fn groups(&self, levels: &[(usize, usize)]) -> Vec<(usize, usize)> {
        let groups = self.inputs.list.iter().filter_map(|input| match input {
            Input::Choice(group) => Some(*group),
            Input::Value(_) => None,
        });
        groups.zip(levels).map(|(group, (_, level))| (group, *level)).collect()
    }

    fn undrawable(&self, session: &mut Session, draws: &Draws, trouble: &Trouble) -> Diagnostic {
        let span = session.argument("--samples", &self.shown(draws, &trouble.made));
        let first = trouble.problems.iter().find(|found| found.severity == Severity::Error).cloned();
        match first {
            Some(first) => first.also(span, "with these draws"),
            None => Diagnostic::error(Code::Usage, span, "a draw has too many digits").help("round it to fewer places"),
        }
    }

    /// Draws and changes in words.
    pub fn shown(&self, draws: &Draws, made: &[usize]) -> String {
        let values = self.names.iter().zip(draws).filter_map(|(name, drawn)| {
            let drawn = drawn.as_ref()?;
            Some(format!("{name}={}", drawn.value.format(&drawn.ty)))
        });
        let made = made.iter().filter_map(|&at| Some(format!("{} on", self.inputs.varies.get(at)?.name)));
        values.chain(made).collect::<Vec<_>>().join(", ")
    }

    /// Which of the changes that vary are made.
    pub fn made(&self, applied: &[bool]) -> Vec<usize> {
        let is_made = |at: &usize| self.choices.is_made(*at, applied);
        (0..self.inputs.varies.len()).filter(is_made).collect()
    }

    fn combo(&self, design: &Design, applied: &[bool], runs: &[usize]) -> Result<Combo, Trouble> {
        let trouble = |draws: Option<Draws>| {
            let mut problems = Problems::new();
            self.compile(applied, draws.as_ref().unwrap_or(&Vec::new()), &mut problems);
            Trouble { made: self.made(applied), draws, problems }
        };
        let base = self.plan(applied).ok_or_else(|| trouble(None))?;
        let stands = self.stands(&base);
        let mut draws = Vec::with_capacity(runs.len());
        for &run in runs {
            let all: Vec<Result<Option<Drawn>, ()>> = self
                .inputs
                .values()
                .zip(&stands)
                .map(|((input, vary), stands)| {
                    let Some(stands) = stands else { return Ok(None) };
                    if run == design.runs() {
                        return Ok(Some(stands.clone()));
                    }
                    drawn(&vary.spread, design.coordinate(run, input), stands).map(Some).ok_or(())
                })
                .collect();
            let all: Result<Draws, ()> = all.into_iter().collect();
            draws.push(all.map_err(|()| trouble(Some(stands.clone())))?);
        }
        let compile = |draws: &Draws| self.compile(applied, draws, &mut Problems::new());
        let templates = Templates::new(&self.names, &draws, &compile).map_err(|draws| trouble(Some(draws)))?;
        let standing = templates.standing_for(&draws);
        let standing =
            standing.into_iter().map(|draws| templates.plan(draws).ok_or_else(|| trouble(Some(draws.clone()))));
        let standing = standing.collect::<Result<Vec<Plan>, Trouble>>()?;
        Ok(Combo { applied: applied.to_vec(), runs: runs.to_vec(), draws, templates, standing })
    }
}

/// A draw with at least the places that the value has which it stands for.
fn drawn(spread: &Spread, part: f64, stands: &Drawn) -> Option<Drawn> {
    let found = draw(spread, part, stands)?;
    let wider = wider(&found, &stands.ty);
    Some(wider.unwrap_or(found))
}

/// Why a combination has no plans.
struct Trouble {
    made: Vec<usize>,
    draws: Option<Draws>,
    problems: Problems,
}
