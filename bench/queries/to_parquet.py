"""Writes a CSV file of contacts as Parquet, with the settings that DuckDB has by itself."""

import sys

import duckdb

source, target = sys.argv[1:]
names = ["id", "date", "partner", "side", "office", "venue", "military"]
types = ", ".join(f"'{name}': '{'DATE' if name == 'date' else 'VARCHAR'}'" for name in names)
duckdb.sql(f"copy (from read_csv('{source}', header=true, delim=',', columns={{{types}}})) to '{target}' (format parquet)")
