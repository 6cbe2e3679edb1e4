"""Incidents: their entries and projections."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0003_incidents"
down_revision = "0002_clients"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop the tables and all that is in them."""
    run_migration(revision, "down")
