"""What the programs that run other engines share: their arguments, the time of the query, the answer as a CSV file."""

import argparse
import csv
import json
import time


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("scheme", choices=["contacts", "events"])
    parser.add_argument("data")
    parser.add_argument("--weights")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--answer", required=True)
    return parser.parse_args()


def run(task, query, finish=lambda row: row):
    """Runs the query, which gives rows; each is finished before it is written. The time is that of the query alone: neither the interpreter's start nor the
    loading of the engine counts."""
    start = time.perf_counter()
    rows = query()
    seconds = time.perf_counter() - start
    with open(task.answer, "w", newline="") as out:
        csv.writer(out).writerows(map(finish, rows))
    print(json.dumps({"seconds": seconds}))
