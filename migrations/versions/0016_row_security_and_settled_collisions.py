"""Row security: below the application's own conditions each table is held to the schools of who asks.

And what became of a value that two people claim: how it was settled, and what schools are to do.

The code before this migration sets no reach, so that it sees nothing afterwards: stop it before this is
applied, and start the new one after it. Evidence is never removed.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage import schema
from registry.storage.every_table import import_tables
from registry.storage.policies import lower_policies, raise_policies

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("collisions", sa.Column("outcome", sa.String(20)))
    op.create_table(
        "collision_tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("collision_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("field", sa.String(20), nullable=False),
        sa.Column("todo", sa.String(20), nullable=False),
        sa.Column("given_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("done_at", schema.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_collision_tasks_school_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_collision_tasks_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collision_tasks")),
        sa.UniqueConstraint("school_id", "id", name=op.f("uq_collision_tasks_school_id_id")),
    )
    op.create_index("ix_collision_tasks_school", "collision_tasks", ["school_id", "done_at"])
    import_tables()
    raise_policies(op.get_bind())


def downgrade() -> None:
    import_tables()
    lower_policies(op.get_bind())
    op.drop_table("collision_tasks")
    with op.batch_alter_table("collisions") as batch:
        batch.drop_column("outcome")
