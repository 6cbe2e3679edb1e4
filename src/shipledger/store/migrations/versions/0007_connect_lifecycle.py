"""Where apps are reached, and the keys that calls to them are signed with."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0007_connect_lifecycle"
down_revision = "0006_nodes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them and what is in them."""
    run_migration(revision, "down")
