"""Organizations, credentials, services, receipts, verdicts, entries and the projections of deployments."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0001_ledger"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop the tables and all that is in them."""
    run_migration(revision, "down")
