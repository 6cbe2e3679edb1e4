"""Tombstones of entries of any kind."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0036_tombstones"
down_revision = "0035_issue_standings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a tombstone be of any kind."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Allow the kinds of before alone."""
    run_migration(revision, "down")
