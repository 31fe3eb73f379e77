"""What the servers of the engines share. In: requests, one JSON object a line on stdin, `{VERB: ARGUMENT}`. Out: an answer a line on stdout.

A request may name a lane, a number: those of a lane are answered in their order, beside those of other lanes. An engine is an object whose methods are the verbs. The end of stdin stops the engine and the process, whatever runs then.
"""

import ctypes
import datetime
import decimal
import json
import os
import pathlib
import queue
import shutil
import signal
import socket
import sys
import threading
import time


class Failure(Exception):
    """What the engine says against a request."""


def text(value):
    """A value of a result as exact text; a null stays a null."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    raise Failure(f"a value of type {type(value).__name__} has no text here: {value!r}")


def table(names, rows):
    """The answer to a query."""
    return {"names": list(names), "rows": [[text(value) for value in row] for row in rows]}


def quoted(name, quote='"'):
    """An identifier between quotes."""
    return quote + name.replace(quote, quote + quote) + quote


def definitions(columns, quote='"'):
    """The columns of a table as CREATE TABLE has them."""
    return ", ".join(f"{quoted(name, quote)} {sql_type}" for name, sql_type in columns)


def free_port():
    """A port of the loopback interface on which nobody listens now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def listening(port):
    """Whether somebody listens on a port of the loopback interface."""
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


def wait_for(what, done, seconds, alive=lambda: True):
    """Waits until `done()` holds; an error if it takes too long, or if what is waited for has died."""
    end = time.monotonic() + seconds
    while not done():
        if not alive():
            raise Failure(f"{what}: the process ended")
        if time.monotonic() > end:
            raise Failure(f"{what}: not there after {seconds} seconds")
        time.sleep(0.02)


def dies_with_parent(signal_number=signal.SIGKILL):
    """For `preexec_fn`: the kernel ends the new process when the one that starts it has ended, in whatever way."""
    set_death_signal = 1
    ctypes.CDLL(None).prctl(set_death_signal, signal_number)


def make_folder(base, kind):
    """A folder for the files of this run. Those of runs that were killed are removed."""
    base = pathlib.Path(base)
    for old in base.glob("run-*"):
        if not pathlib.Path("/proc", old.name.split("-")[-1]).exists():
            shutil.rmtree(old, ignore_errors=True)
    folder = base / f"run-{kind}-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def log_end(path, lines=25):
    """The last lines of a log, for an error message."""
    try:
        return "\n".join(pathlib.Path(path).read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def serve(kind, start):
    """Starts the engine, `start(folder)`, and answers until stdin ends. The first line says where the engine is, or why it did not start."""
    # Libraries and child processes may print: what they print goes to stderr, and the answers keep the real stdout.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    folder = make_folder(sys.argv[1], kind)
    engine = None
    lanes = {0: queue.SimpleQueue()}
    writing = threading.Lock()
    stopping = threading.Lock()

    def stop(code):
        stopping.acquire()
        try:
            if engine is not None:
                engine.stop()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            os._exit(code)

    def answer(value):
        with writing:
            answers.write(json.dumps(value, ensure_ascii=False) + "\n")
            answers.flush()

    def work(lane):
        while True:
            ((verb, argument),) = lanes[lane].get().items()
            try:
                found = getattr(engine, verb)(argument)
                answer({"lane": lane, **(found if isinstance(found, dict) else {verb: found})})
            except Exception as error:
                answer({"lane": lane, "error": str(error) or repr(error)})

    def read():
        for line in sys.stdin:
            request = json.loads(line)
            lane = request.pop("lane", 0)
            if lane not in lanes:
                lanes[lane] = queue.SimpleQueue()
                threading.Thread(target=work, args=[lane], daemon=True).start()
            lanes[lane].put(request)
        stop(0)

    threading.Thread(target=read, daemon=True).start()
    try:
        engine = start(folder)
        answer({"ready": engine.address(None)})
    except Exception as error:
        answer({"error": f"{kind} did not start: {error}"})
        stop(1)
    work(0)
