"""Checkpoints with their witnesses' cosignatures: only ever added to, like the ledger they are
of."""

import sqlalchemy as sa
from alembic import op

from counterfoil.database.triggers import append_only

revision = "0006_cosigned"
down_revision = "0005_evidence"

_MISPLACED = "NEW.number IS DISTINCT FROM (SELECT coalesce(max(number), 0) + 1 FROM {table})"


def upgrade() -> None:
    op.create_table(
        "ledger_cosigned",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("note", sa.Text, nullable=False),
    )
    for statement in append_only(op.get_bind(), "ledger_cosigned", _MISPLACED):
        op.execute(statement)
