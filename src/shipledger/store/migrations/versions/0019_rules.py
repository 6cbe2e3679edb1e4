"""The rules by which projections were made."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0019_rules"
down_revision = "0018_unfinished"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and the column."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them."""
    run_migration(revision, "down")
