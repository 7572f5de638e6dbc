"""`python -m migrations.draft MESSAGE`: draft the next migration from the difference to the models."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrateOperation, MigrationScript, OpContainer

from migrations.check import HEAD
from registry.storage.engine import make_engine
from registry.storage.every_table import import_tables
from registry.storage.migrate import MIGRATIONS, alembic_config, upgrade
from registry.trail.fence import behind_fence


class RaiseFence(MigrateOperation):
    """The triggers of append-only tables and the tree's first row, which no comparison of tables finds."""


@renderers.dispatch_for(RaiseFence)
def write_fence(context: AutogenContext, _: RaiseFence) -> str:
    """Write the operation as a line of the migration."""
    context.imports.add("from registry.trail.fence import raise_fence")
    return "raise_fence(op.get_bind())"


def guard_evidence(_context: Any, _revision: Any, scripts: list[MigrationScript]) -> None:  # noqa: ANN401 - alembic's own signature
    """Raise the fence at the end of a migration that makes or changes a table behind it."""
    for script in scripts:
        changes = script.upgrade_ops
        if changes is not None and behind_fence() & set(touched(changes)):
            changes.ops.append(RaiseFence())


def touched(changes: OpContainer) -> Iterator[str]:
    """Name the tables that operations make or change."""
    for one in changes.ops:
        if isinstance(one, OpContainer):
            yield from touched(one)
        yield getattr(one, "table_name", "")


def main(message: str) -> int:
    """Draft the migration and move HEAD; a person reads and corrects what was drafted."""
    if not message:
        print('say what it does: make migration MESSAGE="add quotas"', file=sys.stderr)
        return 2
    number = f"{len(list((MIGRATIONS / 'versions').glob('*.py'))) + 1:04}"
    import_tables()
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'draft.sqlite3'}")
        upgrade(engine)
        with engine.connect() as connection:
            command.revision(
                alembic_config(connection),
                message.capitalize(),
                autogenerate=True,
                rev_id=number,
                process_revision_directives=guard_evidence,
            )
        engine.dispose()
    HEAD.write_text(f"{number}\n")
    for tidy in (["format", "--quiet"], ["check", "--quiet", "--fix", "--exit-zero"]):
        subprocess.run([sys.executable, "-m", "ruff", *tidy, str(MIGRATIONS / "versions")], check=True)
    print("Read it before you commit it: a draft knows neither your data nor what is running.")
    return 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
