//! Contacts between officials, a row for each person taking part: about 2.6 rows a contact and 70.7 bytes a row.
//! The rows of a contact stand together and agree in all but side and office.

use std::io::{self, Write};

use crate::random::Random;

const PARTNERS: [&str; 33] = [
    "Antigua and Barbuda",
    "Argentina",
    "Bahamas",
    "Barbados",
    "Belize",
    "Bolivia",
    "Brazil",
    "Chile",
    "Colombia",
    "Costa Rica",
    "Cuba",
    "Dominica",
    "Dominican Republic",
    "Ecuador",
    "El Salvador",
    "Grenada",
    "Guatemala",
    "Guyana",
    "Haiti",
    "Honduras",
    "Jamaica",
    "Mexico",
    "Nicaragua",
    "Panama",
    "Paraguay",
    "Peru",
    "Saint Kitts and Nevis",
    "Saint Lucia",
    "Saint Vincent and the Grenadines",
    "Suriname",
    "Trinidad and Tobago",
    "Uruguay",
    "Venezuela",
];

/// The offices by how often they are met, in per cent.
const OFFICES: [(usize, &str); 14] = [
    (5, "president"),
    (5, "prime minister"),
    (4, "vice president"),
    (7, "head of the presidential administration"),
    (7, "speaker of parliament"),
    (8, "deputy prime minister"),
    (15, "minister of foreign affairs"),
    (8, "minister of defence"),
    (8, "secretary of the security council"),
    (7, "advisor to the president"),
    (9, "other minister"),
    (5, "chief of staff"),
    (8, "senior party official"),
    (4, "governor"),
];

const SIZES: [(usize, usize); 5] = [(20, 1), (30, 2), (28, 3), (13, 4), (9, 5)];
const VENUES: [(usize, &str); 3] = [(40, "home"), (45, "partner"), (15, "third")];
const MILITARY: [(usize, &str); 3] = [(15, "yes"), (70, "no"), (15, "")];
const MONTHS: [usize; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// The identifiers are numbers of ten digits, ascending; they are read as texts.
const FIRST: u64 = 1_000_000_000;

/// The first line.
pub const HEADER: &str = "id,date,partner,side,office,venue,military\n";

/// Writes the header and `rows` rows; the last contact is cut where the rows end.
pub fn write(rows: u64, seed: u64, out: &mut impl Write) -> io::Result<()> {
    let mut random = Random::new(seed);
    out.write_all(HEADER.as_bytes())?;
    let (mut id, mut left) = (FIRST, rows);
    while left > 0 {
        let size = (*random.weighed(&SIZES) as u64).min(left);
        contact(id, size, &mut random, out)?;
        left -= size;
        id += 1;
    }
    Ok(())
}

/// One contact. Its first row is of the side whose officials set its level.
fn contact(id: u64, size: u64, random: &mut Random, out: &mut impl Write) -> io::Result<()> {
    let (year, month) = (1991 + random.below(30), random.below(12));
    let day = 1 + random.below(MONTHS[month]);
    let partner = random.pick(&PARTNERS);
    let venue = *random.weighed(&VENUES);
    let military = *random.weighed(&MILITARY);
    let visitor = if venue == "home" { "partner" } else { "home" };
    for row in 0..size {
        let side = if row == 0 { visitor } else { random.pick(&["home", "partner"]) };
        let office = random.weighed(&OFFICES);
        writeln!(out, "{id},{year}-{:02}-{day:02},{partner},{side},{office},{venue},{military}", month + 1)?;
    }
    Ok(())
}
