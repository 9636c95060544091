"""A batch counts its steps, so that a statement about it can serve once."""

import sqlalchemy as sa
from alembic import op

revision = "0015_generation"
down_revision = "0014_questions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("batch", sa.Column("generation", sa.Integer, nullable=False, server_default="0"))
