"""Sorting opaque pairs on disk, within a limit of memory, while a register is built.

Each pair is a sort key and a plaintext. On disk the sort key is written as it is, so it must be
opaque already (a tag, a keyed hash). The plaintext is written as AES-256-GCM under a key that lives
in this process's memory only, so a build that is killed leaves nothing that anybody can read, the
holder included. DuckDB sorts within a memory limit and spills beside its file. It is asked for
nothing else, may load no extension and reach no network.

    value on disk = counter (12 bytes, never used twice under the key) | ciphertext with its 16-byte
    tag
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Self

import duckdb
import pyarrow
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterfoil.core.errors import StoreFault

_arrow: Any = pyarrow  # ships no types
_CHUNK_PAIRS: Final = 65_536
_CHUNK_BYTES: Final = 32 << 20
_DRAIN_PAIRS: Final = 8_192


class ExternalSort:
    """Pairs go in by `add` in any order and come out by `drain` in order of key, once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str, cipher: AESGCM) -> None:
        self._connection = connection
        self._name = name
        self._cipher = cipher
        self._keys: list[bytes] = []
        self._values: list[bytes] = []
        self._bytes = 0
        self.pairs = 0
        connection.execute(f"CREATE TABLE {name} (k BLOB, v BLOB)")

    def add(self, key: bytes, plaintext: bytes) -> None:
        """Add a pair. Raises StoreFault."""
        nonce = self.pairs.to_bytes(12, "big")
        self._keys.append(key)
        self._values.append(nonce + self._cipher.encrypt(nonce, plaintext, None))
        self.pairs += 1
        self._bytes += len(plaintext)
        if len(self._keys) >= _CHUNK_PAIRS or self._bytes >= _CHUNK_BYTES:
            self._flush()

    def drain(self) -> Iterator[tuple[bytes, bytes]]:
        """Every (key, plaintext), ascending by key; pairs of one key in no fixed order. Raises
        StoreFault."""
        self._flush()
        decrypt = self._cipher.decrypt
        try:
            reader: Any = self._connection.sql(
                f"SELECT k, v FROM {self._name} ORDER BY k"
            ).to_arrow_reader(_DRAIN_PAIRS)
            for batch in reader:
                for key, value in zip(
                    batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True
                ):
                    yield key, decrypt(value[:12], value[12:], None)
            del reader
            self._connection.execute(f"DROP TABLE {self._name}")
        except (duckdb.Error, _arrow.ArrowException) as fault:
            raise _failed(fault) from None

    def _flush(self) -> None:
        if not self._keys:
            return
        # Each chunk is committed: within an open transaction DuckDB keeps every chunk's Arrow
        # memory until the end.
        chunk = _arrow.table(
            [
                _arrow.array(self._keys, _arrow.binary()),
                _arrow.array(self._values, _arrow.binary()),
            ],
            names=["k", "v"],
        )
        try:
            self._connection.register("chunk", chunk)
            self._connection.execute(f"INSERT INTO {self._name} SELECT k, v FROM chunk")
            self._connection.unregister("chunk")
        except duckdb.Error as fault:
            raise _failed(fault) from None
        self._keys, self._values, self._bytes = [], [], 0


class SortSpace:
    """A folder and an amount of memory in which pairs are sorted. Use it as a context: afterwards
    everything is gone but the folder, which the caller removes."""

    def __init__(self, folder: Path, memory_bytes: int, random: Callable[[int], bytes]) -> None:
        self._random = random
        try:
            self._database = duckdb.connect(
                str(folder / "sort.duckdb"), config=_config(folder, memory_bytes)
            )
        except duckdb.Error as fault:
            raise _failed(fault) from None

    def sort(self, name: str) -> ExternalSort:
        """A new sort with a key of its own. `name` is a constant of this package. Raises
        StoreFault."""
        try:
            return ExternalSort(self._database.cursor(), name, AESGCM(self._random(32)))
        except duckdb.Error as fault:
            raise _failed(fault) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()


def _config(folder: Path, memory_bytes: int) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": f"{memory_bytes // 1024}KiB",
        "temp_directory": str(folder / "spill"),
        "preserve_insertion_order": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "force_compression": "uncompressed",
    }


def _failed(fault: Exception) -> StoreFault:
    return StoreFault(
        "register_sort_failed",
        f"sorting on disk failed ({type(fault).__name__})",
        place="register folder",
        cure="The old snapshot is still current. Free disk space, or allow the sort more memory, "
        "then build again.",
    )
