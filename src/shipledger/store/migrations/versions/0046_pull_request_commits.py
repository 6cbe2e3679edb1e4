"""Pull requests are found by their commits."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0046_pull_request_commits"
down_revision = "0045_settings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop it."""
    run_migration(revision, "down")
