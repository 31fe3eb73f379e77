//! Expressions of a wanted type over what can be named. All stand in parentheses where they might need them, and what
//! may be missing gets a stand-in.

use crate::data::{CODES, Input, Kind, PARTNERS, PERSONS, RANKS, VENUES, Var};
use crate::rng::Rng;

/// The names of a scheme that any expression can use.
#[derive(Debug, Default)]
pub struct Tools {
    /// Whether errors of data shall be frequent.
    pub trouble: bool,
    /// Parameters that are numbers, and their places.
    pub params: Vec<(String, u8)>,
    /// Scales of ranks: their names, places, and whether a result may be missing.
    pub ranks: Vec<(String, u8, bool)>,
    /// Scales of numbers.
    pub bands: Vec<(String, u8, bool)>,
    /// Scales of ranks that give texts: their names, and whether a result may be missing.
    pub groups: Vec<(String, bool)>,
    /// A parameter that is a date.
    pub horizon: Option<String>,
    /// Keyed inputs.
    pub keyed: Vec<Input>,
}

/// What an expression can name.
pub struct Env<'a> {
    /// Columns and lets.
    pub vars: Vec<Var>,
    /// The places of the value, if it is set and never missing.
    pub value: Option<u8>,
    /// Parameters, scales and keyed inputs.
    pub tools: &'a Tools,
}

/// An expression that is a number, and its places.
pub struct Num {
    /// The text.
    pub text: String,
    /// The places.
    pub places: u8,
}

impl Num {
    /// A text of so many places.
    pub fn new(text: impl Into<String>, places: u8) -> Self {
        Self { text: text.into(), places }
    }
}

fn num(text: impl Into<String>, places: u8) -> Num {
    Num::new(text, places)
}

/// A number as it is written.
pub fn literal(rng: &mut Rng) -> Num {
    let (text, places) = *rng.pick(&[("0", 0), ("1", 0), ("2", 0), ("0.5", 1), ("1.25", 2), ("-1", 0), ("10", 0)]);
    num(text, places)
}

impl Env<'_> {
    /// The same with less to name.
    pub fn only(&self, wanted: impl Fn(&Var) -> bool) -> Env<'_> {
        Env {
            vars: self.vars.iter().filter(|var| wanted(var)).cloned().collect(),
            value: self.value,
            tools: self.tools,
        }
    }

    fn var(&self, rng: &mut Rng, wanted: impl Fn(&Var) -> bool) -> Option<Var> {
        rng.pick_of(self.vars.iter().filter(|var| wanted(var)).cloned())
    }

    /// A variable of a kind, with a stand-in if it may be missing.
    fn filled(&self, rng: &mut Rng, wanted: impl Fn(&Var) -> bool, stand_in: &str) -> Option<String> {
        let var = self.var(rng, wanted)?;
        Some(if var.optional { format!("({} else {stand_in})", var.name) } else { var.name })
    }

    /// A number, never missing.
    pub fn number(&self, rng: &mut Rng, depth: usize) -> Num {
        let made = match if depth == 0 { rng.below(6) } else { rng.between(2, 21) } {
            0 => None,
            1 => rng.pick_of(self.tools.params.clone()).map(|(name, places)| num(name, places)),
            2..=6 => self.number_var(rng),
            7..=9 => Some(self.arithmetic(rng, depth)),
            10 => self.quotient(rng, depth),
            11 => Some(self.case(rng, depth)),
            12 => Some(self.of_two(rng, depth)),
            13..=15 => self.on_scale(rng),
            16 => self.weight(rng),
            17 => self.date_part(rng),
            18 => self.day_count(rng),
            19 => self.text(rng, 0).map(|text| num(format!("length({text})"), 0)),
            20 => Some(self.real(rng)),
            _ => self.guarded(rng),
        };
        let made = made.unwrap_or_else(|| literal(rng));
        if made.places > 6 { num(format!("({} round to 2)", made.text), 2) } else { made }
    }

    fn number_var(&self, rng: &mut Rng) -> Option<Num> {
        if let Some(places) = self.value
            && rng.chance(20)
        {
            return Some(num("value", places));
        }
        let var = self.var(rng, |var| matches!(var.kind, Kind::Number(_)))?;
        let Kind::Number(places) = var.kind else { return None };
        if !var.optional {
            return Some(num(var.name, places));
        }
        let other = literal(rng);
        Some(num(format!("({} else {})", var.name, other.text), places.max(other.places)))
    }

    fn arithmetic(&self, rng: &mut Rng, depth: usize) -> Num {
        let (a, b) = (self.number(rng, depth - 1), self.number(rng, depth - 1));
        let (sign, places) = match rng.below(3) {
            0 => ("+", a.places.max(b.places)),
            1 => ("-", a.places.max(b.places)),
            _ => ("*", a.places + b.places),
        };
        num(format!("({} {sign} {})", a.text, b.text), places)
    }

    fn quotient(&self, rng: &mut Rng, depth: usize) -> Option<Num> {
        let divisor = self.number_var(rng)?;
        let dividend = self.number(rng, depth - 1);
        let places = *rng.pick(&[0, 1, 3]);
        let text = format!("(({} / {}) else {} round to {places})", dividend.text, divisor.text, literal(rng).text);
        Some(num(text, places))
    }

    fn case(&self, rng: &mut Rng, depth: usize) -> Num {
        let Some(first) = self.condition(rng, depth - 1) else { return literal(rng) };
        let (a, b) = (self.number(rng, depth - 1), self.number(rng, depth - 1));
        let mut places = a.places.max(b.places);
        let mut second = String::new();
        if let Some(condition) = self.condition(rng, 0)
            && rng.chance(30)
        {
            let c = self.number(rng, 0);
            places = places.max(c.places);
            second = format!("{} when {condition}, ", c.text);
        }
        num(format!("case {{ {} when {first}, {second}{} otherwise }}", a.text, b.text), places)
    }

    fn of_two(&self, rng: &mut Rng, depth: usize) -> Num {
        let (a, b) = (self.number(rng, depth - 1), self.number(rng, depth - 1));
        let places = a.places.max(b.places);
        match rng.below(4) {
            0 => num(format!("abs({})", a.text), a.places),
            1 => num(format!("(mean({}, {}) round to 2)", a.text, b.text), 2),
            at => num(format!("{}({}, {})", ["min", "max"][at - 2], a.text, b.text), places),
        }
    }

    fn on_scale(&self, rng: &mut Rng) -> Option<Num> {
        let band = rng.chance(40);
        let (name, places, optional) =
            rng.pick_of(if band { &self.tools.bands } else { &self.tools.ranks }.iter().cloned())?;
        let arg = if band {
            self.number_var(rng)?.text
        } else {
            self.filled(rng, |var| var.kind == Kind::Rank, "\"clerk\"")?
        };
        let text = format!("{name}({arg})");
        Some(if optional { num(format!("({text} else 0)"), places) } else { num(text, places) })
    }

    fn keyed(&self, name: &str) -> Option<&Input> {
        self.tools.keyed.iter().find(|input| input.name == name)
    }

    fn weight(&self, rng: &mut Rng) -> Option<Num> {
        let input = self.keyed("weights")?;
        let arg = self.filled(rng, |var| var.kind == Kind::Code, "\"1\"")?;
        debug_assert!(input.vars.iter().any(|var| var.name == "points"));
        Some(num(format!("(weights({arg}).points else 0)"), 1))
    }

    fn date_part(&self, rng: &mut Rng) -> Option<Num> {
        let var = self.var(rng, |var| matches!(var.kind, Kind::Date | Kind::ToMonth) && !var.optional)?;
        let part = match var.kind {
            Kind::Date => *rng.pick(&["month_of_year", "day_of_month", "day_of_week"]),
            _ => "month_of_year",
        };
        Some(num(format!("{part}({})", var.name), 0))
    }

    /// A full day.
    pub fn day(&self, rng: &mut Rng) -> Option<String> {
        let dated = |var: &Var| matches!(var.kind, Kind::Date | Kind::ToMonth | Kind::ToYear);
        let var = self.var(rng, dated)?;
        let day = match var.kind {
            Kind::Date => var.name,
            _ => format!("{}({})", rng.pick(&["earliest", "latest"]), var.name),
        };
        Some(if var.optional { format!("({day} else 2002-02-28)") } else { day })
    }

    fn day_count(&self, rng: &mut Rng) -> Option<Num> {
        let (a, b) = (self.day(rng)?, self.day(rng)?);
        Some(num(format!("days_between({a}, {b})"), 0))
    }

    /// A number that went through a real.
    fn real(&self, rng: &mut Rng) -> Num {
        let x = self.number(rng, 0).text;
        let text = match rng.below(4) {
            0 => format!("sqrt(abs({x}))"),
            1 => format!("exp(min({x}, 3))"),
            2 => format!("geomean(abs({x}), 2)"),
            _ => {
                let zero = rng.chance(if self.tools.trouble { 60 } else { 4 });
                format!("ln(abs({x}) + {})", if zero { 0 } else { 1 })
            }
        };
        num(format!("({text} round to 3)"), 3)
    }

    /// An optional variable in a case that has seen that it is known.
    fn guarded(&self, rng: &mut Rng) -> Option<Num> {
        let var = self.var(rng, |var| var.optional && matches!(var.kind, Kind::Number(_)))?;
        let (Kind::Number(places), name, other) = (var.kind, var.name, literal(rng)) else { return None };
        let text = format!("case {{ {name} + 1 when known({name}), {} otherwise }}", other.text);
        Some(num(text, places.max(other.places)))
    }

    /// A text, never missing.
    pub fn text(&self, rng: &mut Rng, depth: usize) -> Option<String> {
        let is_text = |var: &Var| matches!(var.kind, Kind::Text | Kind::Group | Kind::Rank | Kind::Code | Kind::Person);
        if depth > 0 && rng.chance(30) {
            let (a, b) = (self.text(rng, 0)?, self.text(rng, 0)?);
            return Some(match rng.below(4) {
                0 => format!("left({a}, 2)"),
                1 => format!("join({a}, \"-\", {b})"),
                2 => format!("upper({a})"),
                _ => format!("case {{ {a} when {}, {b} otherwise }}", self.condition(rng, 0)?),
            });
        }
        let found = if rng.chance(20) { self.found_text(rng) } else { None };
        found.or_else(|| self.filled(rng, is_text, "\"none\""))
    }

    /// A text from a scale or from another input.
    fn found_text(&self, rng: &mut Rng) -> Option<String> {
        let (text, optional) = match rng.below(3) {
            0 => {
                let (name, optional) = rng.pick_of(self.tools.groups.iter().cloned())?;
                let rank = self.filled(rng, |var| var.kind == Kind::Rank, "\"clerk\"")?;
                (format!("{name}({rank})"), optional)
            }
            1 => {
                self.keyed("weights")?;
                let code = self.filled(rng, |var| var.kind == Kind::Code, "\"1\"")?;
                (format!("weights({code}).label"), true)
            }
            _ => {
                self.keyed("country")?;
                let name = self.filled(rng, |var| var.kind == Kind::Text, "\"Cuba\"")?;
                (format!("country({name}).region"), true)
            }
        };
        Some(if optional { format!("({text} else \"none\")") } else { text })
    }

    /// A flag, never missing, that isn't the same for all rows; none if there is nothing to ask of.
    pub fn condition(&self, rng: &mut Rng, depth: usize) -> Option<String> {
        if depth > 0 && rng.chance(40) {
            let (a, b) = (self.condition(rng, depth - 1)?, self.condition(rng, depth - 1)?);
            return Some(match rng.below(3) {
                0 => format!("not ({a})"),
                1 => format!("({a} and {b})"),
                _ => format!("({a} or {b})"),
            });
        }
        (0..4).find_map(|_| self.atom(rng))
    }

    fn atom(&self, rng: &mut Rng) -> Option<String> {
        let one = |rng: &mut Rng, list: &[&str]| format!("\"{}\"", rng.pick(list));
        Some(match rng.below(10) {
            0 => self.filled(rng, |var| var.kind == Kind::Flag, "no")?,
            1 => {
                let venue = self.filled(rng, |var| var.kind == Kind::Venue, "\"home\"")?;
                format!("{venue} {} {}", rng.pick(&["=", "!="]), one(rng, VENUES))
            }
            2 => {
                let partner = self.filled(rng, |var| var.kind == Kind::Text, "\"none\"")?;
                format!("{partner} in ({}, \"Peru\")", one(rng, &PARTNERS[..1]))
            }
            3 => {
                let number = self.number_var(rng)?.text;
                let sign = rng.pick(&["=", "!=", "<", "<=", ">", ">="]);
                format!("{number} {sign} {}", self.number(rng, 0).text)
            }
            4 => format!("known({})", self.var(rng, |var| var.optional)?.name),
            5 => {
                let (a, b) = (self.day(rng)?, *rng.pick(&["2001-07-01", "2003-01-01"]));
                format!("{a} {} {b}", rng.pick(&["<", ">="]))
            }
            6 => {
                let code = self.filled(rng, |var| var.kind == Kind::Code, "\"2\"")?;
                match rng.below(3) {
                    0 if self.keyed("weights").is_some() => format!("known(weights({code}).points)"),
                    1 => format!("{code} = {}", one(rng, CODES)),
                    _ => format!("starts({code}, \"1\")"),
                }
            }
            7 | 8 => self.in_office(rng)?,
            _ => {
                let rank = self.filled(rng, |var| var.kind == Kind::Rank, "\"clerk\"")?;
                format!("{rank} {} {}", rng.pick(&["=", "!=", "<"]), one(rng, RANKS))
            }
        })
    }

    /// Whether somebody was in office on a day, or in an office.
    fn in_office(&self, rng: &mut Rng) -> Option<String> {
        self.keyed("tenure")?;
        let stand_in = format!("\"{}\"", PERSONS[0]);
        let (person, day) = (self.filled(rng, |var| var.kind == Kind::Person, &stand_in)?, self.day(rng)?);
        let office = format!("tenure({person}, {day}).office");
        Some(match rng.below(2) {
            0 => format!("known({office})"),
            _ => format!("({office} else \"nobody\") = \"{}\"", rng.pick(RANKS)),
        })
    }
}
