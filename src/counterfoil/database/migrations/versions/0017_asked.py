"""Questions are remembered by the normal forms under which they could be confirmed: one row a
question, one a key of it, one a reason and an investigation. What was remembered before stays in
`asked` and `asked_at` and counts on until no window reaches it: a new version resets no counter.

Files have numbers. A file whose batch was not determined yet is reserved; every other is final.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017_asked"
down_revision = "0016_acts"
branch_labels = None
depends_on = None

_MOVES = (
    """UPDATE asked_file SET number = (SELECT count(*) FROM asked_file AS other
       WHERE other.day < asked_file.day
       OR (other.day = asked_file.day AND other.batch_id <= asked_file.batch_id))""",
    """UPDATE asked_file SET state = 'reserved' WHERE batch_id IN (SELECT id FROM batch
       WHERE state IN ('received', 'gated', 'held') AND determinations_digest = '')""",
)


def upgrade() -> None:
    op.add_column("asked_file", sa.Column("number", sa.Integer, nullable=False, server_default="0"))
    op.add_column(
        "asked_file", sa.Column("state", sa.String(16), nullable=False, server_default="final")
    )
    for move in _MOVES:
        op.execute(move)
    op.create_table(
        "asked_question",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("counts", sa.Boolean, nullable=False),
        sa.Column("question", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "asked_key",
        sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "asked_matter",
        sa.Column("kind", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("part", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("file", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("times", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
