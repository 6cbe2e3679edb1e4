"""The receipts that the ledger writes to itself."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0023_own_receipts"
down_revision = "0022_waiting_packs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index them."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop the index."""
    run_migration(revision, "down")
