"""Rules for tiers have entries."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0043_tierings"
down_revision = "0042_pull_requests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and columns."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them."""
    run_migration(revision, "down")
