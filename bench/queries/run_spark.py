"""Runs a query on a Spark cluster on this machine, over the same contacts in several layouts.

In: Parquet files of contacts, a query of the table `contact`, a folder. Out: in the folder the rows in each layout (kept for the next time), the plan and
the answer of each; on stdout what each layout took, as JSON. The cluster is that of the engines' tests with the settings that Spark has by itself.
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

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/engines"))

import pyspark

from spark_cluster import Cluster

LAYOUTS = ["together", "buckets", "scattered"]
COLUMNS = "id STRING, date DATE, partner STRING, side STRING, office STRING, venue STRING, military STRING"
# What `rules sql` asks for in the first lines of its docs: decimals keep their places, an overflow is an error.
SETTINGS = {"spark.sql.ansi.enabled": "true", "spark.sql.decimalOperations.allowPrecisionLoss": "false"}


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--clustered", required=True)
    parser.add_argument("--scattered")
    parser.add_argument("--query", type=pathlib.Path, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory", default="3g")
    parser.add_argument("--files", type=int, default=64)
    parser.add_argument("--runs", type=int, default=3)
    return parser.parse_args()


def processor_seconds():
    """What this process and all that it started have used so far: the driver, the master, the workers, their executors."""
    parents, used = {}, {}
    for place in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(place.parent.name)
        parents[pid], used[pid] = int(fields[1]), sum(map(int, fields[11:15]))
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(used.get(pid, 0) for pid in ours) / os.sysconf("SC_CLK_TCK")


def write(session, source, place, files, bucketed):
    """Writes the rows: as they stand in the source, or those of a contact in one bucket, sorted."""
    print(f"making {place}", file=sys.stderr, flush=True)
    shutil.rmtree(place, ignore_errors=True)
    size = max(1 << 20, -(-pathlib.Path(source).stat().st_size // files))
    session.conf.set("spark.sql.files.maxPartitionBytes", size)
    session.conf.set("spark.sql.files.openCostInBytes", 0)
    rows = session.read.parquet(source)
    if bucketed:
        rows.repartition(files, "id").write.bucketBy(files, "id").sortBy("id").option("path", str(place)).saveAsTable("written")
        session.sql("DROP TABLE written")
    else:
        rows.write.parquet(str(place))
    session.conf.unset("spark.sql.files.maxPartitionBytes")
    session.conf.unset("spark.sql.files.openCostInBytes")


def prepare(session, layout, source, place, files):
    """Makes a table of a layout; writes its files unless they are there."""
    bucketed = layout == "buckets"
    if not (place / "_SUCCESS").exists():
        write(session, source, place, files, bucketed)
    buckets = f"CLUSTERED BY (id) SORTED BY (id) INTO {files} BUCKETS" if bucketed else ""
    session.sql(f"CREATE TABLE `{layout}` ({COLUMNS}) USING parquet {buckets} LOCATION '{place}'")


def shuffled_bytes(cluster):
    found = cluster.context._jsc.sc().statusStore().executorList(False)
    return sum(found.apply(at).totalShuffleWrite() for at in range(found.size()))


def measure(cluster, query, runs):
    """Runs a query once more than is asked, since the first time code is compiled: the rows, the plan, what each run took."""
    took = {"seconds": [], "processor": []}
    shuffled = shuffled_bytes(cluster)
    for _ in range(runs + 1):
        used, start = processor_seconds(), time.perf_counter()
        result = cluster.session.sql(query)
        rows = result.collect()
        took["seconds"].append(time.perf_counter() - start)
        took["processor"].append(processor_seconds() - used)
    # What executors have done is told with their next heartbeat.
    time.sleep(11)
    # The plan that was run in the end, which tells what was used twice.
    plan = result._jdf.queryExecution().executedPlan().toString().partition("== Initial Plan ==")[0]
    return rows, plan, took | {"shuffled": (shuffled_bytes(cluster) - shuffled) / (runs + 1)}


def run_layout(cluster, given, layout):
    source = given.scattered if layout == "scattered" else given.clustered
    place = given.folder / layout
    prepare(cluster.session, layout, source, place, given.files)
    query = re.sub(r"(\bFROM\s+)`contact`", rf"\1`{layout}`", given.query.read_text())
    rows, plan, took = measure(cluster, query, given.runs)
    (given.folder / f"{layout}.plan").write_text(plan)
    with open(given.folder / f"{layout}.csv", "w", newline="") as out:
        csv.writer(out).writerows(rows)
    by_unit = len(re.findall(r"Exchange hashpartitioning\(id#", plan))
    scans = len(re.findall(r"FileScan parquet", plan))
    files = list(place.glob("*.parquet"))
    size = sum(file.stat().st_size for file in files)
    return {"layout": layout, "files": len(files), "bytes": size, "by_unit": by_unit, "scans": scans, **took}


def main():
    given = arguments()
    given.folder = given.folder.resolve()
    scratch = given.folder / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    cluster = Cluster(scratch, SETTINGS, given.workers, given.memory)
    try:
        layouts = [layout for layout in LAYOUTS if given.scattered or layout != "scattered"]
        found = []
        for layout in layouts:
            found.append(run_layout(cluster, given, layout))
            print(found[-1], file=sys.stderr, flush=True)
        print(json.dumps({"version": pyspark.__version__, "layouts": found}), flush=True)
    finally:
        cluster.stop()
        shutil.rmtree(scratch, ignore_errors=True)


main()
