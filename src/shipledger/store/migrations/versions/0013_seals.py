"""The order in which entries were settled, and seals over them."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0013_seals"
down_revision = "0012_tiers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Number the entries, and create the table."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop the table and the numbers."""
    run_migration(revision, "down")
