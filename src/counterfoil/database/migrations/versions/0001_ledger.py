"""The ledger: entries, full tiles, checkpoints; nothing in them is changed or removed again
(database/triggers.py)."""

import sqlalchemy as sa
from alembic import op

from counterfoil.database.triggers import append_only

revision = "0001_ledger"
down_revision = None

_MISPLACED = {
    "ledger_block": (
        "NEW.start IS DISTINCT FROM coalesce((SELECT stop FROM {table} ORDER BY start DESC "
        "LIMIT 1), 0)"
        " OR NEW.stop IS NULL OR NEW.stop <= NEW.start"
    ),
    "ledger_tile": "NEW.idx IS DISTINCT FROM (SELECT coalesce(max(idx) + 1, 0) FROM {table} "
    "WHERE level = NEW.level)",
    "ledger_checkpoint": "NEW.size <= (SELECT coalesce(max(size), -1) FROM {table}) OR NEW.size "
    "< 0",
}


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
    for table, misplaced in _MISPLACED.items():
        for statement in append_only(op.get_bind(), table, misplaced):
            op.execute(statement)
