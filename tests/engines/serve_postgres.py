"""A PostgreSQL server of its own on the loopback interface, served as serving.py says."""

import glob
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

import psycopg

from serving import Failure, definitions, free_port, listening, log_end, quoted, serve, table, wait_for

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}


def programs():
    """The folder of PostgreSQL's programs, the newest version's."""
    found = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    found.sort(key=lambda path: float(re.search(r"postgresql/([0-9.]+)", path)[1]))
    found += [path for path in [shutil.which("initdb")] if path and not found]
    if not found:
        raise Failure("`initdb` is not there: install the package `postgresql`")
    return pathlib.Path(found[-1]).parent


class Postgres:
    def __init__(self, folder):
        self.server = None
        self.connection = None
        self.aside = None
        self.owner = ["setpriv", "--pdeathsig", "INT"]
        self.data = self.choose_folder(folder)
        subprocess.run(
            [*self.owner, programs() / "initdb", "-D", self.data, "-U", "rules", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
            check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd="/",
        )
        self.port = free_port()
        log = folder / "postgres.log"
        given = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with open(log, "wb") as out:
            # PostgreSQL stops at once on SIGINT, which it gets when this process ends in whatever way.
            self.server = subprocess.Popen(
                [*self.owner, programs() / "postgres", "-D", self.data, "-p", str(self.port), *given],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, cwd="/",
            )
        try:
            wait_for("PostgreSQL", lambda: listening(self.port), 240, lambda: self.server.poll() is None)
        except Failure as failure:
            raise Failure(f"{failure}\n{log_end(log)}") from failure
        wait_for("PostgreSQL", self.connect, 240)

    def choose_folder(self, folder):
        """The data folder. PostgreSQL refuses to run as root, and its user must be able to reach the folder."""
        data = folder / "data"
        data.mkdir(mode=0o700)
        if os.geteuid() != 0:
            return data
        self.owner += ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
        shutil.chown(data, "postgres", "postgres")
        if subprocess.run([*self.owner, "test", "-x", data], cwd="/").returncode == 0:
            return data
        self.aside = pathlib.Path(tempfile.mkdtemp(prefix="rules-postgres-"))
        shutil.chown(self.aside, "postgres", "postgres")
        return self.aside

    def connect(self):
        """Connects; false while the server is still starting."""
        try:
            self.connection = psycopg.connect(self.address(None), autocommit=True)
        except psycopg.OperationalError:
            return False
        return True

    def address(self, _):
        return f"postgres://rules@127.0.0.1:{self.port}/postgres"

    def load(self, wanted):
        name = quoted(wanted["table"])
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
            cursor.execute(f"CREATE TABLE {name} ({definitions(wanted['columns'])})")
            with cursor.copy(f"COPY {name} FROM STDIN") as copy:
                for row in wanted["rows"]:
                    copy.write_row(row)
        return {}

    def script(self, sql):
        self.connection.execute(sql)
        return {}

    def query(self, sql):
        result = self.connection.execute(sql)
        return table([column.name for column in result.description], result.fetchall())

    def stop(self):
        if self.server is not None:
            self.server.send_signal(signal.SIGINT)
            try:
                self.server.wait(10)
            except subprocess.TimeoutExpired:
                self.server.kill()
        if self.aside is not None:
            shutil.rmtree(self.aside, ignore_errors=True)


serve("postgres", Postgres)
