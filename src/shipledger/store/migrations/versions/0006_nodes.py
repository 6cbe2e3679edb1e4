"""The nodes on a database, and which of them does what only one should do."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0006_nodes"
down_revision = "0005_time_form"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them and all that is in them."""
    run_migration(revision, "down")
