"""Exports of sealed documents: what was ordered, its lines, the pieces of its file.

Only new tables: the code before this migration goes on beside them.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage.policies import raise_policies
from registry.storage.schema import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document_exports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(60), nullable=False),
        sa.Column("span", sa.String(12), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid()),
        sa.Column("bundles", sa.Boolean(), nullable=False),
        sa.Column("receiver", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("basis", sa.String(80), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("ordered_by", sa.Uuid()),
        sa.Column("ordered_at", UtcDateTime, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("packed", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("fetched", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger()),
        sa.Column("sums_sha256", sa.String(64)),
        sa.Column("ready_at", UtcDateTime),
        sa.Column("expires_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_exports")),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_document_exports_region_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_document_exports_municipality_id")
        ),
    )
    op.create_index("ix_document_exports_ordered_at", "document_exports", ["ordered_at"])
    _lines()
    op.create_table(
        "document_export_parts",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("part_file", sa.Uuid(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("tail", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("export_id", "number", name=op.f("pk_document_export_parts")),
        sa.ForeignKeyConstraint(
            ["export_id"], ["document_exports.id"], name=op.f("fk_document_export_parts_export_id")
        ),
    )
    raise_policies(op.get_bind())


def _lines() -> None:
    op.create_table(
        "document_export_lines",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("folder", sa.SmallInteger(), nullable=False),
        sa.Column("class_id", sa.Uuid()),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("act_id", sa.Uuid()),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("part", sa.Integer()),
        sa.Column("sha256", sa.String(64)),
        sa.Column("crc", sa.BigInteger()),
        sa.Column("size", sa.Integer()),
        sa.PrimaryKeyConstraint("school_id", "export_id", "number", name=op.f("pk_document_export_lines")),
        sa.ForeignKeyConstraint(
            ["export_id"], ["document_exports.id"], name=op.f("fk_document_export_lines_export_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "consent_id"],
            ["consents.school_id", "consents.id"],
            name=op.f("fk_document_export_lines_school_id_consent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "act_id"],
            ["acts.school_id", "acts.id"],
            name=op.f("fk_document_export_lines_school_id_act_id"),
        ),
    )
    for name, columns in (
        ("state", ["export_id", "state", "number"]),
        ("part", ["export_id", "part", "number"]),
        ("consent", ["school_id", "consent_id"]),
    ):
        op.create_index(f"ix_document_export_lines_{name}", "document_export_lines", columns)


def downgrade() -> None:
    op.drop_table("document_export_parts")
    op.drop_table("document_export_lines")
    op.drop_table("document_exports")
