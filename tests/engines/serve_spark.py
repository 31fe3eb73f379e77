"""A standalone Spark cluster, a master and two workers in processes of their own, served as serving.py says.

This process holds the driver, which listens for Spark Connect as well. Beside the common verbs it runs a query
beside others (`begin`, `finish`), tells how far it is (`progress`), kills a worker, and replaces it (`restore`).
"""

import logging
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import urllib.request
import warnings

import pyarrow
import pyarrow.parquet

# PySpark warns of a pandas that it doesn't know, which nothing here uses; and what it logs, the answers tell.
warnings.simplefilter("ignore", FutureWarning)
logging.disable()

import pyspark
from pyspark.sql import SparkSession

from serving import Failure, definitions, free_port, log_end, quoted, serve, table, wait_for

WORKERS = 2

# Seconds for which a part of the cluster may start: the machine may be busy.
PATIENCE = 240

LOGGING = """
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
appender.file.type = File
appender.file.name = file
appender.file.fileName = ${env:RULES_ENGINE_LOG}
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{HH:mm:ss.SSS} %p %c{1}: %m%n%ex
"""

# Small queries are what the tests run: they shall not wait for compilers.
QUICK = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto"

ARROW_TYPES = {
    "STRING": pyarrow.string(),
    "INT": pyarrow.int32(),
    "BIGINT": pyarrow.int64(),
    "DOUBLE": pyarrow.float64(),
    "BOOLEAN": pyarrow.bool_(),
    "DATE": pyarrow.date32(),
}


def arrow_type(sql_type):
    decimal = re.fullmatch(r"DECIMAL\((\d+), ?(\d+)\)", sql_type.upper())
    if decimal:
        return pyarrow.decimal128(int(decimal[1]), int(decimal[2]))
    if sql_type.upper() not in ARROW_TYPES:
        raise Failure(f"a table of the tests has no columns of type {sql_type}")
    return ARROW_TYPES[sql_type.upper()]


class Spark:
    def __init__(self, folder):
        self.folder = folder
        self.processes = []
        self.workers = []
        self.started = 0
        self.session = None
        self.loaded = {}
        self.running = None
        (folder / "log4j2.properties").write_text(LOGGING)
        os.environ.update(
            SPARK_CONF_DIR=str(folder), SPARK_LOCAL_IP="127.0.0.1", SPARK_LOCAL_DIRS=str(folder / "local"),
            SPARK_DAEMON_MEMORY="256m", SPARK_DAEMON_JAVA_OPTS=f"{QUICK} -Dspark.worker.timeout=600", RULES_ENGINE_LOG=str(folder / "driver.log"),
        )
        self.port, self.page, self.connect_port = free_port(), free_port(), free_port()
        try:
            self.start_cluster()
        except Exception as error:
            ends = [f"{path.name}:\n{log_end(path)}" for path in sorted(folder.glob("*.log"))]
            self.stop()
            raise Failure("\n".join([str(error), *ends])) from error

    def start_cluster(self):
        master = self.spawn("master.Master", "--host", "127.0.0.1", "--port", str(self.port), "--webui-port", str(self.page))
        wait_for("Spark's master", lambda: self.workers_known() == 0, PATIENCE, lambda: master.poll() is None)
        for _ in range(WORKERS):
            self.start_worker()
        self.session = self.start_driver()
        self.context = self.session.sparkContext
        self.wait_for_executors()

    def spawn(self, part, *arguments):
        """Starts a part of the cluster in a process group of its own, which the kernel kills when this process ends."""
        self.started += 1
        program = pathlib.Path(pyspark.__file__).parent / "bin/spark-class"
        log = self.folder / f"{part.split('.')[-1].lower()}-{self.started}.log"
        with open(log, "wb") as out:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", program, f"org.apache.spark.deploy.{part}", *arguments],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, cwd=self.folder,
                env=os.environ | {"RULES_ENGINE_LOG": str(log)},
            )
        self.processes.append(process)
        return process

    def start_worker(self):
        self.workers.append(self.spawn(
            "worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0",
            "--work-dir", str(self.folder / "work"), f"spark://127.0.0.1:{self.port}",
        ))

    def workers_known(self):
        """The number of workers that the master knows; nothing while it doesn't answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.page}/json/", timeout=5) as page:
                return page.read().count(b'"worker-')
        except OSError:
            return None

    def start_driver(self):
        settings = {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.memory": "1g",
            "spark.driver.extraJavaOptions": f"{QUICK} -Xss8m",
            "spark.executor.memory": "1g",
            "spark.executor.extraJavaOptions": f"{QUICK} -Xss8m",
            "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
            "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.connect.grpc.binding.port": str(self.connect_port),
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.catalogImplementation": "in-memory",
            "spark.sql.warehouse.dir": str(self.folder / "warehouse"),
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.shuffle.partitions": "2",
            # Tiny queries spend their time on code that is generated for them, and on broadcasts.
            "spark.sql.adaptive.enabled": "false",
            "spark.sql.autoBroadcastJoinThreshold": "-1",
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
            # Each file is a partition, so that small tables are spread as well, and a middling job has many tasks.
            "spark.sql.files.openCostInBytes": "1m",
            "spark.sql.files.maxPartitionBytes": "4m",
            # A killed worker is noticed by its closed connections, at once; one that is slow is not given up.
            "spark.shuffle.io.maxRetries": "1",
            "spark.shuffle.io.retryWait": "100ms",
            "spark.network.timeout": "600s",
            "spark.rpc.askTimeout": "600s",
        }
        builder = SparkSession.builder.master(f"spark://127.0.0.1:{self.port}").appName("rules")
        for name, value in settings.items():
            builder = builder.config(name, value)
        return builder.getOrCreate()

    def wait_for_executors(self):
        known = self.context._jsc.sc().getExecutorMemoryStatus
        wait_for("Spark's executors", lambda: known().size() == WORKERS + 1, PATIENCE)

    def address(self, _):
        return f"sc://127.0.0.1:{self.connect_port}"

    def load(self, wanted):
        """The rows lie in two files, so that two workers read them."""
        name, columns, rows = wanted["table"], wanted["columns"], wanted["rows"]
        self.started += 1
        place = self.folder / "tables" / str(self.started)
        place.mkdir(parents=True)
        types = [arrow_type(sql_type) for _, sql_type in columns]
        schema = pyarrow.schema([(column, one) for (column, _), one in zip(columns, types)])
        half = (len(rows) + 1) // 2
        for at, part in enumerate([rows[:half], rows[half:]]):
            cells = zip(*part) if part else ([] for _ in columns)
            arrays = [pyarrow.array(list(column), pyarrow.string()).cast(one) for column, one in zip(cells, types)]
            pyarrow.parquet.write_table(pyarrow.Table.from_arrays(arrays, schema=schema), place / f"{at}.parquet")
        self.session.sql(f"DROP TABLE IF EXISTS {quoted(name, '`')}")
        location = str(place).replace("\\", "\\\\").replace("'", "\\'")
        self.session.sql(f"CREATE TABLE {quoted(name, '`')} ({definitions(columns, '`')}) USING parquet LOCATION '{location}'")
        if name in self.loaded:
            shutil.rmtree(self.loaded[name], ignore_errors=True)
        self.loaded[name] = place
        return {}

    def script(self, sql):
        self.session.sql(sql)
        return {}

    def query(self, sql):
        result = self.session.sql(sql)
        return table(result.columns, result.collect())

    def begin(self, sql):
        """Runs a query beside other requests; `finish` gives its answer."""
        answer = {}

        def run():
            try:
                answer.update(self.query(sql))
            except Exception as error:
                answer.update(error=str(error))

        self.running = (threading.Thread(target=run, daemon=True), answer)
        self.running[0].start()
        return {}

    def finish(self, _):
        thread, answer = self.running
        thread.join()
        return answer

    def progress(self, _):
        """Whether the query of `begin` runs, the stages that run now, and how many tasks failed and executors were lost since the start."""
        tracker = self.context.statusTracker()
        known = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        found = self.context._jsc.sc().statusStore().executorList(False)
        executors = [found.apply(at) for at in range(found.size())]
        return {
            "running": self.running is not None and self.running[0].is_alive(),
            "stages": [{"done": one.numCompletedTasks, "tasks": one.numTasks} for one in known if one],
            "failed_tasks": sum(executor.failedTasks() for executor in executors),
            "lost_executors": sum(not executor.isActive() for executor in executors),
        }

    def kill_worker(self, _):
        """Kills a worker and its executors without warning."""
        worker = self.workers.pop(0)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        return {}

    def restore(self, _):
        """Starts workers in the place of those that were killed."""
        while len(self.workers) < WORKERS:
            self.start_worker()
        self.wait_for_executors()
        return {}

    def stop(self):
        gateway = pyspark.SparkContext._gateway
        if gateway is not None:
            gateway.proc.kill()
        for process in self.processes:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


serve("spark", Spark)
