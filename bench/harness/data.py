"""Makes the files that are measured, unless they are there: into `data/ROWS-SEED`."""

import pathlib
import shutil
import subprocess

BENCH = pathlib.Path(__file__).resolve().parent.parent
GENERATE = BENCH / "target/release/generate"
EXAMPLE = BENCH.parent / "examples/gdelt"
PYTHON = BENCH / "venv/bin/python"


def folder(rows, seed):
    """The folder of data of a size; it may be a link to another disk."""
    path = BENCH / "data" / f"{rows}-{seed}"
    path.mkdir(parents=True, exist_ok=True)
    return path


def once(path, make):
    """Makes a file under another name first, so that half a file is never taken for a whole one."""
    if not path.exists():
        print(f"making {path.relative_to(BENCH)}", flush=True)
        part = path.with_name("part-" + path.name)
        make(part)
        part.rename(path)
    return path


def call(*words):
    subprocess.run([str(word) for word in words], check=True)


def gzip(source, target):
    with open(target, "wb") as out:
        subprocess.run(["gzip", "-6", "-n", "-c", str(source)], stdout=out, check=True)


def contacts(rows, seed):
    """The rows of contacts, together and in order."""
    return once(folder(rows, seed) / "contact.csv", lambda to: call(GENERATE, "contacts", rows, seed, to))


def scattered(rows, seed):
    """The same rows, shuffled."""
    source = contacts(rows, seed)
    return once(folder(rows, seed) / "scattered.csv", lambda to: call(GENERATE, "shuffle", source, seed, to))


def parquet(source):
    """The same rows as Parquet."""
    return once(source.with_suffix(".parquet"), lambda to: call(PYTHON, BENCH / "queries/to_parquet.py", source, to))


def gzipped(source):
    """The same bytes, packed."""
    return once(source.with_name(source.name + ".gz"), lambda to: gzip(source, to))


def events(rows, seed):
    """Events of 61 columns, a fifth as many rows as there are contacts, and the table of their codes beside them."""
    tables = EXAMPLE / "weights.tsv", EXAMPLE / "parties.csv"
    path = once(folder(rows, seed) / "events.csv", lambda to: call(GENERATE, "events", rows // 5, seed, *tables, to))
    once(path.with_name("weights.tsv"), lambda to: shutil.copyfile(tables[0], to))
    return path
