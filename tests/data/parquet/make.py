"""Writes the Parquet files of this folder from `table.csv`: see README.md."""
import datetime as dt
import decimal
import pathlib

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent
WORDS = ["president", "prime minister", "other minister", "chief of staff", "Łukašenka"]


def rows():
    """600 rows in units of one to four, with missing values and long texts."""
    state, made, unit = 7, [], 0
    def random(below):
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 33) % below
    while len(made) < 600:
        unit += 1
        day = dt.date(1991, 1, 1) + dt.timedelta(days=random(900))
        size = random(4) + 1
        military = [True, False, None][random(3)]
        for _ in range(size):
            cents = random(2_000_001) - 1_000_000
            made.append({
                "id": f"contact-{unit}" if unit % 50 else f"a contact with a long name, number {unit}",
                "number": 1_000_000 + unit,
                "day": day,
                "office": WORDS[random(len(WORDS))],
                "military": military,
                "amount": decimal.Decimal(cents) / 100,
                "share": None if random(9) == 0 else cents / 1000,
                "year": day.year,
                "moment": dt.datetime.combine(day, dt.time(random(24), random(60), random(60))),
                "note": None if random(3) else f"note {random(1000)} of {random(1000)}",
            })
    return made[:600]


def table():
    made = rows()
    types = {
        "id": pa.string(), "number": pa.int64(), "day": pa.date32(), "office": pa.string(), "military": pa.bool_(),
        "amount": pa.decimal128(9, 2), "share": pa.float64(), "year": pa.int32(), "moment": pa.timestamp("us"),
        "note": pa.string(),
    }
    return pa.table({name: pa.array([row[name] for row in made], kind) for name, kind in types.items()})


def text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    return str(value)


def main():
    data = table()
    names = data.column_names
    lines = [",".join(names)]
    for row in data.to_pylist():
        lines.append(",".join(f'"{text(v)}"' if "," in text(v) else text(v) for v in (row[n] for n in names)))
    (HERE / "table.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def arrow(name, **options):
        pq.write_table(data, HERE / f"{name}.parquet", **options)
    small = {"row_group_size": 220, "data_page_size": 500, "write_batch_size": 20}
    arrow("arrow-snappy", **small)
    arrow("arrow-zstd-v2", compression="zstd", data_page_version="2.0", version="2.6", **small)
    arrow("arrow-gzip-plain", compression="gzip", use_dictionary=False, **small)
    arrow("arrow-lz4-checksum", compression="lz4", write_page_checksum=True)
    arrow("arrow-none-no-statistics", compression="none", write_statistics=False, data_page_version="2.0")
    deltas = {
        "id": "DELTA_BYTE_ARRAY", "number": "DELTA_BINARY_PACKED", "day": "DELTA_BINARY_PACKED",
        "office": "DELTA_LENGTH_BYTE_ARRAY", "military": "RLE", "share": "BYTE_STREAM_SPLIT",
        "year": "DELTA_BINARY_PACKED", "moment": "DELTA_BINARY_PACKED", "note": "DELTA_BYTE_ARRAY",
        "amount": "DELTA_BYTE_ARRAY",
    }
    arrow("arrow-deltas", use_dictionary=False, column_encoding=deltas, data_page_version="2.0", **small)
    arrow("arrow-deltas-v1", use_dictionary=False, column_encoding={**deltas, "military": "PLAIN"}, row_group_size=400)
    arrow("arrow-int96", use_deprecated_int96_timestamps=True)
    arrow("arrow-integer-decimals", store_decimal_as_integer=True)
    arrow("arrow-brotli", compression="brotli", row_group_size=600)

    frame = pl.from_arrow(data)
    frame.write_parquet(HERE / "polars-zstd.parquet")
    frame.write_parquet(HERE / "polars-lz4.parquet", compression="lz4", row_group_size=250)
    frame.write_parquet(HERE / "polars-plain.parquet", compression="uncompressed", data_page_size=500)

    base = duckdb.connect()
    base.register("data", data)
    for name, options in {
        "duckdb-v1": "", "duckdb-v2": ", PARQUET_VERSION v2", "duckdb-zstd": ", COMPRESSION zstd",
        "duckdb-gzip": ", COMPRESSION gzip", "duckdb-lz4": ", COMPRESSION lz4_raw, PARQUET_VERSION v2",
        "duckdb-plain": ", COMPRESSION uncompressed",
    }.items():
        base.execute(f"COPY (SELECT * FROM data) TO '{HERE}/{name}.parquet' (FORMAT parquet{options})")
    names = ", ".join(f"CAST({n} AS VARCHAR) AS {n}" for n in data.column_names)
    base.execute(f"COPY (SELECT {names} FROM data) TO '{HERE}/duckdb-texts.parquet' (FORMAT parquet)")

    odd = pa.table({
        "id": pa.array(["a", "b"]), "list": pa.array([[1], [2, 3]]),
        "record": pa.array([{"x": 1}, {"x": 2}]), "time": pa.array([dt.time(1), dt.time(2)]),
        "last": pa.array([1, 2], pa.uint64()), "small": pa.array([1.5, 2.25], pa.float32()),
    })
    pq.write_table(odd, HERE / "odd.parquet")


main()
