"""Who adds and removes targets of messages has entries."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0061_webhooks"
down_revision = "0060_home"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them."""
    run_migration(revision, "down")
