//! A worker is killed in the middle of a job of millions of rows, and the answer still stands.

use crate::cluster::{Cluster, Kill};
use crate::engine::Cell;

/// The files among which the rows are spread.
const FILES: u64 = 32;
/// The rows of a unit, which lie in different files.
const PER_UNIT: u64 = 4;

/// Makes a table of rows of units: the highest value of a unit counts.
fn make_table(cluster: &mut Cluster, name: &str, rows: u64) -> Result<(), String> {
    let units = rows / PER_UNIT;
    let engine = cluster.engine();
    engine.script(&format!("DROP TABLE IF EXISTS {name}"))?;
    engine.script(&format!(
        "CREATE TABLE {name} USING parquet AS SELECT md5(CAST(id % {units} AS STRING)) AS unit, \
         CAST(2000 + id % {units} % 20 AS INT) AS year, \
         CAST((id DIV {units} * 7 + id % {units} % 13) * 0.25 AS DECIMAL(10,2)) AS points \
         FROM range(0, {rows}, 1, {FILES})"
    ))
}

/// The sum over the units of each year of what their best rows have, computed without the cluster.
fn known_answer(rows: u64) -> Vec<Vec<Cell>> {
    let mut sums = [0_u64; 20];
    for unit in 0..rows / PER_UNIT {
        sums[usize::try_from(unit % 20).unwrap()] += ((PER_UNIT - 1) * 7 + unit % 13) * 25;
    }
    let text =
        |year: usize, sum: u64| vec![Some((2000 + year).to_string()), Some(format!("{}.{:02}", sum / 100, sum % 100))];
    sums.iter().enumerate().map(|(year, sum)| text(year, *sum)).collect()
}

/// Runs the job and kills a worker; the answer, and when the worker was killed.
fn run(cluster: &mut Cluster, rows: u64) -> Result<(Vec<Vec<Cell>>, Kill), String> {
    make_table(cluster, "killed", rows)?;
    cluster.begin(
        "SELECT year, CAST(sum(best) AS DECIMAL(20,2)) AS total \
         FROM (SELECT unit, year, max(points) AS best FROM killed GROUP BY unit, year) GROUP BY year ORDER BY year",
    )?;
    let kill = cluster.kill_in_the_middle(|progress| progress.running);
    let answer = cluster.finish();
    cluster.restore()?;
    Ok((answer?.rows, kill?))
}

#[test]
#[ignore = "the engines are left out: `tests/run` runs them"]
fn the_answer_stands_when_a_worker_is_killed() {
    let mut cluster = Cluster::take();
    let mut rows = 2_000_000;
    for _ in 0..3 {
        let (answer, kill) = run(&mut cluster, rows).unwrap();
        assert_eq!(answer, known_answer(rows));
        if kill == Kill::Middle {
            return;
        }
        rows *= 2;
    }
    panic!("the worker was killed too late, thrice: the job was done");
}
