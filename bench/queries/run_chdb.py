"""Runs a task with ClickHouse inside the process."""

import csv
import io
import pathlib

import chdb

import task as tasks

CONTACT = "id String, date Date32, partner String, side String, office String, venue String, military String"
EVENT = {1: "id Int64", 2: "day String", 8: "actor1 String", 18: "actor2 String", 27: "code String"}


def source(task):
    if task.data.endswith(".parquet"):
        return f"file('{task.data}', Parquet)"
    if task.scheme == "contacts":
        return f"file('{task.data}', CSVWithNames, '{CONTACT}')"
    types = ", ".join(EVENT.get(place, f"c{place} String") for place in range(1, 62))
    return f"file('{task.data}', TSV, '{types}')"


task = tasks.arguments()
weights = f"file('{task.weights}', TSVWithNames, 'code String, weight Decimal(5, 1)')"
text = pathlib.Path(__file__).with_name(f"chdb_{task.scheme}.sql").read_text()
for name, value in {"contact": source(task), "event": source(task), "weights": weights, "threads": str(task.threads)}.items():
    text = text.replace("{" + name + "}", value)
tasks.run(task, lambda: csv.reader(io.StringIO(chdb.query(text, "CSV").bytes().decode())))
