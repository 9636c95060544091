"""Officers have a role; those enrolled before are disclosure officers."""

import sqlalchemy as sa
from alembic import op

revision = "0008_roles"
down_revision = "0007_incident"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "office_officer", sa.Column("role", sa.String, nullable=False, server_default="disclosure")
    )
