"""Opt-outs, invalidations that wait for a second person, and papers on special needs.

Only new tables: the code before this migration goes on beside them.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage.policies import raise_policies
from registry.storage.schema import SealedBytes, UtcDateTime
from registry.trail.fence import raise_fence

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_OPEN = sa.text("answer = 'asked'")


def upgrade() -> None:
    op.create_table(
        "opt_outs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("signer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("programme", sa.String(60)),
        sa.Column("part", sa.String(40)),
        sa.Column("wire", sa.String(20)),
        sa.Column("capacity", sa.String(10), nullable=False),
        sa.Column("means", sa.String(10), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.Column("recorded_by", sa.Uuid()),
        sa.Column("place", sa.String(200)),
        sa.Column("reason", sa.String(40)),
        sa.Column("ends", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_outs")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_opt_outs_school_id")),
        sa.UniqueConstraint("school_id", "id", name=op.f("uq_opt_outs_school_id_id")),
        sa.UniqueConstraint("school_id", "ends", name=op.f("uq_opt_outs_school_id_ends")),
        sa.ForeignKeyConstraint(
            ["school_id", "ends"],
            ["opt_outs.school_id", "opt_outs.id"],
            name=op.f("fk_opt_outs_school_id_ends"),
        ),
    )
    op.create_index("ix_opt_outs_student", "opt_outs", ["school_id", "student_id"])
    op.create_table(
        "invalidations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("signer_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("note", SealedBytes, nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("answer", sa.String(10), nullable=False),
        sa.Column("answered_by", sa.Uuid()),
        sa.Column("answered_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invalidations")),
        sa.UniqueConstraint("school_id", "id", name=op.f("uq_invalidations_school_id_id")),
        sa.ForeignKeyConstraint(
            ["school_id", "act_id"],
            ["acts.school_id", "acts.id"],
            name=op.f("fk_invalidations_school_id_act_id"),
        ),
    )
    op.create_index("ix_invalidations_school", "invalidations", ["school_id", "answer"])
    op.create_index(
        "uq_invalidations_open",
        "invalidations",
        ["school_id", "act_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_table(
        "special_needs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("document", SealedBytes, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.Column("recorded_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_needs")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_special_needs_school_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_special_needs_person_id")),
        sa.UniqueConstraint("school_id", "id", name=op.f("uq_special_needs_school_id_id")),
    )
    op.create_index("ix_special_needs_person", "special_needs", ["school_id", "person_id"])
    raise_fence(op.get_bind())
    raise_policies(op.get_bind())


def downgrade() -> None:
    op.drop_index("ix_special_needs_person", table_name="special_needs")
    op.drop_table("special_needs")
    op.drop_index("uq_invalidations_open", table_name="invalidations")
    op.drop_index("ix_invalidations_school", table_name="invalidations")
    op.drop_table("invalidations")
    op.drop_index("ix_opt_outs_student", table_name="opt_outs")
    op.drop_table("opt_outs")
