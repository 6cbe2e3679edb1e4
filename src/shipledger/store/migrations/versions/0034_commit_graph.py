"""The graph of commits, their authors and messages."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0034_commit_graph"
down_revision = "0033_listing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns for them."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them."""
    run_migration(revision, "down")
