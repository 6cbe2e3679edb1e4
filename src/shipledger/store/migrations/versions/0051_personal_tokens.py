"""People have tokens of their own, and it is counted what credentials are used for."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0051_personal_tokens"
down_revision = "0050_identities"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the table."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them."""
    run_migration(revision, "down")
