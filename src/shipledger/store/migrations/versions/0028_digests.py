"""What receipts ask for is kept with them, and digests of what nothing else repeats."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0028_digests"
down_revision = "0027_told_commits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them."""
    run_migration(revision, "down")
