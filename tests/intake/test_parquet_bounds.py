"""A small Parquet file that would fill the memory, or end the process, is refused before that."""

from __future__ import annotations

import contextlib
import json
import random
import resource
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.core.errors import InputFault
from counterfoil.intake import parquet_bounds
from counterfoil.intake.columns import NAMES
from counterfoil.intake.thrift import ThriftReader
from tests.intake.make import codes, read, row, write_parquet
from tests.world.warm import Program

LIMIT = 2 << 30
_READ = """
import json, resource, sys
from pathlib import Path
from tests.intake.make import read
from counterfoil.core.errors import InputFault
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
try:
    rows = read(Path(sys.argv[1]))
    said = sorted({getattr(row, "code", "request") for row in rows})
except InputFault as fault:
    said = [fault.code]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([said, (peak - before) // 1024]))
"""


def read_apart(path: Path) -> tuple[list[str], int]:
    """What reading the file says in a process of 2 GiB, and how many MiB it took."""
    called = [sys.executable, "-c", _READ, str(path), str(LIMIT)]
    with Program(called, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors[-2000:]
    said, mebibytes = json.loads(out)
    return said, mebibytes


def _table(count: int, **changes: Any) -> pa.Table:
    columns = {name: [cell] * count for name, cell in row(1).items()}
    columns["request_id"] = [f"R-{number}" for number in range(count)]
    return pa.table({**columns, **changes})


def _repeated(characters: int, columns: int) -> Callable[[Path], None]:
    """A value of many characters, once in a dictionary, in every row of several columns."""

    def write(path: Path) -> None:
        value = pa.DictionaryArray.from_arrays(
            pa.array([0] * 4_000, pa.int32()), pa.array(["A" * characters])
        )
        table = _table(4_000, **dict.fromkeys(NAMES[-columns:], value))
        pq.write_table(table, path, compression="zstd", dictionary_pagesize_limit=1 << 30)

    return write


def _plain(characters: int) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        table = _table(8, reason=["A" * characters] * 8)
        pq.write_table(table, path, compression="zstd", use_dictionary=False)

    return write


def _nulls(path: Path) -> None:
    empty = pa.nulls(2_000_000, pa.string())
    pq.write_table(pa.table(dict.fromkeys(NAMES, empty)), path, compression="zstd")


def _one_id(path: Path) -> None:
    same = pa.DictionaryArray.from_arrays(pa.array([0] * 2_000_000, pa.int8()), pa.array(["R-1"]))
    columns = {**dict.fromkeys(NAMES, same)}
    pq.write_table(pa.table(columns), path, compression="zstd", row_group_size=2_000_000)


def _nested(path: Path) -> None:
    kind: pa.DataType = pa.string()
    value: Any = "x"
    for _ in range(90):
        kind, value = pa.list_(kind), [value]
    pq.write_table(_table(1, reason=pa.array([value], kind)), path)


def _delta(path: Path) -> None:
    values = ["A" * 100_000 + str(number) for number in range(3000)]
    pq.write_table(
        _table(3000, reason=values),
        path,
        use_dictionary=False,
        column_encoding={"reason": "DELTA_BYTE_ARRAY"},
    )


BOMBS: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "a value of 12 MB in every row": (_repeated(12_000_000, 1), ["field_too_long"]),
    "a value of 1 MB in every row of 12 columns": (_repeated(1_000_000, 12), ["field_too_long"]),
    "a value of 250 kB in every row of 12 columns": (_repeated(250_000, 12), ["field_too_long"]),
    "a value of 11 MB in every row of 12 columns": (_repeated(11_500_000, 12), ["too_large"]),
    "a value of 140 MB": (_repeated(140_000_000, 1), ["too_large"]),
    "plain values of 20 MB": (_plain(20_000_000), ["too_large"]),
    "two million empty rows": (_nulls, ["too_large"]),
    "two million rows of one id": (_one_id, ["too_large"]),
    "ninety lists inside each other": (_nested, ["column_type"]),
    "prefixes that grow": (_delta, ["column_encoding"]),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_little_memory_within_seconds(name: str, tmp_path: Path) -> None:
    make, said = BOMBS[name]
    path = tmp_path / "file.parquet"
    make(path)
    begun = time.monotonic()
    found, mebibytes = read_apart(path)
    assert [code.removeprefix("parquet_") for code in found] == said
    assert mebibytes < 700
    assert time.monotonic() - begun < 30


def _edited(path: Path, edit: Callable[[bytes], bytes]) -> None:
    """The footer of a file, changed; the file then says its new length."""
    data = path.read_bytes()
    length = int.from_bytes(data[-8:-4], "little")
    footer = edit(data[-8 - length : -8])
    path.write_bytes(data[: -8 - length] + footer + struct.pack("<I", len(footer)) + b"PAR1")


DEEP = b"\x15\x02\x19\xfc\xa0\x8d\x06" + b"\x48\x01a\x15\x02\x00" * 100_000


@pytest.mark.parametrize(
    "footer",
    [
        DEEP,
        b"\x19" * 100_000,
        b"\x1c" * 100_000,
        b"\x19\xfc\xff\xff\xff\x7f",
        b"\x18\xff\xff\xff\xff\x07",
        b"\x1b\xff\xff\xff\xff\x07\xcc",
        b"\x19\xfc\x80\x80\x40" + b"\x00" * (1 << 20),
        b"\xff" * 50_000,
        b"",
    ],
    ids=["schema", "lists", "structs", "size", "length", "map", "empty structs", "bits", "none"],
)
def test_a_footer_that_lies_or_nests_is_refused(footer: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file.parquet"
    pq.write_table(_table(10), path)
    _edited(path, lambda _: footer)
    found, mebibytes = read_apart(path)
    assert found == ["parquet_unreadable"]
    assert mebibytes < 300


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["snappy", "zstd", "gzip", "none"]))
def test_a_file_with_changed_bytes_is_read_or_refused(seed: int, compression: str) -> None:
    draw = random.Random(seed)
    path = Path(f"/dev/shm/changed-{draw.random()}.parquet")
    try:
        pq.write_table(_table(50), path, compression=compression)
        data = bytearray(path.read_bytes())
        for _ in range(draw.randint(1, 4)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        path.write_bytes(data)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            read(path)
        except InputFault as fault:
            assert fault.cure
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000
    finally:
        path.unlink(missing_ok=True)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_struct_or_one_fault(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(ThriftReader(data).read_struct(), dict)


@pytest.mark.parametrize("version", ["1.0", "2.6"])
@pytest.mark.parametrize("page", ["1.0", "2.0"])
@pytest.mark.parametrize("compression", ["none", "snappy", "zstd", "gzip", "brotli", "lz4"])
def test_ordinary_files_are_read(tmp_path: Path, version: str, page: str, compression: str) -> None:
    path = tmp_path / "file.parquet"
    rows = [row(number, reason=f"reason {number}") for number in range(1, 3000)]
    write_parquet(
        path,
        rows,
        version=version,
        data_page_version=page,
        compression=compression,
        data_page_size=4096,
        dictionary_pagesize_limit=2048,
        row_group_size=1100,
        write_statistics=True,
        write_page_index=True,
    )
    found: list[Any] = read(path)
    assert [each.reason for each in found] == [each["reason"] for each in rows]


def test_a_long_cell_is_rejected_for_what_is_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "file.parquet"
    long = [
        "x" * 5000,
        "=" + "x" * 5000,
        "x" * 5000 + "\x00",
        "x" + " " * 5000,
        "\U0001f600" * 4000,
    ]
    write_parquet(path, [row(number, reason=cell) for number, cell in enumerate(long, 1)])
    assert codes(read(path)) == [
        (1, "reason", "field_too_long"),
        (2, "reason", "formula_cell"),
        (3, "reason", "control_character"),
    ]


def test_what_is_too_much_is_said_with_place_and_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.parquet"
    pq.write_table(_table(500), path)
    for name, value in (("MAX_PAGES", 5), ("MAX_DECODED_BYTES", 100), ("MAX_FOOTER_BYTES", 50)):
        with monkeypatch.context() as patched:
            patched.setattr(parquet_bounds, name, value)
            with pytest.raises(InputFault) as raised:
                read(path)
        assert (raised.value.code, bool(raised.value.cure)) == ("parquet_too_large", True)
        assert raised.value.place.startswith("file.parquet")
