//! `rules sensitivity --out`: an engine reads the samples as they were written, from Parquet and from CSV alike.

use std::path::Path;
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn out(program: &Path, args: &[&str]) -> String {
    let out = Command::new(program).current_dir(ROOT).args(args).env("NO_COLOR", "1").output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

#[test]
#[ignore = "the engines are left out: `tests/run` runs them"]
fn duckdb_reads_the_samples() {
    let folder = tempfile::tempdir().unwrap();
    let [parquet, csv] = ["samples.parquet", "samples.csv"].map(|name| folder.path().join(name));
    let rules = Path::new(env!("CARGO_BIN_EXE_rules"));
    for file in [&parquet, &csv] {
        let scheme = ["sensitivity", "rules/robustness.rules", "--samples", "200", "--index", "engagement", "--out"];
        out(rules, &[&scheme[..], &[file.to_str().unwrap()]].concat());
    }
    let duckdb = Path::new(&std::env::var("RULES_ENGINES").unwrap()).join("bin/duckdb");
    let (parquet, csv) = (parquet.display(), csv.display());
    let query = format!(
        "select count(*), count(\"engagement@2008\"), min(\"part\"),
           (select count(*) from (from '{parquet}' except all from read_csv('{csv}')))
         from '{parquet}'"
    );
    assert_eq!(out(&duckdb, &["-csv", "-noheader", "-c", &query]).trim(), "198,198,A,0");
}
