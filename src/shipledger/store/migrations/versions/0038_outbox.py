"""Messages to other systems, who gets them, and the log of attempts."""
# ruff: noqa: INP001  Alembic runs this file by its path

from shipledger.store.migration_files import run_migration

revision = "0038_outbox"
down_revision = "0037_lanes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables. The server moves what was noted for apps into them: a node of the version before may add to it."""
    run_migration(revision, "up")


def downgrade() -> None:
    """Drop them, and note for apps what they are still to be told."""
    run_migration(revision, "down")
