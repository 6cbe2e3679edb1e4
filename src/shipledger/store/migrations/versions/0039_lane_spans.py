"""When what was rolled back ran, and which entries changed what was known before."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0039_lane_spans"
down_revision = "0038_outbox"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give each row an end; the new rules of folding fill those that were rolled back."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Leave those out."""
    run_migration(revision, "down")
