"""Repositories with their former names have entries."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0047_repositories"
down_revision = "0046_pull_request_commits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, with the rows that are there."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them; what repositories follow goes back where it was."""
    run_migration(revision, "down")
