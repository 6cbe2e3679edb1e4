"""The rules by which an organization tells the tiers of environments."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0012_tiers"
down_revision = "0011_incident_numbers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and keep apart which tier was said."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop the rules; what was said is shown again after a rebuild."""
    run_migration(revision, "down")
