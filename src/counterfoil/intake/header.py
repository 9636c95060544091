"""The header of a request file: docs/formats/request-file.md, "Header".

    FILE.header.json, first line of JSON lines, Parquet metadata:
        {"requester": "...", "agreement": "...", "principal": "...", "sent_on": "2026-03-02"}
        and, where they are needed, "route" and "document"
    FILE.header.jws: compact JWS over the same object and "file_digest"

An unsigned header is the word of whoever can write the file. Headers in several places must agree;
where there is none, the file is refused unless the office supplies one (a sandbox does).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from counterfoil.core.errors import InputFault
from counterfoil.core.values import Header
from counterfoil.intake.header_body import HeaderBody, header_invalid, read_body, to_header
from counterfoil.intake.signed_header import SIGNED_SUFFIX, open_signed_header

UNSIGNED_SUFFIX: Final = ".header.json"
MAX_SIDE_FILE_BYTES: Final = 16_384


def find_header(
    path: Path,
    digest: str,
    embedded: bytes | None,
    *,
    default: Header | None,
    principal_keys: Mapping[str, bytes],
) -> Header:
    """Return what the file at `path`, whose bytes have `digest`, says of itself.

    Raises InputFault: `header_missing`, `header_invalid`, `header_differs`, and what
    `open_signed_header` raises.
    """
    headers: list[Header] = []
    signed_path, unsigned_path = (
        path.with_name(path.name + suffix) for suffix in (SIGNED_SUFFIX, UNSIGNED_SUFFIX)
    )
    if (raw := _side_file(signed_path)) is not None:
        headers.append(open_signed_header(raw, digest, principal_keys, signed_path.name))
    if (raw := _side_file(unsigned_path)) is not None:
        headers.append(to_header(read_body(raw, HeaderBody, unsigned_path.name)))
    if embedded is not None:
        headers.append(to_header(read_body(embedded, HeaderBody, path.name)))
    if len({msgspec.structs.replace(header, signed=False) for header in headers}) > 1:
        raise InputFault(
            "header_differs",
            "the file has headers that differ",
            place=path.name,
            cure="Keep one header, the signed one.",
        )
    if headers:
        return headers[0]
    if default is None:
        raise InputFault(
            "header_missing",
            "the file does not say who asks, under which agreement, by whom and when",
            place=path.name,
            cure=f"Put {path.name}{SIGNED_SUFFIX} beside it, signed by the principal.",
        )
    return msgspec.structs.replace(default, signed=False)


def _side_file(path: Path) -> bytes | None:
    """The bytes of a side file, or None if there is none. One that is there and cannot be read is
    refused."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_SIDE_FILE_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError:
        raw = b""
    if not 0 < len(raw) <= MAX_SIDE_FILE_BYTES:
        raise header_invalid(path.name)
    return raw
