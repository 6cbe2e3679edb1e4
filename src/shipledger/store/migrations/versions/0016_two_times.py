"""The time of the ledger, and receipts by their place in the order of acceptance."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0016_two_times"
down_revision = "0015_repository_aliases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and the indexes by id."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop the table, and bring the indexes by time back."""
    run_migration(revision, "down")
