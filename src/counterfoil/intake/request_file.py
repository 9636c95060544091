"""A request file as `disclosure` sees it: its header, its digest, its rows. This file reads the
disk; what it reads is understood elsewhere.

The file is read once for its digest, and again for each call of `rows`. Between readings its
identity (device, inode, size, times of change) must stay the same. Known hole: who can write to the
holder's own disk and set its clock back can change a file unseen between two readings; the ledger
then has the digest of the first.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import BinaryIO, Final

from counterfoil.core.errors import InputFault, VerifyFault
from counterfoil.core.values import Document, Header, Reject, Request
from counterfoil.intake.csv_file import read_csv
from counterfoil.intake.header import (
    MAX_SIDE_FILE_BYTES,
    SIGNED_SUFFIX,
    PrincipalKeys,
    find_header,
    make_signed_header,
    read_document,
    write_side_file,
)
from counterfoil.intake.jsonl_file import jsonl_header, read_jsonl
from counterfoil.intake.rows import IdReader, RowReader, Table
from counterfoil.intake.stretches import stretch

_Identity = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Format:
    tables: Callable[[BinaryIO, str], Iterator[Table]]
    header: Callable[[BinaryIO, str], bytes | None]


def _parquet() -> ModuleType:
    """Loaded for a file of that kind alone: it takes longer than all the rest together."""
    return import_module("counterfoil.intake.parquet_file")


_JSONL: Final = _Format(read_jsonl, jsonl_header)
_FORMATS: Final = {
    ".csv": _Format(read_csv, lambda _file, _name: None),
    ".jsonl": _JSONL,
    ".ndjson": _JSONL,
    ".parquet": _Format(
        lambda file, name: _parquet().read_parquet(file, name),
        lambda file, name: _parquet().parquet_header(file, name),
    ),
}


@dataclass(frozen=True, slots=True)
class RequestFile:
    """An opened request file. `digest` is `sha256:` and 64 hex digits of its bytes: the same file
    has the same."""

    path: Path
    header: Header
    digest: str
    _identity: _Identity = field(repr=False)

    def rows(self) -> Iterator[Request | Reject]:
        """Yield each row once, in the file's order. May be called again, and gives the same again.

        Raises InputFault where the file cannot be read on: its place names the byte, line or row;
        `file_changed` if the file is not what it was when it was opened.
        """
        reader = RowReader()
        for table in self._tables():
            yield from reader.read(table)

    def stretches(self, size: int, skip: int = 0) -> Iterator[Table]:
        """The same rows in tables of `size` rows, without the first `skip`: for a RowReader in any
        process. Raises as `rows`."""
        return stretch(self._tables(), size, skip)

    def _tables(self) -> Iterator[Table]:
        ids = IdReader(set())
        with _reading(self.path) as file:
            self._check_unchanged(file)
            for table in _format(self.path).tables(file, self.path.name):
                yield ids.read(table)
            self._check_unchanged(file)

    def _check_unchanged(self, file: BinaryIO) -> None:
        if _identity(file) != self._identity:
            raise InputFault(
                "file_changed",
                "the file changed while it was read",
                place=self.path.name,
                cure="Receive the file again when nothing writes to it.",
            )


def open_file(
    path: Path, *, default_header: Header | None, principal_keys: PrincipalKeys
) -> RequestFile:
    """Open a request file: .csv, .jsonl, .ndjson or .parquet, with its header (see `find_header`).

    `default_header` is used where the file has no header: a sandbox's only, None elsewhere.
    `principal_keys` are the 32-byte Ed25519 public keys of the principals by id: of each one, or
    those that are taken.

    Raises InputFault: `format_unknown`, `file_unreadable`, `file_empty`, and the header's;
    VerifyFault: the header's.
    """
    form = _format(path)
    with _reading(path) as file:
        identity, digest = _identity(file), _digest(file)
        file.seek(0)
        embedded = form.header(file, path.name)
    header = find_header(
        path, digest, embedded, default=default_header, principal_keys=principal_keys
    )
    return RequestFile(path, header, digest, identity)


def file_digest(path: Path) -> str:
    """`sha256:` and 64 hex digits of the bytes of any file, an order's or a consent's. Raises
    InputFault `file_unreadable`."""
    with _reading(path) as file:
        return _digest(file)


def state_document(states: Path, document: Path) -> Document:
    """What the JSON file `states` says of the order or consent in the file `document`, for a header
    to carry.

    Raises InputFault `file_unreadable`, `document_invalid`; VerifyFault `document_other` where its
    digest is another file's.
    """
    with _reading(states) as file:
        stated = read_document(file.read(MAX_SIDE_FILE_BYTES), states.name)
    if stated.digest != file_digest(document):
        raise VerifyFault(
            "document_other",
            "the document's file is not the one whose digest is stated",
            place=f"{states.name}: digest",
            cure="Write sha256: and what `sha256sum FILE` prints, or name the file that is meant.",
        )
    return stated


def sign_header(path: Path, header: Header, secret: bytes) -> Path:
    """Sign `header` over the file at `path` and write FILE.header.jws beside it. The requester's
    side of `open_file`.

    `secret` is the 32-byte Ed25519 secret of `header.principal`. Returns the path of the side file.
    Raises InputFault `file_unreadable`, StoreFault `header_not_written`.
    """
    side = path.with_name(path.name + SIGNED_SUFFIX)
    write_side_file(side, make_signed_header(header, file_digest(path), secret))
    return side


def _format(path: Path) -> _Format:
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise InputFault(
            "format_unknown",
            "the file's name does not end in .csv, .jsonl, .ndjson or .parquet",
            place=path.name,
            cure="Send the file in one of these formats, not compressed.",
        )
    return form


@contextmanager
def _reading(path: Path) -> Generator[BinaryIO]:
    if not path.is_file():  # a pipe would be read once only
        raise _unreadable(path)
    try:
        with path.open("rb") as file:
            yield file
    except OSError:
        raise _unreadable(path) from None


def _unreadable(path: Path) -> InputFault:
    cure = "Check its path and permissions."
    return InputFault("file_unreadable", "the file cannot be read", place=path.name, cure=cure)


def _identity(file: BinaryIO) -> _Identity:
    stat = os.fstat(file.fileno())
    return (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def _digest(file: BinaryIO) -> str:
    return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"  # pyright: ignore[reportArgumentType]
