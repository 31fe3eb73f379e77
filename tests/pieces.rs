//! A run on files in pieces gives the same bits whatever the size of the blocks, the number of threads, the order of the
//! rows, the packing of the file, and how much memory there is; and the same as the run on whole tables.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

use std::io::Write;
use std::path::{Path, PathBuf};

use rules::compile::{Compiled, compile};
use rules::data::spill::TemporaryFile;
use rules::data::{self, Bound, pieces::Options};
use rules::diag::Problems;
use rules::eval::engine::stream::{self, Ended, Spilling, StreamJob, Streamed};
use rules::eval::{Job, Outcome, engine};
use rules::source::Sources;
use rules::value::piece::{Pieces, Unfit, Wanted};

const SCHEME: &str = r#"scheme visits "Visits"

input contact {
  id        text
  date      date
  partner   text
  side      one of "home", "partner"
  office    text clean
  venue     one of "home", "partner", "third"
  military  flag?
  unit id has date, partner, venue, military
}

scale level {
  5    "president"
  2.5  "minister", "minister, deputy"
  1    otherwise
}

score visit from contact {
  let visitor = case { "partner" when venue = "home", "home" otherwise }
  delegation:  keep side = visitor
  points:      value level(office)
  absorption:  absorb highest per id
  halving:     times 0.5 when venue = "third"
}

by partner, year(date) as year {
  index points = sum visit
  index contacts = count visit
}
index best = max visit by venue
index mean = mean visit where military else no
"#;

/// Events of which each is a unit; of steps and filters that are left out some are put in.
const EVENTS: &str = r#"scheme events "Events"

input event {
  id      KEY
  day     date
  first   text?
  second  text?
  code    text
  loud    flag?
  weight  number(2)?
  distinct id
}

scale points {
  5     "01"
  -2.5  "02", "03"
  0.5   otherwise
}

score act from event {
  KEEP
  points:  value points(code)
  MORE
}

by least(first else "", second else "") as one, greatest(first else "-", second else "-") as other, month(day) as month {
  index net = sum act
  index acts = count act
}
index most = max act by (second else "-") as second, (first else "-") as first FILTER
index loudest = min act by (loud else no) as loud where value > 0
index mean = mean act by code, year(day) as year where known(second)
"#;

const KEEPS: &[&str] = &[
    "",
    "states: keep known(first) and known(second)",
    "others: keep (first else \"\") != \"ALB\"\n  loud: keep loud else yes",
    "known: keep known(first) or known(second)\n  two: keep (first else \"\") != (second else \"\")\n  late: keep month(day) > 2001-03",
    "heavy: keep (weight else 2) > 1",
];

const MORES: &[&str] = &[
    "",
    "double: times 2 when loud else no",
    "home: plus 1 when (first else \"\") = \"CHL\"\n  strong: keep value > 0",
    "share: times 0.5 when year(day) = 2001",
    "weight: times weight else 1",
];

const FILTERS: &[&str] =
    &["", "where (first else \"\") != (second else \"\")", "where loud else no", "where value < 3"];

/// A scheme and its records with keys in no order, and how many of them are repeats.
fn events(seed: u64) -> (String, Vec<String>, usize) {
    let mut state = seed;
    let mut below = |end: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % end
    };
    let mut scheme = EVENTS.replace("KEEP", KEEPS[below(KEEPS.len())]).replace("MORE", MORES[below(MORES.len())]);
    scheme = scheme.replace("FILTER", FILTERS[below(FILTERS.len())]);
    let is_text = below(2) == 0;
    scheme = scheme.replace("KEY", if is_text { "text" } else { "number" });
    let states = ["", "ALB", "BRA", "CHL", "\"the \"\"D\"\"\"", "ÉQU"];
    let (count, mut records) = (300 + below(500), Vec::new());
    for id in 0..count {
        let number = (id * 7919 + 1) % 10_007;
        let id =
            if is_text && number.is_multiple_of(3) { format!("a-long-key-{number:09}") } else { number.to_string() };
        let [first, second] = [states[below(states.len())], states[below(states.len())]];
        let (month, day, code) = (1 + below(12), 1 + below(28), 1 + below(5));
        let (loud, weight) = (["yes", "no", ""][below(3)], ["", "0.5", "12", "1.25"][below(4)]);
        records.push(format!("{id},{}-{month:02}-{day:02},{first},{second},0{code},{loud},{weight}", 2000 + below(3)));
    }
    let repeated = below(60) + 1;
    for _ in 0..repeated {
        let record = records[below(count)].clone();
        records.insert(below(records.len()), record);
    }
    (scheme, records, repeated)
}

const OFFICES: &[&str] =
    &["president", "minister", "\"minister, deputy\"", "\"envoy\nextraordinary\"", "\"the \"\"voice\"\"\"", "attaché"];

/// The records of contacts, those of each together.
fn records(contacts: u64) -> Vec<String> {
    let mut state = 1u64;
    let mut below = |end: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % end
    };
    let mut records = Vec::new();
    for id in 0..contacts {
        let (day, partner, venue) = (1 + below(28), below(4), below(3) as usize);
        let head = format!(
            "{id},20{:02}-02-{day:02},{}",
            below(12),
            ["Cuba", "Perú", "El Salvador", "Chile"][partner as usize]
        );
        let military = ["yes", "no", ""][below(3) as usize];
        let visitor = if venue == 0 { "partner" } else { "home" };
        for row in 0..=below(4) {
            let side = if row == 0 { visitor } else { ["home", "partner"][below(2) as usize] };
            let office = OFFICES[below(OFFICES.len() as u64) as usize];
            records.push(format!("{head},{side},{office},{},{military}", ["home", "partner", "third"][venue]));
        }
    }
    records
}

fn text(records: &[String]) -> String {
    format!("id,date,partner,side,office,venue,military\n{}\n", records.join("\n"))
}

fn compiled() -> Compiled {
    compiled_from(SCHEME)
}

fn compiled_from(scheme: &str) -> Compiled {
    let mut sources = Sources::default();
    let file = sources.add("generated.rules", scheme);
    compile(&sources, file, &[], &mut Problems::new()).unwrap()
}

struct Way {
    block: Option<usize>,
    threads: usize,
    memory: Option<usize>,
}

const PLAIN: Way = Way { block: None, threads: 2, memory: None };

fn run(compiled: &Compiled, path: &Path, way: &Way) -> Result<Streamed, Ended> {
    let plan = &compiled.plan;
    let inputs = stream::wanted(plan, &plan.declared);
    assert!(inputs.iter().all(Option::is_some), "the input can be read in pieces");
    let files = [Bound::new(path)];
    let open = |input: usize, wanted: &Wanted| -> Result<Box<dyn Pieces + '_>, Unfit> {
        data::quick::open(&files, &plan.inputs[input].schema, wanted, &Options { block: way.block })
    };
    let store = TemporaryFile::new(std::env::temp_dir());
    let spill = way.memory.map(|memory| Spilling { memory, store: &store });
    let wanted = &plan.declared;
    let found = stream::run(StreamJob {
        plan,
        wanted,
        inputs: &inputs,
        tables: &[None],
        open: &open,
        threads: way.threads,
        spill,
    });
    assert_eq!(store.written() > 0, found.is_ok() && way.memory.is_some());
    found
}

/// The folder of a test, with some files.
fn folder(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let write = |(name, bytes): &(&str, &[u8])| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let paths = files.iter().map(write).collect();
    (folder, paths)
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// What the run on the whole table gives.
fn whole(compiled: &Compiled, path: &Path) -> Outcome {
    let mut problems = Problems::new();
    let table = data::read(&Bound::new(path).open().unwrap(), &compiled.plan.inputs[0].schema, &mut problems);
    assert!(problems.is_empty(), "{:?}", problems.sorted());
    let (plan, wanted) = (&compiled.plan, &compiled.plan.declared);
    let outcome = engine::run(Job { plan, tables: &[table], wanted, checks: true });
    assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
    assert!(outcome.results.iter().all(|index| !index.cells.is_empty()));
    outcome
}

fn same(found: Result<Streamed, Ended>, expected: &Outcome, records: usize, what: &str) {
    same_but(found, expected, (records, 0), what);
}

/// The same, of records of which some are repeats.
fn same_but(found: Result<Streamed, Ended>, expected: &Outcome, (records, repeated): (usize, usize), what: &str) {
    let found = found.unwrap_or_else(|_| panic!("{what}: it gave up"));
    assert_eq!(found.outcome.results, expected.results, "{what}");
    assert_eq!((&found.outcome.scores, &found.outcome.indices), (&expected.scores, &expected.indices), "{what}");
    let account = found.tables[0].as_ref().unwrap().account;
    let counts = (account.read, account.repeated, account.kept);
    assert_eq!(counts, (records as u64, repeated as u64, (records - repeated) as u64), "{what}");
}

#[test]
fn blocks_threads_order_packing_and_memory_change_nothing() {
    let compiled = compiled();
    let records = records(1500);
    let clustered = text(&records);
    let mut shuffled = records.clone();
    let half = shuffled.len() / 2;
    // Every other record from the middle on: no contact stays together.
    let (front, back) = shuffled.split_at_mut(half);
    front.iter_mut().zip(back).step_by(2).for_each(|(a, b)| std::mem::swap(a, b));
    let scattered = text(&shuffled);
    let (_folder, paths) = folder(&[
        ("clustered.csv", clustered.as_bytes()),
        ("scattered.csv", scattered.as_bytes()),
        ("clustered.csv.gz", &gzip(&clustered)),
        ("scattered.csv.gz", &gzip(&scattered)),
    ]);
    let expected = whole(&compiled, &paths[0]);
    for path in &paths {
        let name = path.file_name().unwrap().to_string_lossy();
        for block in [64, 65, 100, 1000, 4096, 1 << 20] {
            for threads in [1, 2, 7] {
                let way = Way { block: Some(block), threads, memory: None };
                same(run(&compiled, path, &way), &expected, records.len(), &format!("{name} {block} {threads}"));
            }
        }
        same(run(&compiled, path, &PLAIN), &expected, records.len(), &name);
    }
    for threads in [1, 2, 7] {
        let way = Way { block: Some(4096), threads, memory: Some(2048) };
        same(run(&compiled, &paths[1], &way), &expected, records.len(), &format!("put aside, {threads} threads"));
    }
}

fn event_text(records: &[String]) -> String {
    format!("id,day,first,second,code,loud,weight\n{}\n", records.join("\n"))
}

#[test]
fn repeats_are_told_wherever_they_stand() {
    for seed in 1..13 {
        let (scheme, records, repeated) = events(seed);
        let compiled = compiled_from(&scheme);
        let counts = (records.len(), repeated);
        let (_folder, paths) = folder(&[("events.csv", event_text(&records).as_bytes())]);
        let expected = whole(&compiled, &paths[0]);
        let ways = [(64, 1, None), (300, 2, None), (1000, 7, None), (4096, 2, None), (1 << 20, 1, None)];
        // So little memory that keys have no room: rows are put aside.
        for (block, threads, memory) in ways.into_iter().chain([(500, 1, Some(2048)), (4096, 2, Some(1024))]) {
            let way = Way { block: Some(block), threads, memory };
            same_but(
                run(&compiled, &paths[0], &way),
                &expected,
                counts,
                &format!("seed {seed}, {block}, {threads}\n{scheme}"),
            );
        }
    }
}

#[test]
fn repeats_that_differ_have_no_answer() {
    let (scheme, records, _) = events(3);
    let compiled = compiled_from(&scheme);
    // In each column one of two values is another one than what is there.
    let changes = [("2009-09-09", ""), ("XYZ", ""), ("", "BRA"), ("09", ""), ("yes", "no"), ("77", ""), ("", "0.25")];
    let columns = [1, 2, 3, 4, 5, 6, 6];
    for (kind, ((one, other), column)) in changes.into_iter().zip(columns).enumerate() {
        let change = |record: &str| {
            let mut fields: Vec<&str> = record.split(',').collect();
            fields[column] = if fields[column] == one { other } else { one };
            fields.join(",")
        };
        for (from, to) in [(0, records.len()), (records.len() / 2, 0), (records.len() - 1, 3)] {
            let mut spoiled = records.clone();
            let changed = change(&records[from]);
            assert_ne!(changed, records[from]);
            spoiled.insert(to, changed);
            let (_folder, paths) = folder(&[("differ.csv", event_text(&spoiled).as_bytes())]);
            for (block, threads) in [(64, 2), (1000, 1), (1 << 20, 2)] {
                let found = run(&compiled, &paths[0], &Way { block: Some(block), threads, memory: None });
                assert!(matches!(found, Err(Ended::Unfit)), "kind {kind}, {from} to {to}, blocks of {block}");
            }
        }
    }
}

#[test]
fn a_file_cut_within_a_quoted_field_has_no_answer() {
    let compiled = compiled();
    let text = text(&records(200));
    let (_folder, paths) = folder(&[("whole.csv", text.as_bytes())]);
    assert!(run(&compiled, &paths[0], &PLAIN).is_ok());
    let starts: Vec<usize> = text.match_indices("\"envoy").map(|(at, _)| at + 4).collect();
    for at in [starts[0], starts[starts.len() / 2], starts[starts.len() - 1]] {
        let (_folder, paths) = folder(&[("cut.csv", &text.as_bytes()[..at])]);
        for block in [64, 1000, 1 << 20] {
            let way = Way { block: Some(block), threads: 2, memory: None };
            assert!(matches!(run(&compiled, &paths[0], &way), Err(Ended::Unfit)), "cut at {at}, blocks of {block}");
        }
        let mut problems = Problems::new();
        let _ = data::read(&Bound::new(&paths[0]).open().unwrap(), &compiled.plan.inputs[0].schema, &mut problems);
        assert!(problems.has_errors());
    }
}

#[test]
fn what_is_wrong_in_one_row_is_never_passed_over() {
    let compiled = compiled();
    let records = records(300);
    let (_folder, paths) = folder(&[("right.csv", text(&records).as_bytes())]);
    assert!(run(&compiled, &paths[0], &PLAIN).is_ok());
    let wrong: [fn(&str) -> String; 5] = [
        |record| record.replacen("20", "2x", 1),
        |record| record.replacen(",home,", ",abroad,", 1).replacen(",partner,", ",abroad,", 1),
        |record| format!("{record},more"),
        |record| record.replacen("-02-", "-13-", 1),
        |record| record.rsplit_once(',').unwrap().0.to_owned(),
    ];
    for (kind, spoil) in wrong.iter().enumerate() {
        for at in [0, records.len() / 2, records.len() - 1] {
            let mut spoiled = records.clone();
            spoiled[at] = spoil(&records[at]);
            let (_folder, paths) = folder(&[("wrong.csv", text(&spoiled).as_bytes())]);
            let found = run(&compiled, &paths[0], &Way { block: Some(512), ..PLAIN });
            assert!(matches!(found, Err(Ended::Unfit)), "kind {kind}, record {at}");
        }
    }
}
