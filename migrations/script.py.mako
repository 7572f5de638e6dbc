"""${message}.

The code before this migration keeps running while it is applied and for a while after it. So: add, fill,
switch, and remove only in a later release what no running code reads. A column that must not be null comes
with a default or is filled first; a large table is filled in batches, outside this file. Evidence is never
removed.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage import schema
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
