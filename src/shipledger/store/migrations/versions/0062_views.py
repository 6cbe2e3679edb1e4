"""People keep filters of lists under a name."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0062_views"
down_revision = "0061_webhooks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop it."""
    run_migration(revision, "down")
