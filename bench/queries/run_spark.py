"""Runs a query on a Spark cluster of workers with a core each, over the same rows in several layouts.

In: Parquet files of contacts, the query with the table `contact`, a folder. Out: the rows in each layout as Parquet in the folder, an answer as CSV for each,
and a line of JSON on stdout: what each layout took. The clusters is that of the engines' tests, but with the settings that Spark has by itself.
"""

import argparse
import csv
import json
import os
import pathlib
import re
import shutil
import sys
import time

BENCH = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BENCH.parent / "tests/engines"))

from spark_cluster import Cluster

TICK = os.sysconf("SC_CLK_TCK")
COLUMNS = "id STRING, date DATE, partner STRING, side STRING, office STRING, venue STRING, military STRING"
SETTINGS = {
    # Nothing is left from run to run but the files and what the virtual machines have compiled.
    "spark.sql.sources.useV1SourceList": "avro,csv,json,kafka,orc,parquet,text",
    "spark.driver.maxResultSize": "0",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
}


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--clustered", required=True)
    parser.add_argument("--scattered", required=True)
    parser.add_argument("--query", type=pathlib.Path, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory", default="3g")
    parser.add_argument("--files", type=int, default=64)
    parser.add_argument("--runs", type=int, default=3)
    return parser.parse_args()


def processor_seconds():
    """What this process and all that come from it have used so far, the cluster's master and workers among them."""
    parents, used = {}, {}
    for place in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(place.parent.name)
        parents[pid], used[pid] = int(fields[1]), (int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14])) / TICK
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(used.get(pid, 0) for pid in ours)


def define(session, layout, place, bucketed):
    """Makes a layout's files a table. Whoever has the files can say of them that they are in buckets."""
    buckets = f"CLUSTERED BY (id) SORTED BY (id) INTO {bucketed} BUCKETS" if bucketed else ""
    session.sql(f"CREATE TABLE {layout} ({COLUMNS}) USING parquet {buckets} LOCATION '{place}'")


def make(session, layout, source, place, files):
    """Writes the rows in a layout, unless they are there: as they stand in the source, or in buckets of contacts."""
    bucketed = files if layout == "bucketed" else 0
    if not (place / "_SUCCESS").exists():
        print(f"making {place.name}", file=sys.stderr, flush=True)
        shutil.rmtree(place, ignore_errors=True)
        rows = session.read.parquet(source)
        count = rows.count()
        if bucketed:
            rows.repartition(files, "id").write.bucketBy(files, "id").sortBy("id").option("path", str(place)).saveAsTable("made")
        else:
            rows.coalesce(files).write.option("maxRecordsPerFile", -(-count // files)).parquet(str(place))
        session.sql("DROP TABLE IF EXISTS made")
    define(session, layout, place, bucketed)


def shuffles(session, query):
    """The exchanges of the plan by what they are partitioned by, without those of single rows."""
    plan = session.sql(query)._jdf.queryExecution().sparkPlan().toString()
    executed = session.sql(query)._jdf.queryExecution().executedPlan().toString()
    return plan, executed, len(re.findall(r"Exchange hashpartitioning", executed))


def shuffled_bytes(context):
    found = context._jsc.sc().statusStore().executorList(False)
    return sum(found.apply(at).totalShuffleWrite() for at in range(found.size()))


def measure(cluster, query, runs):
    """Runs a query so many times; what each took."""
    took = {"seconds": [], "processor": [], "shuffled": []}
    for _ in range(runs):
        shuffled, used, start = shuffled_bytes(cluster.context), processor_seconds(), time.perf_counter()
        rows = cluster.session.sql(query).collect()
        took["seconds"].append(time.perf_counter() - start)
        took["processor"].append(processor_seconds() - used)
        time.sleep(0.5)
        took["shuffled"].append(shuffled_bytes(cluster.context) - shuffled)
    return rows, took


def main():
    given = arguments()
    folder = given.folder.resolve()
    scratch = folder / "cluster"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    split = max(1 << 20, pathlib.Path(given.clustered).stat().st_size // given.files)
    cluster = Cluster(scratch, SETTINGS, given.workers, given.memory)
    try:
        found = []
        text = given.query.read_text()
        for layout in ["together", "bucketed", "scattered"]:
            place, source = folder / layout, given.scattered if layout == "scattered" else given.clustered
            cluster.session.conf.set("spark.sql.files.maxPartitionBytes", split)
            make(cluster.session, layout, source, place, given.files)
            cluster.session.conf.unset("spark.sql.files.maxPartitionBytes")
            query = re.sub(r"\bFROM\s+`?contact`?", f"FROM {layout}", text)
            assert query != text
            plan, executed, exchanges = shuffles(cluster.session, query)
            (folder / f"{layout}-plan.txt").write_text(executed)
            rows, took = measure(cluster, query, given.runs + 1)
            with open(folder / f"{layout}-answer.csv", "w", newline="") as out:
                csv.writer(out).writerows(rows)
            files = list(place.glob("*.parquet"))
            size = sum(file.stat().st_size for file in files)
            found.append({"layout": layout, "files": len(files), "bytes": size, "exchanges": exchanges, **took})
            print(json.dumps(found[-1]), file=sys.stderr, flush=True)
        print(json.dumps(found), flush=True)
    finally:
        cluster.stop()
        shutil.rmtree(scratch, ignore_errors=True)


main()
