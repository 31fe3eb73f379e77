//! Scores: their steps, and what can be named of a unit at the end.

use crate::data::{Input, Kind, Var};
use crate::expr::{Env, Num, Tools, literal};
use crate::rng::Rng;

/// A score: its block, and what indices have to know of it.
pub struct Score {
    /// Its name.
    pub name: String,
    /// The block of the scheme.
    pub block: String,
    /// What can be named of a unit.
    pub vars: Vec<Var>,
    /// The places of its value.
    pub places: u8,
    /// Whether its value may be missing.
    pub optional: bool,
    /// Whether its value is a real.
    pub real: bool,
}

/// A score while it is made.
struct Draft<'a> {
    env: Env<'a>,
    lines: Vec<String>,
    labels: usize,
    optional: bool,
    places: u8,
    /// Variables that were found to be known.
    narrowed: Vec<String>,
    /// Whether the value is known only because rows without one were dropped.
    narrowed_value: bool,
}

/// A score from an input.
pub fn score(rng: &mut Rng, name: &str, input: &Input, tools: &Tools) -> Score {
    let env = Env { vars: input.vars.clone(), value: None, tools };
    let mut draft = Draft {
        env,
        lines: Vec::new(),
        labels: 0,
        optional: false,
        places: 0,
        narrowed: Vec::new(),
        narrowed_value: false,
    };
    draft.lets(rng);
    for _ in 0..rng.below(if tools.trouble { 4 } else { 3 }) {
        draft.keep(rng);
    }
    let dated = input.vars.iter().any(|var| var.name == "stop");
    if dated && (input.name == "mission" || rng.chance(25)) {
        draft.every(rng, input);
        draft.lets(rng);
    }
    let real = rng.chance(4);
    if real {
        let number = draft.env.number(rng, 1);
        draft.step(&format!("value ln(abs({}) + 1)", number.text));
    } else {
        draft.value(rng);
        draft.change(rng);
    }
    if rng.chance(20) {
        draft.keep(rng);
    }
    if rng.chance(15) {
        draft.check(rng);
    }
    if input.vars.iter().any(|var| var.name == "id") && !real && rng.chance(75) {
        draft.absorb(rng);
        if rng.chance(40) {
            draft.lets(rng);
            draft.change(rng);
        }
        if rng.chance(25) {
            draft.absorb(rng);
        }
    }
    let block = format!("score {name} from {} {{\n{}\n}}\n\n", input.name, draft.lines.join("\n"));
    let Draft { mut env, places, optional, narrowed, .. } = draft;
    // Whether an index knows what a score has found out isn't the matter of this test.
    env.vars.retain(|var| !narrowed.contains(&var.name));
    Score { name: name.to_owned(), block, vars: env.vars, places, optional, real }
}

impl Draft<'_> {
    fn label(&mut self) -> String {
        self.labels += 1;
        format!("step{}", self.labels)
    }

    fn step(&mut self, text: &str) {
        let label = self.label();
        self.lines.push(format!("  {label}: {text}"));
    }

    fn lets(&mut self, rng: &mut Rng) {
        for _ in 0..rng.below(3) {
            let of_unit = rng.chance(60);
            let value = self.env.value.take();
            let env = self.env.only(|var| !of_unit || var.of_unit);
            let made = match rng.below(3) {
                0 => env.text(rng, 1).map(|text| {
                    let of_scale = text.contains("group(") || env.vars.iter().any(|var| var.kind == Kind::Group);
                    (text, if of_scale { Kind::Group } else { Kind::Text })
                }),
                1 => env.condition(rng, 1).map(|flag| (flag, Kind::Flag)),
                _ => {
                    let number = env.number(rng, 2);
                    Some((number.text, Kind::Number(number.places)))
                }
            };
            self.env.value = value;
            let Some((text, kind)) = made else { continue };
            let name = format!("let{}", self.lines.len());
            self.lines.push(format!("  let {name} = {text}"));
            self.env.vars.push(Var { name, kind, optional: false, of_unit });
        }
    }

    /// What is written behind a step that applies to some rows only; nothing mostly.
    fn when(&self, rng: &mut Rng) -> String {
        let asked = if rng.chance(35) { self.env.condition(rng, 1) } else { None };
        asked.map_or(String::new(), |condition| format!(" when {condition}"))
    }

    fn keep(&mut self, rng: &mut Rng) {
        let of_unit = rng.chance(40);
        let optional = self.env.var_names(|var| var.optional && (!of_unit || var.of_unit));
        if let Some(name) = rng.pick_of(optional)
            && rng.chance(40)
        {
            self.step(&format!("keep known({name})"));
            self.env.vars.iter_mut().filter(|var| var.name == name).for_each(|var| var.optional = false);
            self.narrowed.push(name);
            return;
        }
        let env = self.env.only(|var| !of_unit || var.of_unit);
        let Some(condition) = env.condition(rng, 1) else { return };
        let when = self.when(rng);
        self.step(&format!("keep {condition}{when}"));
    }

    fn every(&mut self, rng: &mut Rng, input: &Input) {
        let of = |name: &str| input.vars.iter().find(|var| var.name == name);
        let (Some(start), Some(stop)) = (of("start"), of("stop")) else { return };
        let from = if start.kind == Kind::Date { "start".to_owned() } else { "earliest(start)".to_owned() };
        let end = if stop.kind == Kind::Date { "stop".to_owned() } else { "latest(stop)".to_owned() };
        let optional = self.env.vars.iter().any(|var| var.name == "stop" && var.optional);
        let horizon = self.env.tools.horizon.as_deref().unwrap_or("2009-02-28");
        let end = if optional { format!("{end} else {horizon}") } else { end };
        let to = rng.pick(&["until", "to"]);
        let (period, open) = match rng.below(8) {
            0..=2 => ("year", *rng.pick(&["on 07-01", "on 02-29", "on 12-31"])),
            3 => ("year", *rng.pick(&["at any time", "all year", "at least 120 days"])),
            4 => ("month", *rng.pick(&["on day 15", "on day 31", "at any time", "all month"])),
            5 => ("quarter", *rng.pick(&["at any time", "all quarter", "at least 60 days"])),
            6 => ("week", *rng.pick(&["at any time", "all week", "at least 4 days"])),
            _ => ("year", "at any time"),
        };
        let rename = rng.chance(30);
        let name = if rename { format!("{period}_open") } else { period.to_owned() };
        let rename = if rename { format!(" as {name}") } else { String::new() };
        self.step(&format!("every {period}{rename} from {from} {to} {end}, open {open}"));
        self.env.vars.push(Var { name, kind: Kind::Period(period), optional: false, of_unit: false });
    }

    fn value(&mut self, rng: &mut Rng) {
        let ranked = self.env.tools.trouble && self.env.vars.iter().any(|var| var.name == "rank" && !var.optional);
        let number = if ranked && rng.chance(60) { Num::new("level(rank)", 1) } else { self.env.number(rng, 3) };
        let missing = if rng.chance(15) { self.env.condition(rng, 1) } else { None };
        let when = self.when(rng);
        (self.places, self.optional) = (number.places, !when.is_empty() || missing.is_some());
        let text = match missing {
            Some(condition) => format!("case {{ missing when {condition}, {} otherwise }}", number.text),
            None => number.text,
        };
        self.step(&format!("value {text}{when}"));
        if rng.chance(60) {
            self.settle(rng);
        }
        self.env.value = if self.optional { None } else { Some(self.places) };
    }

    /// Steps that change a value that is never missing.
    fn change(&mut self, rng: &mut Rng) {
        for _ in 0..rng.below(3) {
            if self.optional {
                return;
            }
            let env = self.env.only(|_| true);
            let number = env.number(rng, 1);
            let (text, places) = match rng.below(6) {
                0 => (format!("times {}", number.text), self.places + number.places),
                1 => ("halve".to_owned(), self.places + 1),
                2 => (format!("plus {}", number.text), self.places.max(number.places)),
                3 => (format!("cap {}", number.text), self.places.max(number.places)),
                4 => (format!("floor {}", number.text), self.places.max(number.places)),
                _ => ("value (value * 3 round to 1)".to_owned(), self.places.max(1)),
            };
            if places > 12 {
                continue;
            }
            let when = self.when(rng);
            self.step(&format!("{text}{when}"));
            self.narrowed_value &= !when.is_empty();
            self.places = if text.starts_with("value") && when.is_empty() { 1 } else { places };
            self.env.value = Some(self.places);
        }
    }

    fn check(&mut self, rng: &mut Rng) {
        let Some(condition) = self.env.condition(rng, 0) else { return };
        // A check that fails is an error as a rule: most are warnings here, for most schemes shall have a result.
        let severity = if rng.chance(95) { " as warning" } else { "" };
        let when = self.when(rng);
        self.lines.push(format!("  check \"what must hold\": {condition}{when}{severity}"));
    }

    /// A value that may be missing gets a stand-in, or the rows without one are dropped.
    fn settle(&mut self, rng: &mut Rng) {
        if !self.optional {
            return;
        }
        if rng.chance(50) {
            self.step("keep known(value)");
            self.narrowed_value = true;
        } else {
            let other = literal(rng);
            self.step(&format!("value value else {}", other.text));
            self.places = self.places.max(other.places);
            self.narrowed_value = false;
        }
        self.optional = false;
        self.env.value = Some(self.places);
    }

    fn absorb(&mut self, rng: &mut Rng) {
        self.settle(rng);
        let pick = match rng.below(6) {
            0 | 1 => "highest".to_owned(),
            2 => "lowest".to_owned(),
            3 => "strongest".to_owned(),
            at => match self.env.day(rng) {
                Some(day) if rng.chance(30) => format!("{} by {day}", ["first", "last"][at - 4]),
                _ => "highest".to_owned(),
            },
        };
        let has_id = self.env.vars.iter().any(|var| var.name == "id");
        let mut keys: Vec<Var> = Vec::new();
        if has_id && rng.chance(75) {
            keys.extend(self.env.vars.iter().filter(|var| var.name == "id").cloned());
        }
        let periods = self.env.vars.iter().filter(|var| matches!(var.kind, Kind::Period(_))).cloned();
        keys.extend(rng.pick_of(periods));
        if keys.is_empty() || rng.chance(20) {
            let fits = |var: &&Var| var.name != "id" && !var.optional && keys.iter().all(|key| key.name != var.name);
            keys.extend(rng.pick_of(self.env.vars.iter().filter(fits).cloned()));
        }
        let mut names: Vec<String> = keys.iter().map(|key| key.name.clone()).collect();
        if rng.chance(15) {
            names.extend(self.env.text(rng, 1));
        }
        if names.is_empty() {
            return;
        }
        let strict = self.env.tools.trouble && rng.chance(50);
        let empty = if strict { "" } else { *rng.pick(&[" empty drop", " empty drop", " empty 0", " empty 0", ""]) };
        self.step(&format!("absorb {pick} per {}{empty}", names.join(", ")));
        let by_id = keys.iter().any(|key| key.name == "id");
        let is_key = |var: &Var| keys.iter().any(|key| key.name == var.name);
        // Something that may differ in a unit is used now and then: it is an error of data where it does.
        let daring = rng.chance(if self.env.tools.trouble { 30 } else { 5 });
        self.env.vars.retain(|var| is_key(var) || (by_id && var.of_unit) || (daring && var.name.starts_with("let")));
        if empty == " empty 0" {
            // A unit that is put back has not gone through what the others have.
            self.env.vars.retain(|var| !self.narrowed.contains(&var.name));
            self.optional |= self.narrowed_value;
            self.env.value = if self.optional { None } else { self.env.value };
        }
    }
}

impl Env<'_> {
    fn var_names(&self, wanted: impl Fn(&Var) -> bool) -> Vec<String> {
        self.vars.iter().filter(|var| wanted(var)).map(|var| var.name.clone()).collect()
    }
}
