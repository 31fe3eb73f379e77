//! Inputs: their declarations, and the texts of their files.

use crate::rng::Rng;

/// The type of something that an expression can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number of so many places.
    Number(u8),
    /// A rank: a text that scales know.
    Rank,
    /// A hierarchical code.
    Code,
    /// A person.
    Person,
    /// Any other text.
    Text,
    /// A text that comes from a scale, whose words are its type.
    Group,
    /// `one of "home", "partner", "third"`.
    Venue,
    /// Yes or no.
    Flag,
    /// A full date.
    Date,
    /// A date to the month.
    ToMonth,
    /// A date to the year.
    ToYear,
    /// A period of the language's word.
    Period(&'static str),
}

/// Something that an expression can name.
#[derive(Debug, Clone)]
pub struct Var {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Kind,
    /// Whether it may be missing.
    pub optional: bool,
    /// Whether it is the same in all rows of a unit.
    pub of_unit: bool,
}

/// An input: what the scheme says of it, and its file.
#[derive(Debug, Clone)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// The block of the scheme.
    pub block: String,
    /// Its columns.
    pub vars: Vec<Var>,
    /// The first record of the file.
    pub header: String,
    /// The other records.
    pub rows: Vec<String>,
}

impl Input {
    /// The text of the file.
    pub fn csv(&self) -> String {
        std::iter::once(&self.header).chain(&self.rows).map(|line| format!("{line}\n")).collect()
    }
}

pub const PARTNERS: &[&str] = &["Cuba", "Peru", "Chile", "Brazil"];
pub const VENUES: &[&str] = &["home", "partner", "third"];
pub const RANKS: &[&str] = &["president", "minister", "minister of trade", "envoy", "clerk"];
pub const CODES: &[&str] = &["1", "14", "141", "145", "2", "20", "3"];
pub const PERSONS: &[&str] = &["Ana", "Ivan", "Li"];
/// A rank that scales without `otherwise` don't list.
pub const STRANGER: &str = "stranger";

/// A column while it is made: its variable, its declaration, and whether a unit has it.
struct Column {
    var: Var,
    declared: String,
}

fn column(rng: &mut Rng, name: &str, kind: Kind, often_missing: usize) -> Column {
    let optional = rng.chance(often_missing);
    let ty = match kind {
        Kind::Number(0) => "number".to_owned(),
        Kind::Number(places) => format!("number({places})"),
        Kind::Rank | Kind::Code | Kind::Person | Kind::Text | Kind::Group => "text".to_owned(),
        Kind::Venue => "one of \"home\", \"partner\", \"third\"".to_owned(),
        Kind::Flag => "flag".to_owned(),
        Kind::Date => "date".to_owned(),
        Kind::ToMonth => "date to month".to_owned(),
        Kind::ToYear => "date to year".to_owned(),
        Kind::Period(word) => word.to_owned(),
    };
    let declared = format!("  {name} {ty}{}\n", if optional { " ?" } else { "" });
    Column { var: Var { name: name.to_owned(), kind, optional, of_unit: false }, declared }
}

/// The main input: contacts whose rows are participants. With `trouble` more of them cause errors.
pub fn contacts(rng: &mut Rng, trouble: bool) -> Input {
    let date = *rng.pick(&[Kind::Date, Kind::Date, Kind::ToMonth, Kind::ToYear]);
    let start = *rng.pick(&[Kind::Date, Kind::Date, Kind::ToMonth]);
    let stop = *rng.pick(&[Kind::Date, Kind::ToYear]);
    let amount = Kind::Number(rng.below(4) as u8);
    let points = Kind::Number(rng.below(3) as u8);
    let mut columns = vec![
        column(rng, "id", Kind::Text, 0),
        column(rng, "date", date, 0),
        column(rng, "partner", Kind::Text, 30),
        column(rng, "venue", Kind::Venue, 20),
        column(rng, "rank", Kind::Rank, 30),
        column(rng, "code", Kind::Code, 30),
        column(rng, "person", Kind::Person, 20),
        column(rng, "amount", amount, 60),
        column(rng, "points", points, 10),
        column(rng, "flagged", Kind::Flag, 50),
        column(rng, "start", start, 0),
        column(rng, "stop", stop, 50),
    ];
    let mut unit = String::new();
    if rng.chance(80) {
        let has = rng.some_of(&["date", "partner", "venue", "flagged", "start"], 60);
        if !has.is_empty() {
            unit = format!("  unit id has {}\n", has.join(", "));
        }
        for column in &mut columns {
            column.var.of_unit = has.contains(&column.var.name.as_str());
        }
    }
    columns[0].var.of_unit = true;
    if rng.chance(15) {
        let severity = if rng.chance(85) { " as warning" } else { "" };
        let when = *rng.pick(&["", " when start < 2002-01-01"]);
        let when = if start == Kind::Date { when } else { "" };
        unit += &format!("  check \"ids are short\": length(id) < {}{when}{severity}\n", rng.between(2, 3));
    }
    let rows = contact_rows(rng, &columns, trouble);
    input("contact", columns, &unit, rows)
}

fn contact_rows(rng: &mut Rng, columns: &[Column], trouble: bool) -> Vec<String> {
    let units = if rng.chance(5) { 0 } else { rng.between(1, 8) };
    let mut rows = Vec::new();
    for unit in 0..units {
        let begins = rng.between(1999, 2003);
        let shared = |column: &Column| match column.var.name.as_str() {
            "start" => format_date(rng, column.var.kind, begins),
            _ => field(rng, &column.var),
        };
        let shared: Vec<String> = columns.iter().map(shared).collect();
        for _ in 0..rng.between(1, 4) {
            let one = |(column, shared): (&Column, &String)| match (column.var.name.as_str(), column.var.of_unit) {
                ("id", _) => format!("u{unit}"),
                (_, true) => shared.clone(),
                ("start", _) => format_date(rng, column.var.kind, begins),
                ("stop", _) if column.var.optional && rng.chance(40) => String::new(),
                // An end before the beginning is an error: it happens, but seldom.
                ("stop", _) => {
                    let later = if rng.chance(if trouble { 10 } else { 1 }) { 0 } else { rng.between(4, 6) };
                    format_date(rng, column.var.kind, begins + later)
                }
                ("rank", _) if rng.chance(if trouble { 12 } else { 1 }) => STRANGER.to_owned(),
                _ => field(rng, &column.var),
            };
            rows.push(columns.iter().zip(&shared).map(one).collect::<Vec<_>>().join(","));
        }
    }
    rng.shuffle(&mut rows);
    rows
}

/// Missions abroad: no units, an interval each.
pub fn missions(rng: &mut Rng) -> Input {
    let opened = *rng.pick(&[Kind::Date, Kind::ToMonth, Kind::ToYear]);
    let columns = vec![
        column(rng, "partner", Kind::Text, 10),
        column(rng, "venue", Kind::Venue, 10),
        column(rng, "start", opened, 0),
        column(rng, "stop", opened, 50),
        column(rng, "points", Kind::Number(1), 10),
    ];
    let mut rows = Vec::new();
    for _ in 0..rng.below(8) {
        let begins = rng.between(1998, 2004);
        let one = |column: &Column| match column.var.name.as_str() {
            "start" => format_date(rng, opened, begins),
            "stop" if column.var.optional && rng.chance(40) => String::new(),
            "stop" => {
                let later = rng.between(1, 3);
                format_date(rng, opened, begins + later)
            }
            _ => field(rng, &column.var),
        };
        rows.push(columns.iter().map(one).collect::<Vec<_>>().join(","));
    }
    input("mission", columns, "", rows)
}

/// Points for codes; some codes are left out.
pub fn weights(rng: &mut Rng) -> Input {
    let columns = vec![
        column(rng, "code", Kind::Code, 0),
        column(rng, "points", Kind::Number(1), 20),
        column(rng, "label", Kind::Text, 20),
    ];
    let mut rows = Vec::new();
    for code in rng.some_of(CODES, 70) {
        let rest: Vec<String> = columns[1..].iter().map(|column| field(rng, &column.var)).collect();
        rows.push(format!("{code},{}", rest.join(",")));
    }
    rng.shuffle(&mut rows);
    input("weights", columns, "  unique code\n", rows)
}

/// Who was in office when; the intervals of a person don't overlap.
pub fn tenures(rng: &mut Rng) -> Input {
    let to = rng.chance(50);
    let kind = if rng.chance(50) { Kind::Date } else { Kind::ToMonth };
    let columns = vec![
        column(rng, "person", Kind::Person, 0),
        column(rng, "office", Kind::Rank, 20),
        column(rng, "from_day", kind, 0),
        column(rng, "to_day", kind, 100),
    ];
    let mut rows = Vec::new();
    for person in rng.some_of(PERSONS, 80) {
        let mut year = rng.between(1996, 2001);
        for _ in 0..rng.between(1, 2) {
            let (office, from) = (field(rng, &columns[1].var), format_date(rng, kind, year));
            year += rng.between(1, 3);
            let open = rng.chance(20);
            let end = if open { String::new() } else { format_date(rng, kind, year) };
            rows.push(format!("{person},{office},{from},{end}"));
            if open {
                break;
            }
            year += 1;
        }
    }
    rng.shuffle(&mut rows);
    let (from, end) =
        if kind == Kind::Date { ("from_day", "to_day") } else { ("earliest(from_day)", "latest(to_day)") };
    let key = format!("  unique person from {from} {} {end}\n", if to { "to" } else { "until" });
    input("tenure", columns, &key, rows)
}

/// The partners that count, and their regions.
pub fn countries(rng: &mut Rng) -> Input {
    let columns = vec![column(rng, "name", Kind::Text, 0), column(rng, "region", Kind::Text, 0)];
    let mut rows: Vec<String> = Vec::new();
    for name in rng.some_of(PARTNERS, 70) {
        rows.push(format!("{name},{}", rng.pick(&["North", "South"])));
    }
    rng.shuffle(&mut rows);
    input("country", columns, "  unique name\n", rows)
}

fn input(name: &str, columns: Vec<Column>, lines: &str, rows: Vec<String>) -> Input {
    let declared: String = columns.iter().map(|column| column.declared.as_str()).collect();
    let header: Vec<&str> = columns.iter().map(|column| column.var.name.as_str()).collect();
    Input {
        name: name.to_owned(),
        block: format!("input {name} \"{name}.csv\" {{\n{declared}{lines}}}\n\n"),
        header: header.join(","),
        vars: columns.into_iter().map(|column| column.var).collect(),
        rows,
    }
}

/// A field of a column, sometimes empty if it may be.
fn field(rng: &mut Rng, var: &Var) -> String {
    if var.optional && rng.chance(30) {
        return String::new();
    }
    match var.kind {
        Kind::Number(places) => number(rng, places),
        Kind::Rank => (*rng.pick(RANKS)).to_owned(),
        Kind::Code => (*rng.pick(CODES)).to_owned(),
        Kind::Person => (*rng.pick(PERSONS)).to_owned(),
        Kind::Text | Kind::Group => (*rng.pick(PARTNERS)).to_owned(),
        Kind::Venue => (*rng.pick(VENUES)).to_owned(),
        Kind::Flag => if rng.chance(50) { "yes" } else { "no" }.to_owned(),
        Kind::Date | Kind::ToMonth | Kind::ToYear => {
            let year = rng.between(1999, 2004);
            format_date(rng, var.kind, year)
        }
        Kind::Period(_) => rng.between(1999, 2006).to_string(),
    }
}

/// A number of at most so many places, from a few values, so that there are ties.
fn number(rng: &mut Rng, places: u8) -> String {
    let sign = if rng.chance(25) { "-" } else { "" };
    let whole = if rng.chance(3) { 99_999_999_999 } else { rng.below(5) };
    // Whole numbers are frequent, so that some are alike but for the sign.
    let places = if rng.chance(50) { 0 } else { usize::from(places) };
    let fraction: String = (0..rng.between(0, places)).map(|_| *rng.pick(&['0', '5', '3'])).collect();
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// A date of a year, as precisely as the type can have it, or less.
fn format_date(rng: &mut Rng, kind: Kind, year: usize) -> String {
    let month = rng.pick(&["01", "02", "07", "12"]);
    let day = rng.pick(&["01", "15", "31"]);
    let day = match *month {
        "02" if *day == "31" => "28",
        _ => day,
    };
    match kind {
        Kind::ToYear if rng.chance(40) => format!("{year}"),
        Kind::ToYear | Kind::ToMonth if rng.chance(40) => format!("{year}-{month}"),
        _ => format!("{year}-{month}-{day}"),
    }
}
