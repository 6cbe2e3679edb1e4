"""Deployments are found by the names of environments as those compare."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0049_environment_keys"
down_revision = "0048_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, with what the rows that are there say."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop it."""
    run_migration(revision, "down")
