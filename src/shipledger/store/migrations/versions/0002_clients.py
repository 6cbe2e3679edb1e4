"""Access tokens, apps that sign with a shared secret, and how a credential breaks ties."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0002_clients"
down_revision = "0001_ledger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and the column."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them and all that is in them."""
    run_migration(revision, "down")
