"""Writes what was measured as Markdown."""

import datetime
import os
import pathlib
import platform
import subprocess

SINGLE = "One row at a time"
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def machine():
    """The machine, without its name."""
    facts = {}
    for path in ("/proc/cpuinfo", "/proc/meminfo"):
        for line in pathlib.Path(path).read_text().splitlines():
            name, _, value = line.partition(":")
            facts.setdefault(name.strip(), value.strip())
    memory = int(facts["MemTotal"].split()[0]) / (1 << 20)
    return f"{len(os.sched_getaffinity(0))} cores of {facts.get('model name', 'unknown')}, {memory:.0f} GiB, {platform.system()}"


def commit():
    """The commit that was measured."""
    git = lambda *words: subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    changed = " with changes" if git("status", "--porcelain", "--untracked-files=no") else ""
    return git("rev-parse", "--short", "HEAD") + changed


def head(arguments, versions):
    lines = [
        "# Results",
        "",
        f"Measured on {datetime.date.today()} by one run of `{arguments}`; everything on this page is from that run.",
        "",
        f"- Machine: {machine()}; its load was {os.getloadavg()[0]:.1f} at the end of the run.",
        f"- Versions: rules at {commit()}, " + ", ".join(f"{name} {version}" for name, version in versions.items()) + ".",
        "- Files are read once before they are measured, so that no engine waits for the disk. Engines take turns.",
        "- Wall time and processor time are medians, the peak is the most of all runs. The time of `rules` and of the",
        "  floors is that of the whole process; the wall time of the other engines is that of the query alone, without the",
        "  start of Python, while their processor time and peak are those of the process.",
        "- Answers are compared row by row, number by number, to the last digit.",
    ]
    return "\n".join(lines) + "\n"


def table(title, what, runs, differences):
    """One task: a row for each engine. Ratios are to the first engine."""
    lines = [f"\n## {title}\n", what, "", "| engine | wall, s | ratio | processor, s | peak, MB |", "|---|--:|--:|--:|--:|"]
    base = runs[0].wall if runs[0].walls else None
    for one in runs:
        if not one.walls:
            lines.append(f"| {one.name} | no answer: {escape(one.failure)} | | | |")
            continue
        ratio = f"{one.wall / base:.2f}" if base else ""
        note = f" ({escape(one.failure)})" if one.failure else ""
        lines.append(f"| {one.name}{note} | {one.wall:.3f} | {ratio} | {one.cpu:.2f} | {one.peak / 1e6:.0f} |")
    answers = [one for one in runs if one.rows]
    if differences:
        lines += ["", "**The answers differ:** " + "; ".join(differences) + "."]
    elif len(answers) > 1:
        lines += ["", f"All {len(answers)} answers agree in {len(answers[0].rows)} rows."]
    return "\n".join(lines) + "\n"


def linear(runs):
    """How time and memory grow: pairs of a number of rows and what was measured."""
    lines = ["\n## From size to size\n", "Contacts from CSV, clustered.", ""]
    lines += ["| rows | engine | wall, s | ns a row | peak, MB |", "|--:|---|--:|--:|--:|"]
    for rows, engines in runs:
        for one in engines:
            if one.walls:
                figures = f"{one.wall:.3f} | {one.wall / rows * 1e9:.0f} | {one.peak / 1e6:.0f}"
                lines.append(f"| {rows:,} | {one.name} | {figures} |")
    return "\n".join(lines) + "\n"


def single(rows):
    """One row at a time: what the program of the rule engines found."""
    what = "A decision table of 14 offices and the venue, prepared once; one thread. All agree on each of 10,000 rows."
    lines = [f"\n## {SINGLE}\n", what, ""]
    lines += ["| engine | rows a second | ratio |", "|---|--:|--:|"]
    for name, speed in rows:
        lines.append(f"| {name} | {speed:,.0f} | {rows[0][1] / speed:.1f} |")
    return "\n".join(lines) + "\n"


def escape(text):
    return text.replace("|", "\\|").replace("<", "&lt;")
