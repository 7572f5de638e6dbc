"""`python -m migrations.draft MESSAGE`: draft the next migration from the difference to the models."""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from migrations.check import HEAD
from registry.storage.engine import make_engine
from registry.storage.migrate import MIGRATIONS, alembic_config, import_tables, upgrade


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
                alembic_config(connection), message.capitalize(), autogenerate=True, rev_id=number
            )
        engine.dispose()
    HEAD.write_text(f"{number}\n")
    for tidy in (["format", "--quiet"], ["check", "--quiet", "--fix", "--exit-zero"]):
        subprocess.run([sys.executable, "-m", "ruff", *tidy, str(MIGRATIONS / "versions")], check=True)
    print("Read it before you commit it: a draft knows neither your data nor what is running.")
    return 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
