"""Gates have entries."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0040_gates"
down_revision = "0039_lane_spans"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for entries of gates; whoever opens the ledger makes the first ones (``store/gates/left.py``)."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Keep the gates as they stand, without entries."""
    run_migration(revision, "down")
