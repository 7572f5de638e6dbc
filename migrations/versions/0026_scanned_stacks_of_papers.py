"""Scanned stacks of papers, and papers that wait for a second person.

Only new tables: the code before this migration goes on beside them.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage import schema
from registry.storage.policies import raise_policies

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_stacks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(length=60), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("failure", sa.String(length=40), nullable=True),
        sa.Column("brought_by", sa.Uuid(), nullable=True),
        sa.Column("brought_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "class_id"],
            ["classes.school_id", "classes.id"],
            name=op.f("fk_paper_stacks_school_id_class_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_paper_stacks_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_stacks")),
        sa.UniqueConstraint("school_id", "id", name=op.f("uq_paper_stacks_school_id_id")),
    )
    op.create_index(
        "ix_paper_stacks_class", "paper_stacks", ["school_id", "class_id", "programme"], unique=False
    )
    op.create_table(
        "paper_files",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("stack_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("original_file", sa.Uuid(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "stack_id"],
            ["paper_stacks.school_id", "paper_stacks.id"],
            name=op.f("fk_paper_files_school_id_stack_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "stack_id", "number", name=op.f("pk_paper_files")),
    )
    op.create_table(
        "paper_forms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("stack_id", sa.Uuid(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("pages", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", schema.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id", "consent_id"],
            ["consents.school_id", "consents.id"],
            name=op.f("fk_paper_forms_school_id_consent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "stack_id"],
            ["paper_stacks.school_id", "paper_stacks.id"],
            name=op.f("fk_paper_forms_school_id_stack_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_forms")),
        sa.UniqueConstraint("school_id", "id", name=op.f("uq_paper_forms_school_id_id")),
    )
    op.create_index("ix_paper_forms_stack", "paper_forms", ["school_id", "stack_id"], unique=False)
    op.create_index(
        "uq_paper_forms_living",
        "paper_forms",
        ["school_id", "consent_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'dropped'"),
        postgresql_where=sa.text("state <> 'dropped'"),
    )
    op.create_table(
        "paper_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(length=60), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("signer_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("notice", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("carried", schema.SealedBytes(), nullable=False),
        sa.Column("scan_file", sa.Uuid(), nullable=True),
        sa.Column("scan_kind", sa.String(length=10), nullable=True),
        sa.Column("scan_pages", sa.Integer(), nullable=True),
        sa.Column("scan_sha256", sa.String(length=64), nullable=True),
        sa.Column("form_id", sa.Uuid(), nullable=True),
        sa.Column("draw", schema.JsonText(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_at", schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("act_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id", "act_id"],
            ["acts.school_id", "acts.id"],
            name=op.f("fk_paper_checks_school_id_act_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "form_id"],
            ["paper_forms.school_id", "paper_forms.id"],
            name=op.f("fk_paper_checks_school_id_form_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_paper_checks_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_checks")),
        sa.UniqueConstraint("school_id", "id", name=op.f("uq_paper_checks_school_id_id")),
    )
    op.create_index(
        "uq_paper_checks_waiting",
        "paper_checks",
        ["school_id", "programme", "signer_id", "student_id", "notice"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "paper_pages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("stack_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("form_id", sa.Uuid(), nullable=True),
        sa.Column("page", sa.SmallInteger(), nullable=True),
        sa.Column("picture_file", sa.Uuid(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", schema.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id", "form_id"],
            ["paper_forms.school_id", "paper_forms.id"],
            name=op.f("fk_paper_pages_school_id_form_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "stack_id"],
            ["paper_stacks.school_id", "paper_stacks.id"],
            name=op.f("fk_paper_pages_school_id_stack_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_pages")),
        sa.UniqueConstraint(
            "school_id", "form_id", "page", name=op.f("uq_paper_pages_school_id_form_id_page")
        ),
        sa.UniqueConstraint("school_id", "id", name=op.f("uq_paper_pages_school_id_id")),
        sa.UniqueConstraint(
            "school_id", "stack_id", "number", name=op.f("uq_paper_pages_school_id_stack_id_number")
        ),
    )
    raise_policies(op.get_bind())


def downgrade() -> None:
    op.drop_table("paper_pages")
    op.drop_index(
        "uq_paper_checks_waiting",
        table_name="paper_checks",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_table("paper_checks")
    op.drop_index(
        "uq_paper_forms_living",
        table_name="paper_forms",
        sqlite_where=sa.text("state <> 'dropped'"),
        postgresql_where=sa.text("state <> 'dropped'"),
    )
    op.drop_index("ix_paper_forms_stack", table_name="paper_forms")
    op.drop_table("paper_forms")
    op.drop_table("paper_files")
    op.drop_index("ix_paper_stacks_class", table_name="paper_stacks")
    op.drop_table("paper_stacks")
