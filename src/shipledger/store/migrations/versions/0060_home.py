"""Home remembers when somebody looked last, and finds what is open through an index."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0060_home"
down_revision = "0059_merged"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, and an index."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them."""
    run_migration(revision, "down")
