"""`python -m migrations.check`: the migrations are one line, and what they make equals the models."""

import re
import sys
import tempfile
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from migrations.picture import Picture, take_picture
from registry.storage.engine import make_engine
from registry.storage.every_table import import_tables
from registry.storage.migrate import MIGRATIONS, upgrade
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


def model_faults(migrated: Engine, modelled: Engine) -> list[str]:
    """Say where a migrated database differs from one made from the models; both are empty at first."""
    import_tables()
    upgrade(migrated)
    metadata.create_all(modelled)
    return differences(take_picture(migrated), take_picture(modelled))


def differences(is_so: Picture, should_be: Picture) -> list[str]:
    """Compare two databases piece by piece; the piece's name tells its table."""
    return [
        f"{piece}: the migrations make {is_so.get(piece, 'nothing')},"
        f" the models say {should_be.get(piece, 'nothing')}"
        for piece in sorted(is_so.keys() | should_be.keys())
        if is_so.get(piece) != should_be.get(piece)
    ]


def main() -> int:
    """Check on fresh SQLite files; the tests do the same on PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        migrated, modelled = (
            make_engine(f"sqlite:///{Path(folder) / name}.sqlite3") for name in ("migrated", "modelled")
        )
        faults = line_faults() or model_faults(migrated, modelled)
        migrated.dispose()
        modelled.dispose()
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
