"""Measures a Spark cluster on this machine beside `rules`, and writes a section of RESULTS.md that stays when the others are measured anew."""

import dataclasses
import datetime
import json
import os
import pathlib
import re
import subprocess

from harness import data, measure, report
from harness.measure import Engine, Runs

SCHEME = data.BENCH / "schemes/contacts.rules"
QUERIES = data.BENCH / "queries"
ENVIRONMENT = pathlib.Path(os.environ.get("RULES_ENGINES", data.BENCH.parent / "target/engines/venv"))
DOCS = data.BENCH.parent / "docs/engines.md"
BEGIN, END = "<!-- `run.py --cluster` writes what follows. -->", "<!-- What `run.py --cluster` wrote ends here. -->"
TITLES = {
    "together": "as it came: the rows of a contact together, in files",
    "buckets": "in buckets of contacts, sorted",
    "scattered": "scattered over the files",
}
WORKERS = 2
SIZES = 10**9, 10**10
CORES = 10, 100


@dataclasses.dataclass
class Layout:
    """What was measured of a layout of so many rows."""

    name: str
    rows: int
    found: dict
    native: Runs
    spark: Runs


def measured(rows, given, rules):
    """Measures all layouts of a size. The files are written by Spark; `rules` reads the same files."""
    clustered = data.parquet(data.contacts(rows, given.seed))
    scattered = data.parquet(data.scattered(rows, given.seed)) if rows <= given.scattered else None
    folder = clustered.parent / "cluster"
    folder.mkdir(exist_ok=True)
    query = folder / "contacts.sql"
    query.write_text(subprocess.run([rules, "sql", SCHEME, "--dialect", "spark"], capture_output=True, text=True, check=True).stdout)
    words = [ENVIRONMENT / "bin/python", QUERIES / "run_spark.py", folder, "--clustered", clustered, "--query", query]
    words += ["--runs", given.runs, "--workers", WORKERS] + (["--scattered", scattered] if scattered else [])
    print(f"measuring {rows:,} rows on Spark", flush=True)
    ended = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(ended.stdout)
    return found["version"], [layout(rows, one, folder, given, rules) for one in found["layouts"]]


def layout(rows, found, folder, given, rules):
    name = found["layout"]
    files = sorted((folder / name).glob("*.parquet"))
    for file in files:
        measure.warm(file)
    words = [rules, "eval", SCHEME, "--format", "csv", "--threads", given.threads]
    words += [word for file in files for word in ("--input", f"contact={file}")]
    native = Engine(f"rules, {given.threads} threads, {TITLES[name]}", lambda answer: [*words, "--out", answer])
    spark = Runs(f"Spark, {TITLES[name]}", found["seconds"][1:], found["processor"][1:], [0], measure.normal(folder / f"{name}.csv"))
    return Layout(name, rows, found, measure.interleaved([native], given.runs)[0], spark)


def table(layouts):
    lines = ["| rows | layout | MB | engine | wall, s | million rows a second | core-ns a row | first run, s | shuffled, MB |", "|--:|---|--:|---|--:|--:|--:|--:|--:|"]
    for one in layouts:
        for name, runs, more in [
            ("rules", one.native, "| |"),
            ("Spark", one.spark, f"| {one.found['seconds'][0]:.1f} | {one.found['shuffled'] / 1e6:,.1f} |"),
        ]:
            if not runs.walls:
                lines.append(f"| {one.rows:,} | {TITLES[one.name]} | | {name} | no answer: {report.escape(runs.failure)} | | | | |")
                continue
            speed = f"{runs.wall:.2f} | {one.rows / runs.wall / 1e6:.1f} | {runs.cpu / one.rows * 1e9:,.0f} {more}"
            lines.append(f"| {one.rows:,} | {TITLES[one.name]} | {one.found['bytes'] / 1e6:,.0f} | {name} | {speed}")
    return lines


def plans(layouts):
    """How the plans differ between layouts, at the largest size."""
    last = [one for one in layouts if one.rows == layouts[-1].rows or one.name == "scattered"]
    said = [f"{TITLES[one.name]}: {one.found['by_unit']} by contact, {one.found['scans']} scans" for one in last]
    return "Exchanges in the plan that was run, and times that the files are scanned: " + "; ".join(dict.fromkeys(said)) + "."


def computed(layouts):
    """What larger data would take, from the time per row and core of the largest size of each layout."""
    most = {one.name: one for one in layouts if one.spark.walls and one.native.walls}
    heads = [f"Spark, {cores} cores" for cores in CORES]
    lines = ["| rows | layout | " + " | ".join(heads) + " | `rules`, one machine | cores with which Spark is as quick |"]
    lines.append("|--:|---|" + "--:|" * (len(CORES) + 2))
    for rows in SIZES:
        for name, one in most.items():
            spark, native = rows * one.spark.wall * WORKERS / one.rows, rows * one.native.wall / one.rows
            times = [span(seconds) for seconds in (*(spark / cores for cores in CORES), native)]
            lines.append(f"| {rows:,} | {TITLES[name]} | " + " | ".join(times) + f" | {spark / native:.0f} |")
    return lines


def costs(layouts):
    """What the measured costs mean for larger data, for the documentation."""
    most = [one for one in layouts if one.rows == layouts[-1].rows and one.spark.walls and one.native.walls]
    rows = max((one.rows for one in most), default=0)
    ratios = [one.spark.wall * WORKERS / one.native.wall for one in most]
    largest = {one.name: one.rows for one in layouts if one.spark.walls}
    smaller = [f"; {TITLES[name]} at {size:,}" for name, size in largest.items() if size < rows]
    lines = [
        f"Measured ([bench/RESULTS.md](../bench/RESULTS.md)): {rows:,} rows of contacts took `rules` {between(one.native.wall for one in most)} s on two cores of one "
        f"machine, and Spark {between(one.spark.wall for one in most)} s on {WORKERS} workers of one core each. So Spark needs {between(ratios, 0)} cores to be as quick as "
        "`rules` on two, and a cluster pays where the data are there already, where they don't fit the disk of one machine, or where it has many more cores than that.\n",
        f"**Computed, not measured**, from the time per row and core at that size{''.join(smaller)}: rows × time × cores measured / cores. It takes for granted that time grows with rows "
        "and shrinks with cores, that no core waits for a disk or the network (all was on one machine), and that no partition is much larger than others. "
        "A worker of one core is counted as a core; one of 8 cores as 8.\n",
        *computed(layouts),
    ]
    return "\n".join([BEGIN, "", *lines, "", END, ""])


def between(values, places=1):
    low, high = (f"{end:,.{places}f}" for end in ends(values))
    return low if low == high else f"{low} to {high}"


def ends(values):
    values = list(values)
    return (min(values), max(values)) if values else (0, 0)


def run(given, rules):
    """Measures, writes the section of the page and that of the documentation; gives whether all answers agree."""
    layouts, version, said = [], "", []
    for rows in (int(size) for size in given.cluster.split(",")):
        version, more = measured(rows, given, rules)
        layouts += more
    for one in layouts:
        said += [f"{one.rows:,} rows, {TITLES[one.name]}: {different}" for different in measure.disagreement([one.native, one.spark])]
    agree = not said and all(one.native.rows for one in layouts)
    answers = f"All {2 * len(layouts)} answers agree, row by row, to the last digit." if agree else "**The answers differ:** " + "; ".join(said)
    lines = [
        BEGIN, "\n## A Spark cluster\n",
        f"Measured on {datetime.date.today()} by `run.py --cluster {given.cluster} --runs {given.runs}`, rules at {report.commit()}, Spark {version}: a master, a driver and "
        f"{WORKERS} workers of one core each, all on this machine, {report.machine()}; its load was {os.getloadavg()[0]:.1f} at the end. Contacts in Parquet files "
        "written by Spark; the query is the one that `rules sql --dialect spark` prints, with Spark's own settings. Medians; the first run of a new "
        "cluster stands by itself, since code is compiled in it. Core time is that of all processes of the cluster, the driver among them.\n",
        *table(layouts), "", answers, "", plans(layouts), "", "What this means for larger data is computed in [docs/engines.md](../docs/engines.md).", "", END, "",
    ]
    put(given.out, "\n".join(lines))
    if given.out == data.BENCH / "RESULTS.md":
        put(DOCS, costs(layouts))
    return agree


def kept(page):
    """The part that such a run has written into a page; nothing if there is none."""
    text = page.read_text() if page.exists() else ""
    found = re.search(re.escape(BEGIN) + ".*?" + re.escape(END) + "\n", text, re.DOTALL)
    return found[0] if found else ""


def put(page, text):
    """Puts the part into a page, in the place of the one that is there or at the end."""
    old, whole = kept(page), page.read_text() if page.exists() else ""
    page.write_text(whole.replace(old, text) if old else whole + "\n" + text)


def span(seconds):
    """A time in a unit that suits it."""
    return f"{seconds:,.0f} s" if seconds < 300 else f"{seconds / 60:,.0f} min" if seconds < 3 * 3600 else f"{seconds / 3600:,.1f} h"
