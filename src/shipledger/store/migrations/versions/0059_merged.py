"""Deployments that are merged into others are in no list."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0059_merged"
down_revision = "0058_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop it."""
    run_migration(revision, "down")
