"""An index of the gates that wait for a decision."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0026_gates_that_wait"
down_revision = "0025_first_successes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create it."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop it."""
    run_migration(revision, "down")
