"""Runs a task with Polars: a lazy scan and the streaming engine.

Contacts: tried and found slower were String and Enum for what is Categorical here (from CSV), dates parsed as dates,
replace_strict in place of when and then, grouping by id alone with first() of the rest. Events: sums are of tenths in
whole numbers, which is exact.
"""

import decimal
import os

import task as tasks

task = tasks.arguments()
os.environ["POLARS_MAX_THREADS"] = str(task.threads)
import polars as pl

SCALE = {
    3.0: ["prime minister", "vice president", "head of the presidential administration", "speaker of parliament"],
    2.5: ["deputy prime minister", "minister of foreign affairs", "minister of defence",
          "secretary of the security council", "advisor to the president"],
    2.0: ["other minister", "chief of staff", "senior party official"],
}


def contacts():
    if task.data.endswith(".parquet"):
        rows = pl.scan_parquet(task.data)
        year = pl.col("date").dt.year()
    else:
        text = ["id", "date", "military"]
        names = ["id", "date", "partner", "side", "office", "venue", "military"]
        rows = pl.scan_csv(task.data, schema={name: pl.String if name in text else pl.Categorical() for name in names})
        year = pl.col("date").str.slice(0, 4).cast(pl.Int32)
    office = pl.col("office")
    points = pl.when(office == "president").then(5.0)
    for value, offices in SCALE.items():
        points = points.when(office.is_in(offices)).then(value)
    visits = (
        rows.filter((pl.col("side") == "home") == (pl.col("venue") != "home"))
        .with_columns(year=year, points=points.otherwise(1.0))
        .group_by("id", "partner", "year", "venue").agg(pl.col("points").max())
    )
    halved = pl.when(pl.col("venue") == "third").then(pl.col("points") * 0.5).otherwise(pl.col("points"))
    return visits.group_by("partner", "year").agg(points=halved.sum(), contacts=pl.len())


def events():
    used = {1: ("id", pl.Int64), 2: ("day", pl.String), 8: ("actor1", pl.String), 18: ("actor2", pl.String), 27: ("code", pl.String)}
    types = [used.get(place, (f"c{place}", pl.String)) for place in range(1, 62)]
    rows = pl.scan_csv(task.data, separator="\t", has_header=False, quote_char=None, schema=dict(types))
    weights = pl.scan_csv(task.weights, separator="\t", schema={"code": pl.String, "weight": pl.Float64})
    tenths = weights.select("code", tenths=(pl.col("weight") * 10).round().cast(pl.Int64))
    one, two = pl.col("actor1"), pl.col("actor2")
    return (
        rows.select("id", "day", "actor1", "actor2", "code")
        .filter(one.is_not_null() & two.is_not_null() & (one != two))
        .unique("id", keep="any")
        .join(tenths, on="code", how="left")
        .with_columns(first=pl.min_horizontal(one, two), second=pl.max_horizontal(one, two), month=pl.col("day").str.slice(0, 6))
        .group_by("first", "second", "month").agg(net=pl.col("tenths").fill_null(0).sum(), acts=pl.len())
    )


def from_tenths(row):
    first, second, month, net, acts = row
    return first, second, month, decimal.Decimal(net) / 10, acts


plan, finish = (contacts(), tuple) if task.scheme == "contacts" else (events(), from_tenths)
tasks.run(task, lambda: plan.collect(engine="streaming").rows(), finish)
