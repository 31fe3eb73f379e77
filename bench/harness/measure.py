"""Runs a program and says how long it took and how much memory it had; compares answers."""

import csv
import dataclasses
import decimal
import json
import os
import pathlib
import re
import statistics
import subprocess
import tempfile

MEASURE = pathlib.Path(__file__).resolve().parent.parent / "target/release/measure"
MONTH = re.compile(r"\d{4}-\d\d")


@dataclasses.dataclass
class Engine:
    """A way to do a task. `command` takes the path of the answer; where `own_clock` holds the program prints the time
    of its query, and what it takes to start doesn't count."""

    name: str
    command: object
    own_clock: bool = False


@dataclasses.dataclass
class Runs:
    """What was measured of an engine."""

    name: str
    walls: list = dataclasses.field(default_factory=list)
    cpus: list = dataclasses.field(default_factory=list)
    peaks: list = dataclasses.field(default_factory=list)
    rows: object = None
    failure: str = ""

    @property
    def wall(self):
        return statistics.median(self.walls)

    @property
    def cpu(self):
        return statistics.median(self.cpus)

    @property
    def peak(self):
        return max(self.peaks)


def once(engine, runs):
    """Runs an engine one time, and notes what it took; notes why if it couldn't."""
    with tempfile.TemporaryDirectory() as folder:
        answer, took, out, err = (os.path.join(folder, name) for name in ("answer", "took", "out", "err"))
        words = [str(word) for word in (MEASURE, took, *engine.command(answer))]
        with open(out, "w") as stdout, open(err, "w") as stderr:
            code = subprocess.run(words, stdout=stdout, stderr=stderr).returncode
        if code != 0:
            runs.failure = last_words(pathlib.Path(err).read_text(errors="replace"))
            return
        usage = json.loads(pathlib.Path(took).read_text())
        own = json.loads(pathlib.Path(out).read_text())["seconds"] if engine.own_clock else None
        runs.walls.append(usage["wall"] if own is None else own)
        runs.cpus.append(usage["user"] + usage["system"])
        runs.peaks.append(usage["peak"])
        if os.path.exists(answer):
            rows = normal(answer)
            if runs.rows is not None and runs.rows != rows:
                runs.failure = "its answers differ from run to run"
            runs.rows = rows


def last_words(text):
    """The first line of a diagnostic, or the last line of what a program says that gives up."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = [line.removeprefix("× ") for line in lines if line.startswith("× ")] or lines[-1:]
    return (said[0] if said else "failed")[:120]


def interleaved(engines, count):
    """Runs all engines one after the other, so many times; one that fails once is not run again."""
    runs = [Runs(engine.name) for engine in engines]
    for _ in range(count):
        for engine, one in zip(engines, runs):
            if not one.failure:
                once(engine, one)
    return runs


def normal(path):
    """The rows of an answer, each number in one form, in order; a header is left out."""
    with open(path, newline="") as file:
        rows = [tuple(cell(text) for text in row) for row in csv.reader(file)]
    return sorted(row for row in rows if row and row[-1] not in ("contacts", "acts"))


def cell(text):
    if MONTH.fullmatch(text):
        return text.replace("-", "")
    try:
        number = decimal.Decimal(text)
    except decimal.InvalidOperation:
        return text
    return format(number.normalize() + 0, "f")


def disagreement(runs):
    """Says which answers differ from the first that is there, and in how many rows."""
    known = [one for one in runs if one.rows is not None]
    said = []
    for one in known[1:]:
        different = set(known[0].rows) ^ set(one.rows)
        if different or len(known[0].rows) != len(one.rows):
            said.append(f"{one.name} and {known[0].name} differ in {len(different)} rows, as {min(different, default='')}")
    return said


def warm(path):
    """Reads a file, so that it is in memory for each engine alike."""
    with open(path, "rb", buffering=0) as file:
        while file.read(1 << 22):
            pass
