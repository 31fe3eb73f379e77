"""Measures `rules` beside other engines, checks that the answers agree, and writes RESULTS.md; see docs/benchmarks.md."""

import argparse
import json
import pathlib
import subprocess
import sys

from harness import cluster, data, measure, report
from harness.measure import Engine

BENCH = data.BENCH
RULES = BENCH.parent / "target/release/rules"
FLOOR = BENCH / "target/release/floor"
SINGLE = BENCH / "target/release/single"
OTHERS = {"duckdb": "DuckDB", "polars": "Polars, streaming", "chdb": "ClickHouse (chdb)"}


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sizes", default="", help="measure contacts from CSV alone, at these numbers of rows")
    parser.add_argument("--only", default="", help="measure only the tasks whose title has this in it")
    parser.add_argument("--cluster", default="", help="measure a Spark cluster alone, at these numbers of rows")
    parser.add_argument("--scattered", type=int, default=10_000_000, help="the most rows that are measured scattered on the cluster")
    parser.add_argument("--out", type=pathlib.Path, default=BENCH / "RESULTS.md")
    return parser.parse_args()


def rules(scheme, path, threads):
    """`rules` with so many threads; one that has no threads yet runs without the option."""
    inputs = {"contacts": [f"contact={path}"], "events": [f"event={path}", f"weights={path.with_name('weights.tsv')}"]}
    words = [RULES, "eval", BENCH / f"schemes/{scheme}.rules", "--format", "csv"]
    words += [word for bound in inputs[scheme] for word in ("--input", bound)]
    words += ["--threads", threads] if has_threads() else []
    name = f"rules, {threads} thread{'s' if threads > 1 else ''}" if has_threads() else "rules"
    return Engine(name, lambda answer: [*words, "--out", answer])


def has_threads():
    said = subprocess.run([RULES, "eval", "--help"], capture_output=True, text=True).stdout
    return "--threads" in said


def other(name, scheme, path, threads):
    words = [data.PYTHON, BENCH / f"queries/run_{name}.py", scheme, path, "--threads", threads]
    words += ["--weights", path.with_name("weights.tsv")] if scheme == "events" else []
    return Engine(OTHERS[name], lambda answer: [*words, "--answer", answer], own_clock=True)


def engines(scheme, path, threads):
    ours = [rules(scheme, path, count) for count in ([threads, 1] if has_threads() and threads > 1 else [threads])]
    return ours + [other(name, scheme, path, threads) for name in OTHERS]


def floors(path):
    names = {"newlines": "newlines counted, 1 thread", "csv": "csv crate, records alone, 1 thread"}
    return [Engine(name, lambda answer, kind=kind: [FLOOR, kind, path]) for kind, name in names.items()]


def tasks(rows, seed):
    """The tasks: title, what is in the file, scheme, file."""
    clustered, scattered = data.contacts(rows, seed), data.scattered(rows, seed)
    size = lambda path: f"{path.stat().st_size / 1e6:,.0f} MB"
    listed = [
        ("Contacts, CSV", "{} rows, {}; the rows of a contact stand together.", "contacts", clustered),
        ("Contacts, Parquet", "The same {} rows, {}, as DuckDB writes them.", "contacts", data.parquet(clustered)),
        ("Contacts, gzip", "The same {} rows, {}.", "contacts", data.gzipped(clustered)),
        ("Contacts scattered, CSV", "The same {} rows, {}, shuffled.", "contacts", scattered),
        ("Contacts scattered, Parquet", "The same {} rows, {}, shuffled.", "contacts", data.parquet(scattered)),
    ]
    tasks = [(title, what.format(f"{rows:,}", size(path)), scheme, path) for title, what, scheme, path in listed]
    events = data.events(rows, seed)
    what = f"{rows // 5:,} rows of 61 columns, {size(events)}; repeated rows dropped, a table of 311 codes looked up."
    return [*tasks, ("Events, CSV", what, "events", events)]


def versions():
    packages = ["duckdb", "polars", "chdb"]
    code = f"import importlib.metadata as m, json; print(json.dumps({{p: m.version(p) for p in {packages}}}))"
    found = json.loads(subprocess.run([data.PYTHON, "-c", code], capture_output=True, text=True, check=True).stdout)
    return {{"duckdb": "DuckDB", "polars": "Polars"}.get(name, name): version for name, version in found.items()}


def single_rows(only):
    """One row at a time, if it is asked for and the program for it is built."""
    if only not in report.SINGLE or not SINGLE.exists():
        return ""
    print(f"measuring {report.SINGLE}", flush=True)
    ended = subprocess.run([SINGLE], capture_output=True, text=True)
    if ended.returncode != 0:
        return f"\n## {report.SINGLE}\n\nNo answer: {report.escape(measure.last_words(ended.stderr))}\n"
    return report.single(json.loads(ended.stdout))


def measure_tasks(given):
    """Measures the tasks; gives the text and whether all answers agree."""
    text, agree = "", True
    for title, what, scheme, path in tasks(given.rows, given.seed):
        if given.only not in title:
            continue
        print(f"measuring {title}", flush=True)
        measure.warm(path)
        runs = measure.interleaved(engines(scheme, path, given.threads), given.runs)
        differences = measure.disagreement(runs)
        agree = agree and not differences
        if path.suffix == ".csv" and path.name != "scattered.csv":
            runs += measure.interleaved(floors(path), given.runs)
        text += report.table(title, what, runs, differences)
    return text + single_rows(given.only), agree


def measure_sizes(given):
    """Measures contacts from CSV at several sizes."""
    found = []
    for rows in (int(size) for size in given.sizes.split(",")):
        path = data.contacts(rows, given.seed)
        print(f"measuring {rows:,} rows", flush=True)
        both = [rules("contacts", path, given.threads), other("duckdb", "contacts", path, given.threads)]
        found.append((rows, measure.interleaved(both, given.runs)))
    differences = [said for _, runs in found for said in measure.disagreement(runs)]
    return report.linear(found) + "".join(f"\n**{said}**\n" for said in differences), not differences


def main():
    given = arguments()
    if given.cluster:
        sys.exit(0 if cluster.run(given, RULES) else "the answers differ")
    text, agree = measure_sizes(given) if given.sizes else measure_tasks(given)
    text = report.head("run.py " + " ".join(sys.argv[1:]), versions()) + text
    if given.out == BENCH / "RESULTS.md":
        old = cluster.kept(given.out)
        text += "\n" + old if old else ""
        text += "\n" + (BENCH / "limits.md").read_text()
    given.out.write_text(text)
    print(text)
    sys.exit(0 if agree else "the answers differ")


main()
