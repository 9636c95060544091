"""Checkpoints with their witnesses' cosignatures: only ever added to, like the ledger they are of."""

import sqlalchemy as sa
from alembic import op

revision = "0006_cosigned"
down_revision = "0005_evidence"

_NEXT = "NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM ledger_cosigned)"

_SQLITE = [
    f"""CREATE TRIGGER ledger_cosigned_{name} BEFORE {event} ON ledger_cosigned {when}
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"""
    for name, event, when in (("insert", "INSERT", f"WHEN {_NEXT}"), ("update", "UPDATE", ""), ("delete", "DELETE", ""))
]

TRIGGERS = {"sqlite": _SQLITE}


def upgrade() -> None:
    op.create_table(
        "ledger_cosigned",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    # As in 0001: a database without triggers is refused (KeyError) rather than left open.
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
