"""A standalone Spark cluster, a master and two workers in processes of their own, served as serving.py says.

This process holds the driver, which listens for Spark Connect as well. Beside the common verbs it runs a query
beside others (`begin`, `finish`), tells how far it is (`progress`), kills a worker, and replaces it (`restore`).
"""

import itertools
import re
import shutil
import threading

import pyarrow
import pyarrow.parquet

from serving import Failure, definitions, free_port, quoted, serve, table
from spark_cluster import Cluster

# Small queries are what the tests run: they shall not wait for compilers.
QUICK = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto"

SETTINGS = {
    "spark.driver.extraJavaOptions": f"{QUICK} -Xss8m",
    "spark.executor.extraJavaOptions": f"{QUICK} -Xss8m",
    "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
    # Tiny queries spend their time on code that is generated for them, and on broadcasts.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    # The rows of a view are worked on by the workers, not by the optimizer.
    "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer.ConvertToLocalRelation",
    # What is said about plans, and what is looked for in them, takes longer than the plans of small tables do.
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.maxPlanStringLength": "1000",
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.lightweightPlanChangeValidation": "false",
    "spark.locality.wait": "0",
    "spark.scheduler.mode": "FAIR",
    # Each file is a partition, so that small tables are spread as well, and a middling job has many tasks.
    "spark.sql.files.openCostInBytes": "1m",
    "spark.sql.files.maxPartitionBytes": "4m",
    # A killed worker is noticed by its closed connections, at once; one that is slow is not given up.
    "spark.shuffle.io.maxRetries": "1",
    "spark.shuffle.io.retryWait": "100ms",
    "spark.network.timeout": "600s",
    "spark.rpc.askTimeout": "600s",
}

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


def arrow_table(columns, rows):
    """Rows of texts as a table of the columns' types."""
    types = [arrow_type(sql_type) for _, sql_type in columns]
    schema = pyarrow.schema([(column, one) for (column, _), one in zip(columns, types)])
    cells = zip(*rows) if rows else ([] for _ in columns)
    arrays = [pyarrow.array(list(column), pyarrow.string()).cast(one) for column, one in zip(cells, types)]
    return pyarrow.Table.from_arrays(arrays, schema=schema)


class Spark:
    def __init__(self, folder):
        self.folder = folder
        self.connect_port = free_port()
        settings = SETTINGS | {"spark.connect.grpc.binding.port": str(self.connect_port)}
        self.cluster = Cluster(folder, settings, daemon=QUICK)
        self.session, self.context = self.cluster.session, self.cluster.context
        self.tables = itertools.count()
        self.loaded = {}
        self.running = None

    def address(self, _):
        return f"sc://127.0.0.1:{self.connect_port}"

    def load(self, wanted):
        """The rows lie in two files, so that two workers read them; those of a view lie in the plan, which is quicker."""
        name, columns, rows = wanted["table"], wanted["columns"], wanted["rows"]
        if wanted.get("view"):
            return self.load_view(name, columns, rows)
        place = self.folder / "tables" / str(next(self.tables))
        place.mkdir(parents=True)
        half = (len(rows) + 1) // 2
        for at, part in enumerate([rows[:half], rows[half:]]):
            pyarrow.parquet.write_table(arrow_table(columns, part), place / f"{at}.parquet")
        self.session.sql(f"DROP TABLE IF EXISTS {quoted(name, '`')}")
        location = str(place).replace("\\", "\\\\").replace("'", "\\'")
        self.session.sql(f"CREATE TABLE {quoted(name, '`')} ({definitions(columns, '`')}) USING parquet LOCATION '{location}'")
        if name in self.loaded:
            shutil.rmtree(self.loaded[name], ignore_errors=True)
        self.loaded[name] = place
        return {}

    def load_view(self, name, columns, rows):
        """No columns of nested types are there, so that each cell is a text, a null, or made from a text."""
        self.session.createDataFrame(arrow_table(columns, rows)).createOrReplaceTempView(quoted(name, "`"))
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
            "stages": [
                {"done": one.numCompletedTasks, "failed": one.numFailedTasks, "tasks": one.numTasks} for one in known if one
            ],
            "lost_executors": sum(not executor.isActive() for executor in executors),
        }

    def kill_worker(self, _):
        """Kills a worker and its executors without warning."""
        self.cluster.kill_worker()
        return {}

    def restore(self, _):
        """Starts workers in the place of those that were killed."""
        self.cluster.restore()
        return {}

    def stop(self):
        self.cluster.stop()


serve("spark", Spark)
