"""ClickHouse inside this process (chdb), served as serving.py says."""

import json

from chdb import session

from serving import serve, table

# What JSON can't hold exactly is written as a text.
EXACT = "output_format_json_quote_64bit_integers=1, output_format_json_quote_decimals=1, output_format_json_quote_denormals=1"


def quoted(name):
    """An identifier between quotes: backslashes count in it."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


class ClickHouse:
    def __init__(self, folder):
        self.path = str(folder / "clickhouse")
        self.session = session.Session(self.path)

    def address(self, _):
        """The folder: nobody else can use it while this process does."""
        return self.path

    def load(self, wanted):
        name = quoted(wanted["table"])
        columns = ", ".join(f"{quoted(column)} {sql_type}" for column, sql_type in wanted["columns"])
        self.session.query(f"DROP TABLE IF EXISTS {name}")
        self.session.query(f"CREATE TABLE {name} ({columns}) ENGINE = Memory")
        # JSON may hold a value of any type as a text, but for truth values.
        truths = [at for at, (_, sql_type) in enumerate(wanted["columns"]) if "Bool" in sql_type]
        for row in wanted["rows"]:
            for at in truths:
                row[at] = None if row[at] is None else row[at] == "true"
        if wanted["rows"]:
            rows = "\n".join(json.dumps(row, ensure_ascii=False) for row in wanted["rows"])
            self.session.query(f"INSERT INTO {name} FORMAT JSONCompactEachRow\n{rows}")
        return {}

    def script(self, sql):
        self.session.query(sql)
        return {}

    def query(self, sql):
        self.session.query(f"SET {EXACT}")
        answer = json.loads(self.session.query(sql, "JSONCompact").bytes())
        return table([column["name"] for column in answer["meta"]], answer["data"])

    def stop(self):
        """Nothing to do: the data end with the process."""


serve("chdb", ClickHouse)
