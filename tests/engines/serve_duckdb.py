"""DuckDB with a database in a file, served as serving.py says."""

import duckdb
import pyarrow

from serving import definitions, quoted, serve, table


class DuckDb:
    def __init__(self, folder):
        self.path = str(folder / "engine.duckdb")
        self.connection = None
        self.open()

    def open(self):
        if self.connection is None:
            self.connection = duckdb.connect(self.path, config={"storage_compatibility_version": "v1.2.0"})
        return self.connection

    def address(self, _):
        """The file. It is let go until the next request: DuckDB lets one process write."""
        self.stop()
        return self.path

    def load(self, wanted):
        columns = wanted["columns"]
        cells = zip(*wanted["rows"]) if wanted["rows"] else ([] for _ in columns)
        arrays = [pyarrow.array(list(column), pyarrow.string()) for column in cells]
        names = [f"c{at}" for at in range(len(columns))]
        name = quoted(wanted["table"])
        connection = self.open()
        connection.execute(f"CREATE OR REPLACE TABLE {name} ({definitions(columns)})")
        connection.register("loaded rows", pyarrow.table(arrays, names))
        casts = ", ".join(f"CAST({one} AS {sql_type})" for one, (_, sql_type) in zip(names, columns))
        connection.execute(f'INSERT INTO {name} SELECT {casts} FROM "loaded rows"')
        connection.unregister("loaded rows")
        return {}

    def script(self, sql):
        self.open().execute(sql)
        return {}

    def query(self, sql):
        result = self.open().execute(sql)
        return table([column[0] for column in result.description], result.fetchall())

    def stop(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


serve("duckdb", DuckDb)
