"""Exported accountings of a made-up office, and how somebody alters one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from counterfoil.accountability.accounting.check import (
    CheckAccounting,
    CheckedAccounting,
    check_accounting,
)
from counterfoil.accountability.accounting.export import (
    ExportAccounting,
    FileEnd,
    FileHead,
    export_accounting,
    export_accounting_statement,
    note_text,
)
from counterfoil.client import act
from counterfoil.core import canonical
from counterfoil.core.use_cases import NOBODY, Upload
from counterfoil.tlog.note import sign_note
from tests.world.office import World

Line = dict[str, Any]


def exported(world: World) -> list[bytes]:
    """The lines of the whole accounting."""
    statement, verb = export_accounting_statement, export_accounting
    with act(world.office, statement, verb, ExportAccounting(), world.officer("a")) as lines:
        return [*lines]


def check(world: World, lines: Iterable[bytes]) -> CheckedAccounting:
    """What the check against the office's own ledger establishes of a file of these lines."""
    return check_accounting(world.office, NOBODY, CheckAccounting(Upload(written(world, lines))))


def written(world: World, lines: Iterable[bytes]) -> Path:
    path = world.directory / "accounting.jsonl"
    path.write_bytes(b"".join(lines))
    return path


def signed_again(
    world: World, lines: list[bytes], change: Callable[[list[Line]], list[Line]]
) -> list[bytes]:
    """The file with its lines changed and signed by the office's own key: what a holder who lies
    could hand over."""
    changed = change([json.loads(line) for line in lines[:-1]])
    body = [
        json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() for line in changed
    ]
    whole = b"".join(line + b"\n" for line in body)
    fields = {name: changed[0][name] for name in FileHead.__struct_fields__}
    text = note_text(FileHead(**fields), len(body), canonical.digest(whole))
    note = FileEnd(sign_note(text, [world.office.signer()])).note
    return [whole, json.dumps({"type": "end", "note": note}).encode() + b"\n"]


def records(lines: Iterable[bytes]) -> list[Line]:
    return [line for line in map(json.loads, lines) if line["type"] == "record"]
