"""`python -m migrations.check`: the migrations are one line, and what they make equals the models."""

import re
import sys
import tempfile
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from registry.storage.engine import make_engine
from registry.storage.migrate import MIGRATIONS, import_tables, upgrade
from registry.storage.schema import metadata

HEAD = MIGRATIONS / "HEAD"
"""Keeps the newest revision's number, so that two branches that both add one conflict in git."""
NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.py")


def line_faults() -> list[str]:
    """Say what is wrong with the line of migrations: numbers without a gap, one head, named in HEAD."""
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    if not names:
        return ['there is no migration yet: make migration MESSAGE="the first tables"']
    faults = [f"{name}: should be like 0001_what_it_does.py" for name in names if not NAME.fullmatch(name)]
    script = ScriptDirectory(str(MIGRATIONS))
    line = [revision.revision for revision in script.walk_revisions()][::-1]
    wanted = [f"{number:04}" for number in range(1, len(names) + 1)]
    if line != wanted:
        faults.append(f"the revisions are {', '.join(line)} and should be {', '.join(wanted)}")
    if HEAD.read_text().strip() != wanted[-1]:
        faults.append(f"{HEAD.name} says {HEAD.read_text().strip()}, the newest revision is {wanted[-1]}")
    return faults


def model_faults(engine: Engine) -> list[str]:
    """Migrate an empty database and say where it differs from the models."""
    import_tables()
    upgrade(engine)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    return [str(difference) for difference in differences]


def main() -> int:
    """Check on a fresh SQLite file; the tests do the same on PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'check.sqlite3'}")
        faults = line_faults() or model_faults(engine)
        engine.dispose()
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
