"""Secrets of apps are kept before the apps are told."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0029_next_secrets"
down_revision = "0028_digests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop it."""
    run_migration(revision, "down")
