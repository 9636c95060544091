"""What officers ordered, in one table (office/acts.py), in place of the tables of orders, of holds,
of orders over batches and of incidents.

Every row becomes an act, in the order of entry; the lifting of a hold, and the report and the
closing of an incident, become acts of their own. The older tables kept no index of the two last:
their entries carry the commitment of the entry that opened the incident. Where there is none, the
index is -1, and the act comes last.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016_acts"
down_revision = "0015_generation"
branch_labels = None
depends_on = None

_OLD = ("standing_order", "disclosure_hold", "batch_order", "incident")
_LENGTH_BYTES = 2


def upgrade() -> None:
    op.create_table(
        "act",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("event", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("document", sa.String, nullable=False),
        sa.Column("committed", sa.LargeBinary, nullable=False),
        sa.Column("extra", sa.LargeBinary, nullable=False),
        sa.Column("officer", sa.String, nullable=False),
        sa.Column("second", sa.String, nullable=False),
        sa.Column("signatures", sa.String, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("entered_at", sa.String, nullable=False),
        sa.Column("entry_index", sa.Integer, nullable=False),
    )
    op.create_index("act_kind", "act", ["kind"])
    old = {name: _rows(name) for name in _OLD}
    acts = [
        *map(_suspension, old["standing_order"]),
        *(act for row in old["disclosure_hold"] for act in _hold(row)),
        *map(_over_a_batch, old["batch_order"]),
        *_incidents(old["incident"]),
    ]
    acts.sort(key=lambda act: (act["entry_index"] < 0, act["entry_index"], act["entered_at"]))
    if acts:
        numbered = [{"number": number, **act} for number, act in enumerate(acts, 1)]
        op.bulk_insert(_reflected("act"), numbered)
    for name in _OLD:
        op.drop_table(name)


def _suspension(row: dict[str, Any]) -> dict[str, Any]:
    digest = row["order_digest"]
    what = {"kind": row["kind"], "subject": row["reach"], "document": digest}
    return _act(row, **what, committed=digest.encode())


def _hold(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The adding, with what was added: the key's id, a zero byte, the marks. Then the lifting."""
    said = {"hold": row["number"], "marks": _digest(row["marks"])}
    what = {"kind": "hold", "subject": str(row["number"])}
    extra = row["key_id"].encode() + b"\x00" + row["marks"]
    yield _act(
        row, **what, event="added", committed=_canonical({"event": "added"} | said), extra=extra
    )
    if row["lifted_at"]:
        lifted = {
            "officer": row["lift_officer"],
            "second": row["lift_second"],
            "salt": row["lift_salt"],
            "entered_at": row["lifted_at"],
            "entry_index": row["lift_index"],
        }
        yield _act(lifted, **what, event="lifted", committed=_canonical({"event": "lifted"} | said))


def _over_a_batch(row: dict[str, Any]) -> dict[str, Any]:
    said = {"order": row["order_digest"], "until": row["until"]}
    what = {"kind": row["kind"], "subject": row["batch_id"], "document": row["order_digest"]}
    return _act(row, **what, committed=_canonical(said))


def _incidents(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    if not rows:
        return
    entered = dict(_incident_entries())
    commitments = {index: entry["commitment"] for index, entry in entered.items()}
    places = {(entry["commitment"], entry["event"]): index for index, entry in entered.items()}
    names = {_digest(row["vkey"].encode()): row["name"] for row in _rows("office_officer")}
    for row in rows:
        said = {"batch": row["batch"], "class": row["class"], "found_at": row["found_at"]}
        what = {"kind": "incident", "subject": str(row["number"]), "committed": _canonical(said)}
        for event, at in (
            ("opened", row["opened_at"]),
            ("reported", row["reported_at"]),
            ("closed", row["closed_at"]),
        ):
            if at:
                opened = row["entry_index"]
                index = places.get((commitments.get(opened), event), -1)
                officer = names.get(entered.get(index, {}).get("officer"), "")
                mine = {"salt": row["salt"], "second": "", "entered_at": at}
                mine |= {"officer": officer, "entry_index": index}
                if event == "opened":
                    mine |= {"officer": row["officer"], "entry_index": opened}
                yield _act(mine, **what, event=event)


def _incident_entries() -> Iterator[tuple[int, dict[str, Any]]]:
    """(index, entry) of every entry of an incident. A block is each entry after its length."""
    block = _reflected("ledger_block")
    chosen = sa.select(block.c.start, block.c.entries).order_by(block.c.start)
    for start, entries in op.get_bind().execute(chosen):
        index, at = start, 0
        while b'"kind":"incident"' in entries and at < len(entries):
            size = int.from_bytes(entries[at : at + _LENGTH_BYTES], "big")
            data = entries[at + _LENGTH_BYTES : at + _LENGTH_BYTES + size]
            if b'"kind":"incident"' in data:
                yield index, json.loads(data)
            index, at = index + 1, at + _LENGTH_BYTES + size


def _act(row: dict[str, Any], **what: Any) -> dict[str, Any]:
    same = {name: row[name] for name in ("officer", "second", "salt", "entered_at", "entry_index")}
    none = {"event": "", "document": "", "extra": b"", "signatures": ""}
    return none | same | what


def _rows(name: str) -> list[dict[str, Any]]:
    table = _reflected(name)
    return [dict(row) for row in op.get_bind().execute(sa.select(table)).mappings()]


def _reflected(name: str) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _canonical(said: dict[str, Any]) -> bytes:
    """Canonical JSON of what these tables hold: numbers and ASCII texts."""
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
