"""Runs a task with DuckDB."""

import pathlib

import duckdb

import task as tasks

CONTACT = {name: "VARCHAR" for name in ["id", "date", "partner", "side", "office", "venue", "military"]} | {"date": "DATE"}
EVENT = {1: ("id", "BIGINT"), 2: ("day", "DATE"), 8: ("actor1", "VARCHAR"), 18: ("actor2", "VARCHAR"), 27: ("code", "VARCHAR")}


def columns(types):
    return "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in types) + "}"


def source(task):
    if task.data.endswith(".parquet"):
        return f"read_parquet('{task.data}')"
    if task.scheme == "contacts":
        return f"read_csv('{task.data}', header=true, delim=',', quote='\"', auto_detect=false, columns={columns(CONTACT.items())})"
    types = [EVENT.get(place, (f"c{place}", "VARCHAR")) for place in range(1, 62)]
    return (f"read_csv('{task.data}', header=false, delim='\\t', quote='', escape='', auto_detect=false, "
            f"dateformat='%Y%m%d', columns={columns(types)})")


task = tasks.arguments()
weights = f"read_csv('{task.weights}', header=true, delim='\\t', columns={{'code': 'VARCHAR', 'weight': 'DECIMAL(4,1)'}})"
text = pathlib.Path(__file__).with_name(f"duckdb_{task.scheme}.sql").read_text()
for name, value in {"contact": source(task), "event": source(task), "weights": weights}.items():
    text = text.replace("{" + name + "}", value)
connection = duckdb.connect()
connection.execute(f"set threads={task.threads}")
tasks.run(task, lambda: connection.execute(text).fetchall())
