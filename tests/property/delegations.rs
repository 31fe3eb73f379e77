//! Cases in which a score begins with texts and flags alone, as delegations do: who takes part, for whom, where.

use crate::data::Input;
use crate::rng::Rng;
use crate::scheme::Case;

const OFFICES: &[&str] = &["president", "minister", "envoy", "clerk"];
const SIDES: &[&str] = &["home", "partner"];

/// The case of a seed.
pub fn case(seed: u64) -> Case {
    let rng = &mut Rng::new(seed);
    Case { scheme: scheme(rng), inputs: vec![contacts(rng)] }
}

fn scheme(rng: &mut Rng) -> String {
    let points = [
        "level(office)",
        "case { level(office) when side = \"home\", -level(office) otherwise }",
        "case { level(office) + 1 when military else no, 2 otherwise }",
        "-level(office)",
    ];
    let keep = [
        "side = visitor",
        "office != \"clerk\"",
        "venue != \"third\"",
        "military else no",
        "side = \"home\" or office != \"envoy\"",
    ];
    let pick = rng.pick(&["highest", "lowest", "strongest"]);
    let empty = rng.pick(&["", "", " empty drop", " empty drop", " empty 0"]);
    let mut steps = vec!["let visitor = case { \"partner\" when venue = \"home\", \"home\" otherwise }".to_owned()];
    if rng.chance(50) {
        steps.push("let loud = office = \"president\"".to_owned());
    }
    for label in ["first", "second"] {
        if rng.chance(60) {
            steps.push(format!("{label}: keep {}", rng.pick(&keep)));
        }
    }
    let when = if rng.chance(25) { " when side = \"home\" or venue = \"third\"" } else { "" };
    if !when.is_empty() {
        steps.push("start: value 0.5".to_owned());
    }
    steps.push(format!("points: value {}{when}", rng.pick(&points)));
    if rng.chance(40) {
        steps.push("more: times 3 when office = \"minister\"".to_owned());
    }
    if rng.chance(30) {
        steps.push(format!("third: keep {}", rng.pick(&keep)));
    }
    steps.push(format!("absorption: absorb {pick} per id{empty}"));
    if rng.chance(60) {
        steps.push("halving: times 0.5 when venue = \"third\"".to_owned());
    }
    if rng.chance(30) {
        steps.push("visitors: plus 1 when visitor = \"home\"".to_owned());
    }
    let filter = rng.pick(&["", " where venue != \"partner\"", " where value > 1"]);
    format!(
        "scheme generated \"Delegations\"\n\ninput contact {{\n  id text\n  date date\n  partner text\n  side one of \"home\", \"partner\"\n  \
         office text\n  venue one of \"home\", \"partner\", \"third\"\n  military flag?\n  unit id has date, partner, venue\n}}\n\n\
         scale level {{\n  5 \"president\"\n  2.5 \"minister\"\n  1 otherwise\n}}\n\nscore visit from contact {{\n  {}\n}}\n\n\
         index points = sum visit by partner, year(date) as year{filter}\nindex contacts = count visit by partner, year(date) as year\n\
         index most = max visit by partner, year(date) as year\nindex least = min visit by venue\nindex all = mean visit\n",
        steps.join("\n  ")
    )
}

/// The case of a seed in which contacts are brought together a second time, as those of one journey are.
pub fn journeys(seed: u64) -> Case {
    let rng = &mut Rng::new(seed);
    let pick = |rng: &mut Rng| *rng.pick(&["highest", "highest", "lowest", "strongest"]);
    let mut steps = vec!["points: value level(office) * worth".to_owned()];
    if rng.chance(40) {
        steps.push("more: times worth when office = \"minister\"".to_owned());
    }
    if rng.chance(30) {
        steps.push("few: keep value > 0.5".to_owned());
    }
    steps.push(format!("absorption: absorb {} per id{}", pick(rng), rng.pick(&["", " empty drop", " empty 0"])));
    if rng.chance(50) {
        steps.push("halving: times 0.5 when venue = \"third\"".to_owned());
    }
    steps.push("let early = date < 2002-01-01".to_owned());
    let keys = rng.pick(&[
        "partner, year(date)",
        "year(date), case { \"journey\" when venue = \"partner\" and early, id otherwise }",
        "case { partner when early, id otherwise }, year(date)",
        "venue, year(date)",
        "id, year(date)",
    ]);
    steps.push(format!("journey: absorb {} per {keys}{}", pick(rng), rng.pick(&["", " empty drop", " empty 0"])));
    if rng.chance(30) {
        steps.push("all: absorb highest per year(date)".to_owned());
    }
    let scheme = format!(
        "scheme generated \"Journeys\"\n\nparam worth = 0.5\n\ninput contact {{\n  id text\n  date date\n  partner text\n  \
         side one of \"home\", \"partner\"\n  office text\n  venue one of \"home\", \"partner\", \"third\"\n  military flag?\n  \
         unit id has date, partner, venue\n}}\n\nscale level {{\n  5 \"president\"\n  2.5 \"minister\"\n  1 otherwise\n}}\n\n\
         score visit from contact {{\n  {}\n}}\n\nindex points = sum visit by year(date) as year\n\
         index journeys = count visit by year(date) as year\n",
        steps.join("\n  ")
    );
    Case { scheme, inputs: vec![contacts(rng)] }
}

fn contacts(rng: &mut Rng) -> Input {
    let mut rows = Vec::new();
    let disorder = rng.chance(20);
    for id in 0..rng.between(1, 60) {
        let id = if disorder { (id * 7) % 61 } else { id };
        let (year, partner) = (rng.between(2000, 2003), rng.pick(crate::data::PARTNERS));
        let venue = rng.pick(crate::data::VENUES);
        // Most schemes want somebody of the side that visits.
        let visitor = if *venue == "home" { "partner" } else { "home" };
        for row in 0..rng.between(1, 4) {
            let side = if row == 0 && rng.chance(97) { visitor } else { rng.pick(SIDES) };
            let office = if row == 0 { "president" } else { rng.pick(OFFICES) };
            let military = if row == 0 { "yes" } else { rng.pick(&["yes", "no", ""]) };
            rows.push(format!("{id},{year}-03-0{},{partner},{side},{office},{venue},{military}", 1 + id % 9));
        }
    }
    let header = "id,date,partner,side,office,venue,military".to_owned();
    Input { name: "contact".to_owned(), block: String::new(), vars: Vec::new(), header, rows }
}
