"""The names that pending receipts concern."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0020_pending_names"
down_revision = "0019_rules"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and have receipts say whether their names are in it."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop both."""
    run_migration(revision, "down")
