"""A standalone Spark cluster on the loopback interface: a master and workers in processes of their own.

This process holds the driver. In: a folder for logs and scratch files, and settings. Out: a session; all ends with this process.
"""

import logging
import os
import pathlib
import signal
import subprocess
import urllib.request
import warnings

# PySpark warns of a pandas that it doesn't know, which nothing here uses; and what it logs, the answers tell.
warnings.simplefilter("ignore", FutureWarning)
logging.disable()

import pyspark
from pyspark.sql import SparkSession

from serving import Failure, free_port, log_end, wait_for

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


class Cluster:
    """`daemon` are options of the virtual machines of master and workers, `memory` that of a worker and of its executor."""

    def __init__(self, folder, settings, workers=2, memory="1g", daemon=""):
        self.folder = folder
        self.settings = settings
        self.wanted = workers
        self.memory = memory
        self.processes = []
        self.workers = []
        self.started = 0
        self.session = None
        (folder / "log4j2.properties").write_text(LOGGING)
        os.environ.update(
            SPARK_CONF_DIR=str(folder), SPARK_LOCAL_IP="127.0.0.1", SPARK_LOCAL_DIRS=str(folder / "local"),
            SPARK_DAEMON_MEMORY="256m", SPARK_DAEMON_JAVA_OPTS=f"{daemon} -Dspark.worker.timeout=600", RULES_ENGINE_LOG=str(folder / "driver.log"),
        )
        self.port, self.page = free_port(), free_port()
        try:
            self.start()
        except Exception as error:
            ends = [f"{path.name}:\n{log_end(path)}" for path in sorted(folder.glob("*.log"))]
            self.stop()
            raise Failure("\n".join([str(error), *ends])) from error

    def start(self):
        master = self.spawn("master.Master", "--host", "127.0.0.1", "--port", str(self.port), "--webui-port", str(self.page))
        wait_for("Spark's master", lambda: self.workers_known() == 0, PATIENCE, lambda: master.poll() is None)
        for _ in range(self.wanted):
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
            "worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", self.memory, "--webui-port", "0",
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
            "spark.driver.memory": "2g",
            "spark.executor.memory": self.memory,
            "spark.ui.enabled": "false",
            # Nobody looks at what was done: it would fill the memory of a driver that plans thousands of queries.
            "spark.sql.ui.retainedExecutions": "5",
            "spark.ui.retainedJobs": "20",
            "spark.ui.retainedStages": "20",
            "spark.ui.retainedTasks": "200",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.catalogImplementation": "in-memory",
            "spark.sql.warehouse.dir": str(self.folder / "warehouse"),
            "spark.sql.session.timeZone": "UTC",
        }
        builder = SparkSession.builder.master(f"spark://127.0.0.1:{self.port}").appName("rules")
        for name, value in (settings | self.settings).items():
            builder = builder.config(name, value)
        return builder.getOrCreate()

    def wait_for_executors(self):
        known = self.context._jsc.sc().getExecutorMemoryStatus
        wait_for("Spark's executors", lambda: known().size() == self.wanted + 1, PATIENCE)

    def kill_worker(self):
        """Kills a worker and its executors without warning."""
        worker = self.workers.pop(0)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def restore(self):
        """Starts workers in the place of those that were killed."""
        while len(self.workers) < self.wanted:
            self.start_worker()
        self.wait_for_executors()

    def stop(self):
        gateway = pyspark.SparkContext._gateway
        if gateway is not None:
            gateway.proc.kill()
        for process in self.processes:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
