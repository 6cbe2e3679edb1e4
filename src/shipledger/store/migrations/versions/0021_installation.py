"""Which ledger this is, and how it was left."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0021_installation"
down_revision = "0020_pending_names"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop the table."""
    run_migration(revision, "down")
