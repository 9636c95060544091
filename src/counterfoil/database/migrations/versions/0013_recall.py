"""The guards' memory is recalled from two indexes alone, which hold all that is asked of them."""

from alembic import op

revision = "0013_recall"
down_revision = "0011_holds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("asked_person", "asked_door", "asked_content"):
        op.drop_index(name, "asked")
    op.create_index("asked_person", "asked", ["person", "door", "content", "day", "batch_id"])
    op.create_index("asked_door", "asked", ["door", "person", "day", "batch_id"])
