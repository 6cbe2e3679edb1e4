"""Numbers of incidents, and finding the verdicts about one."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0011_incident_numbers"
down_revision = "0010_service_starts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Number the incidents there are."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop the numbers."""
    run_migration(revision, "down")
