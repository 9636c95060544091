"""The ledger: entries, full tiles, checkpoints; nothing in them is changed or removed again.

SQLite runs a BEFORE INSERT trigger before it looks for conflicts, so a trigger that demands the next free place refuses
INSERT OR REPLACE and upserts as well, also on a connection that left `recursive_triggers` off (REPLACE then deletes
without firing a delete trigger). Each table has one unique key, and a key that conflicts is never the next one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001_ledger"
down_revision = None

_NEXT = {
    "ledger_block": (
        "NEW.start IS NOT coalesce((SELECT stop FROM ledger_block ORDER BY start DESC LIMIT 1), 0)"
        " OR NEW.stop IS NULL OR NEW.stop <= NEW.start"
    ),
    "ledger_tile": "NEW.idx IS NOT (SELECT coalesce(max(idx) + 1, 0) FROM ledger_tile WHERE level = NEW.level)",
    "ledger_checkpoint": "NEW.size <= (SELECT coalesce(max(size), -1) FROM ledger_checkpoint) OR NEW.size < 0",
}

_SQLITE = [
    f"""CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} {when}
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"""
    for table, conflict in _NEXT.items()
    for name, event, when in (
        ("insert", "INSERT", f"WHEN {conflict}"),
        ("update", "UPDATE", ""),
        ("delete", "DELETE", ""),
    )
]

TRIGGERS = {"sqlite": _SQLITE}


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "ledger_block",
        sa.Column("start", key, primary_key=True, autoincrement=False),
        sa.Column("stop", sa.BigInteger, nullable=False),
        sa.Column("time", sa.String(20), nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("entries", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "ledger_tile",
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("idx", sa.BigInteger, nullable=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("level", "idx"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("size", key, primary_key=True, autoincrement=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    # Another database has no triggers here yet: it is refused (KeyError) rather than left open.
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
