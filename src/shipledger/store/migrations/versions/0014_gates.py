"""Gates, and the changes of them that apps are told of."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0014_gates"
down_revision = "0013_seals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and count gates."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop the tables and the count."""
    run_migration(revision, "down")
