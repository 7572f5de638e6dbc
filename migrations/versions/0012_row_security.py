"""Row security: below the application's own conditions each table is held to the schools of who asks.

The code before this migration sets no reach, so that it sees nothing afterwards: stop it before this is
applied, and start the new one after it. Evidence is never removed.
"""

from alembic import op

from registry.storage.every_table import import_tables
from registry.storage.policies import lower_policies, raise_policies

revision = "0012"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    import_tables()
    raise_policies(op.get_bind())


def downgrade() -> None:
    import_tables()
    lower_policies(op.get_bind())
