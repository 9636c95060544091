"""The guards' memory of questions in two tables, each in the order of what it is asked by; one row
for all that is alike in a file."""

import sqlalchemy as sa
from alembic import op

revision = "0014_questions"
down_revision = "0013_recall"
branch_labels = None
depends_on = None

_MOVES = (
    """INSERT INTO asked (person, door, content, batch_id, day, times)
       SELECT person, door, content, batch_id, day, count(*) FROM asked_row
       GROUP BY person, door, content, batch_id, day""",
    """INSERT INTO asked_at (door, person, batch_id, day, times)
       SELECT door, person, batch_id, day, count(*) FROM asked_row WHERE door <> 0
       GROUP BY door, person, batch_id, day""",
    "UPDATE asked_file SET held = (batch_id IN (SELECT batch_id FROM asked_row))",
)


def upgrade() -> None:
    for name in ("asked_person", "asked_door"):
        op.drop_index(name, "asked")
    op.rename_table("asked", "asked_row")
    op.create_table(
        "asked",
        sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("door", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("content", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("batch_id", sa.String(64), primary_key=True),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "asked_at",
        sa.Column("door", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("batch_id", sa.String(64), primary_key=True),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.add_column(
        "asked_file", sa.Column("held", sa.Boolean, nullable=False, server_default=sa.false())
    )
    for move in _MOVES:
        op.execute(move)
    op.drop_table("asked_row")
