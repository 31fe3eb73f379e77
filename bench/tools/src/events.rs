//! Coded events as GDELT publishes them: 61 columns between tabs without a header, some 390 bytes a row. One row in a
//! hundred comes again a little later.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::random::Random;

/// Which row in so many comes again.
const REPEATED: usize = 100;
/// From how many of the last rows the repeated one is chosen.
const RECENT: usize = 1_000;

const ROLES: [&str; 6] = ["GOV", "MIL", "OPP", "BUS", "MED", "EDU"];
const NAMES: [&str; 6] = ["PRESIDENT", "POLICE", "THE US", "UNIVERSITY", "UNITED KINGDOM", "MINISTER"];
const PLACES: [(&str, &str, &str, &str); 6] = [
    ("4", "Vancouver, British Columbia, Canada", "CA", "CA02"),
    ("4", "Minsk, Belarus (general), Belarus", "BO", "BO00"),
    ("1", "Israel", "IS", "IS"),
    ("2", "California, United States", "US", "USCA"),
    ("3", "Chicago, Illinois, United States", "US", "USIL"),
    ("4", "Ankara, Ankara, Turkey", "TU", "TU68"),
];
const SITES: [&str; 4] = ["timescolonist.com/entertainment", "belsat.eu/en/news", "thesun.co.uk/news", "972mag.com"];
const WORDS: [&str; 8] = ["talks", "minister", "border", "election", "president", "agreement", "protest", "economy"];

/// What the events are made of.
pub struct Codes {
    /// Codes of events with their weights.
    pub events: Vec<(String, String)>,
    /// Codes of states, the most frequent first.
    pub states: Vec<String>,
}

/// Writes `rows` rows.
pub fn write(rows: u64, seed: u64, codes: &Codes, out: &mut impl Write) -> io::Result<()> {
    let mut random = Random::new(seed);
    let mut recent: Vec<String> = Vec::with_capacity(RECENT);
    let mut id: u64 = 800_000_000;
    for row in 0..rows {
        if row > 0 && random.below(REPEATED) == 0 {
            out.write_all(random.pick(&recent).as_bytes())?;
            continue;
        }
        id += 1;
        let line = event(id, codes, &mut random).map_err(io::Error::other)?;
        out.write_all(line.as_bytes())?;
        if recent.len() < RECENT {
            recent.push(line);
        } else {
            let at = random.below(RECENT);
            recent[at] = line;
        }
    }
    Ok(())
}

fn event(id: u64, codes: &Codes, random: &mut Random) -> Result<String, std::fmt::Error> {
    let mut line = String::with_capacity(600);
    let (year, month, day) = (2018 + random.below(2), 1 + random.below(12), 1 + random.below(28));
    let part = random.below(10_000);
    write!(line, "{id}\t{year}{month:02}{day:02}\t{year}{month:02}\t{year}\t{year}.{part:04}")?;
    actor(&mut line, 61, codes, random)?;
    actor(&mut line, 48, codes, random)?;
    let (code, weight) = random.pick(&codes.events);
    let base = code.get(..3).unwrap_or(code);
    let root = code.get(..2).unwrap_or(code);
    let quad = quadrant(root);
    write!(line, "\t{}\t{code}\t{base}\t{root}\t{quad}\t{weight}", random.below(2))?;
    let (mentions, sources) = (1 + random.below(20), 1 + random.below(3));
    let tone = random.below(1_000_000_000_000_000);
    write!(line, "\t{mentions}\t{sources}\t{mentions}\t{}.{tone:015}", random.below(9))?;
    for share in [90, 73, 98] {
        place(&mut line, share, random)?;
    }
    write!(line, "\t{year}{month:02}{day:02}143000\thttps://www.{}", random.pick(&SITES))?;
    write!(line, "/{}", 1_000_000 + random.below(9_000_000))?;
    for _ in 0..7 {
        write!(line, "-{}", random.pick(&WORDS))?;
    }
    line.push('\n');
    Ok(line)
}

/// The ten columns of an actor, which is a state in so many of a hundred.
fn actor(line: &mut String, share: usize, codes: &Codes, random: &mut Random) -> std::fmt::Result {
    if random.below(100) < share {
        // The smaller of two numbers: the first states come most often.
        let at = random.below(codes.states.len()).min(random.below(codes.states.len()));
        let state = &codes.states[at];
        write!(line, "\t{state}\t{}\t{state}\t\t\t\t", random.pick(&NAMES))?;
    } else {
        write!(line, "\t{}\t{}\t\t\t\t\t", random.pick(&ROLES), random.pick(&NAMES))?;
    }
    let role = if random.below(100) < 40 { *random.pick(&ROLES) } else { "" };
    write!(line, "\t{role}\t\t")
}

/// The eight columns of a place, which is known in so many of a hundred.
fn place(line: &mut String, share: usize, random: &mut Random) -> std::fmt::Result {
    if random.below(100) >= share {
        line.push_str("\t0\t\t\t\t\t\t\t");
        return Ok(());
    }
    let (kind, name, country, region) = random.pick(&PLACES);
    let (north, east, feature) = (random.below(90), random.below(180), random.below(3_000_000));
    write!(line, "\t{kind}\t{name}\t{country}\t{region}\t{}", feature % 100_000)?;
    write!(line, "\t{north}.{:04}\t-{east}.{:03}\t-{feature}", feature % 10_000, feature % 1_000)
}

fn quadrant(root: &str) -> u8 {
    match root {
        "01" | "02" | "03" | "04" | "05" => 1,
        "06" | "07" | "08" | "09" => 2,
        "10" | "11" | "12" | "13" | "14" => 3,
        _ => 4,
    }
}
