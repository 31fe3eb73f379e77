//! A worker is killed in the middle of a job of millions of rows, and the answer is still the native engine's.

use std::process::Command;

use rules::compile::compile;
use rules::diag::Problems;
use rules::plan::Plan;
use rules::source::Sources;
use rules::sql::{self, Bound};

use crate::agree;
use crate::cluster::{Cluster, Kill};
use crate::engine::Cell;

const SCHEME: &str = "bench/schemes/contacts.rules";

/// The files among which the rows are spread: a task each.
const FILES: u64 = 32;

/// The rows of a contact, which lie in different files: its highest row is known to no worker alone.
const PER_CONTACT: u64 = 4;

/// What a row has, by its number `id`, that of its contact, `unit`, and its own among those of the contact, `copy`: all rows
/// of a contact agree but in side and office, and the first is of the side that visits.
const COLUMNS: &str = "md5(CAST(unit AS STRING)) AS id, \
    date_add(DATE'1995-03-01', CAST(unit * 7919 % 9131 AS INT)) AS date, \
    element_at(array('Argentina', 'Brazil', 'Chile', 'Saint Kitts and Nevis', 'Trinidad and Tobago'), \
      CAST(unit * 31 % 5 + 1 AS INT)) AS partner, \
    CASE WHEN copy = 0 THEN if(unit * 13 % 3 = 0, 'partner', 'home') \
      WHEN crc32(CAST(id AS STRING)) % 5 < 2 THEN 'home' ELSE 'partner' END AS side, \
    element_at(array('president', 'vice president', 'minister of defence', 'other minister', 'governor', 'chief of staff'), \
      CAST(crc32(CAST(id + 1 AS STRING)) % 6 + 1 AS INT)) AS office, \
    element_at(array('home', 'partner', 'third'), CAST(unit * 13 % 3 + 1 AS INT)) AS venue, \
    CASE unit % 7 WHEN 0 THEN NULL ELSE unit % 2 = 0 END AS military";

/// Makes a table of contacts in Parquet, and gives its files.
fn make_table(cluster: &mut Cluster, name: &str, rows: u64) -> Result<Vec<String>, String> {
    let engine = cluster.engine();
    engine.script(&format!("DROP TABLE IF EXISTS {name}"))?;
    engine.script(&format!(
        "CREATE TABLE {name} USING parquet AS SELECT {COLUMNS} \
         FROM (SELECT id, id % {units} AS unit, id DIV {units} AS copy FROM range(0, {rows}, 1, {FILES}))",
        units = rows / PER_CONTACT
    ))?;
    let files = engine.query(&format!("SELECT DISTINCT _metadata.file_path FROM {name} ORDER BY 1"))?;
    let path = |cell: Cell| cell.unwrap_or_default().trim_start_matches("file:").replacen("///", "/", 1);
    Ok(files.rows.into_iter().flatten().map(path).collect())
}

fn plan() -> Plan {
    let mut sources = Sources::default();
    let file = sources.add(SCHEME, include_str!("../../bench/schemes/contacts.rules"));
    compile(&sources, file, &[], &mut Problems::new()).unwrap().plan
}

/// The SQL that `rules sql` prints for all indices of the scheme.
fn query(plan: &Plan, table: &str) -> String {
    let job = sql::Job {
        wanted: plan.declared.clone(),
        bound: vec![Some(Bound::Table(vec![table.into()]))],
        headers: vec![None],
        texts: true,
    };
    sql::translate(plan, &job, sql::Engine::Spark).unwrap()
}

/// The answer of the native engine, which reads the cluster's files.
fn native(files: &[String]) -> Result<Vec<Vec<Cell>>, String> {
    let inputs = files.iter().flat_map(|file| ["--input".to_owned(), format!("contact={file}")]);
    let ended = Command::new(env!("CARGO_BIN_EXE_rules"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["eval", SCHEME, "--format", "csv"])
        .args(inputs)
        .output()
        .map_err(|error| error.to_string())?;
    if !ended.status.success() {
        return Err(String::from_utf8_lossy(&ended.stderr).into_owned());
    }
    let cell = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let text = String::from_utf8(ended.stdout).map_err(|error| error.to_string())?;
    Ok(text.lines().skip(1).map(|line| line.split(',').map(cell).collect()).collect())
}

/// Runs the job and kills a worker; the answer, and when the worker was killed.
fn run(cluster: &mut Cluster, plan: &Plan, table: &str) -> Result<(Vec<Vec<Cell>>, Kill), String> {
    for statement in sql::session(sql::Engine::Spark) {
        cluster.engine().script(statement)?;
    }
    cluster.begin(&query(plan, table))?;
    let kill = cluster.kill_in_the_middle(|progress| progress.running);
    let answer = cluster.finish();
    cluster.restore()?;
    Ok((agree::found(plan, &plan.declared, &answer?.rows), kill?))
}

#[test]
#[ignore = "the engines are left out: `tests/run` runs them"]
fn the_answer_stands_when_a_worker_is_killed() {
    let mut cluster = Cluster::take();
    let plan = plan();
    let mut rows = 2_000_000;
    for _ in 0..3 {
        let files = make_table(&mut cluster, "killed", rows).unwrap();
        assert_eq!(files.len() as u64, FILES);
        let expected = native(&files).unwrap();
        assert!(expected.len() > 100, "too few cells: {expected:?}");
        let (answer, kill) = run(&mut cluster, &plan, "killed").unwrap();
        assert!(answer == expected, "of {} and {} rows", answer.len(), expected.len());
        if kill == Kill::Middle {
            println!("a worker was killed in the middle of {rows} rows; {} rows of cells agree", answer.len());
            cluster.engine().script("DROP TABLE killed").unwrap();
            return;
        }
        rows *= 2;
    }
    panic!("the worker was killed too late, thrice: the job was done");
}
