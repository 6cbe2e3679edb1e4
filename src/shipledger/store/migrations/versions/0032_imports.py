"""Whether those who derive something from entries know that the ledger was brought here."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0032_imports"
down_revision = "0031_actors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column for it."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop it."""
    run_migration(revision, "down")
