import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import ProgrammingError

from registry.app import create_app
from registry.cli.setting_up import prepare
from registry.config import Settings, load_settings, read_settings
from registry.errors import SettingsError
from registry.soundness.check import find_faults
from registry.soundness.sqlite import file_system_of, sqlite_faults
from registry.storage.engine import make_engine
from registry.storage.grants import Duty, let_do
from registry.storage.reach import everywhere
from registry.trail.entries import SYSTEM, Entry, EntryType, ObjectRef
from registry.trail.fence import wholly_fenced
from registry.trail.publisher import tend
from registry.work import Registry
from tests.servers import DURABLE, Postgres, running_postgres


@dataclass(frozen=True)
class Roles:
    """A durable server with a database, its owner, and a role that serves."""

    server: Postgres
    secret: str

    def url(self, role: str, **options: str) -> str:
        said = "".join(f"?options=-c%20{name}%3D{value}" for name, value in options.items())
        return f"postgresql+psycopg://{role}:{self.secret}@127.0.0.1:{self.server.port}/real{said}"

    def environ(self, production: dict[str, str], **options: str) -> dict[str, str]:
        urls = {
            "REGISTRY_DATABASE_URL": self.url("serving", **options),
            "REGISTRY_MIGRATION_URL": self.url("owning"),
        }
        return production | urls


@pytest.fixture(scope="module")
def durable() -> Iterator[Postgres]:
    with running_postgres(DURABLE) as server:
        yield server


@pytest.fixture
def roles(durable: Postgres) -> Iterator[Roles]:
    secret = secrets.token_urlsafe(18)
    for role in ("owning", "serving"):
        durable.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{secret}'")
    durable.execute("CREATE DATABASE real OWNER owning")
    yield Roles(durable, secret)
    durable.execute("DROP DATABASE real WITH (FORCE)")
    for role in ("owning", "serving"):
        durable.execute(f"DROP ROLE {role}")


def causes(environ: dict[str, str]) -> dict[str, str]:
    return {one.setting: one.sentence for one in find_faults(read_settings(environ))}


def set_up(environ: dict[str, str]) -> Registry:
    return prepare(load_settings(environ), lambda _: None)


def test_a_role_that_owns_nothing_serves_what_another_migrated(
    production: dict[str, str], roles: Roles
) -> None:
    environ = roles.environ(production)
    registry = set_up(environ)
    assert causes(environ) == {}
    with registry.work(SYSTEM) as work:
        work.record(
            Entry(EntryType.INSTALLATION_STARTED, ObjectRef("installation", work.new_id(), 1), {}, None)
        )
    assert tend(registry.engine, registry.trail, registry.now()) is not None
    page = create_app(registry).test_client().get("/sign-in", base_url="https://consents.school.test")
    assert page.status_code == 200
    for change in ("DELETE FROM trail_event", "UPDATE acts SET kind = kind", "DROP TABLE acts"):
        refused = pytest.raises(ProgrammingError, match=r"permission denied|must be owner")
        with refused, registry.engine.begin() as connection:
            connection.exec_driver_sql(change)
    registry.engine.dispose()


def test_a_table_without_row_security_is_refused_until_install_puts_it_up(
    production: dict[str, str], roles: Roles
) -> None:
    """T5: whoever takes the row security down stops the start, not the protection."""
    environ = roles.environ(production)
    registry = set_up(environ)
    owner = make_engine(roles.url("owning"))
    for change in (
        "ALTER TABLE acts NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE letters DISABLE ROW LEVEL SECURITY",
        "DROP POLICY reach ON sittings",
    ):
        with owner.begin() as connection:
            connection.exec_driver_sql(change)
    told = causes(environ)
    assert list(told) == ["row_security"]
    assert "acts, letters, sittings" in told["row_security"]
    registry.engine.dispose()
    set_up(environ).engine.dispose()
    assert causes(environ) == {}
    owner.dispose()


def test_the_owner_of_the_tables_is_held_to_a_reach_too(production: dict[str, str], roles: Roles) -> None:
    """T5: FORCE holds the owner, who is no superuser, and his migrations say that they reach everywhere."""
    registry = set_up(roles.environ(production))
    with registry.work(SYSTEM) as work:
        work.record(
            Entry(EntryType.INSTALLATION_STARTED, ObjectRef("installation", work.new_id(), 1), {}, None)
        )
    registry.engine.dispose()
    owner = make_engine(roles.url("owning"))
    counted = text("SELECT count(*) FROM trail_event")
    with owner.connect() as bare, everywhere(owner).connect() as whole:
        assert bare.execute(counted).scalar_one() == 0
        assert whole.execute(counted).scalar_one() > 0
    owner.dispose()


def test_each_duty_has_its_own_rights(production: dict[str, str], roles: Roles) -> None:
    """The roles of the trail: pages add to its queue, the sequencer writes the tree, an auditor reads."""
    registry = set_up(roles.environ(production))
    with registry.work(SYSTEM) as work:
        work.record(
            Entry(EntryType.INSTALLATION_STARTED, ObjectRef("installation", work.new_id(), 1), {}, None)
        )
    refused = {
        Duty.PAGES: ("DELETE FROM trail_queue", "INSERT INTO trail_leaf SELECT * FROM trail_leaf"),
        Duty.SEQUENCER: ("SELECT * FROM persons", "SELECT * FROM letters", "DELETE FROM trail_event"),
        Duty.AUDITOR: ("INSERT INTO trail_queue SELECT * FROM trail_queue", "DELETE FROM letters"),
    }
    owner = make_engine(roles.url("owning"))
    for duty, statements in refused.items():
        let_do(owner, "serving", duty, wholly_fenced())
        for statement in statements:
            with pytest.raises(ProgrammingError, match="permission denied"), registry.engine.begin() as line:
                line.exec_driver_sql(statement)
        if duty is Duty.SEQUENCER:
            assert tend(registry.engine, registry.trail, registry.now()) is not None
        if duty is Duty.AUDITOR:
            with everywhere(registry.engine).connect() as line:
                assert line.exec_driver_sql("SELECT count(*) FROM trail_event").scalar_one() > 0
    owner.dispose()
    registry.engine.dispose()


def test_rights_of_a_role_are_refused_in_words_where_the_database_knows_none(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'registry.sqlite3'}")
    with pytest.raises(SettingsError, match="только в PostgreSQL"):
        let_do(engine, "pages", Duty.PAGES, wholly_fenced())
    engine.dispose()


def test_a_serving_role_that_is_not_there_is_named(production: dict[str, str], roles: Roles) -> None:
    environ = roles.environ(production) | {"REGISTRY_DATABASE_URL": roles.url("nobody")}
    with pytest.raises(SettingsError, match="nobody"):
        set_up(environ)


def test_an_owner_may_not_serve(production: dict[str, str], roles: Roles) -> None:
    set_up(roles.environ(production)).engine.dispose()
    told = causes(production | {"REGISTRY_DATABASE_URL": roles.url("owning")})
    assert list(told) == ["REGISTRY_DATABASE_URL"]
    assert "REGISTRY_MIGRATION_URL" in told["REGISTRY_DATABASE_URL"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ("ALTER ROLE serving SUPERUSER", "SUPERUSER"),
        ("ALTER ROLE serving BYPASSRLS", "BYPASSRLS"),
        ("GRANT registry TO serving", "SUPERUSER"),
    ],
)
def test_a_role_above_row_security_may_not_serve(
    production: dict[str, str], roles: Roles, change: str, word: str
) -> None:
    roles.server.execute(change)
    told = causes(roles.environ(production))
    assert list(told) == ["REGISTRY_DATABASE_URL"]
    assert word in told["REGISTRY_DATABASE_URL"]


@pytest.mark.parametrize(
    ("change", "cure"),
    [
        ("ALTER ROLE serving SET synchronous_commit = off", "ALTER ROLE serving RESET synchronous_commit"),
        ("ALTER DATABASE real SET synchronous_commit = off", "ALTER DATABASE real RESET synchronous_commit"),
        (
            "ALTER ROLE serving IN DATABASE real SET synchronous_commit = off",
            "ALTER ROLE serving IN DATABASE real RESET synchronous_commit",
        ),
    ],
)
def test_commits_that_do_not_wait_are_refused_wherever_they_were_set(
    production: dict[str, str], roles: Roles, change: str, cure: str
) -> None:
    roles.server.execute(change)
    told = causes(roles.environ(production))
    assert list(told) == ["synchronous_commit"]
    assert cure in told["synchronous_commit"]


def test_commits_that_the_connection_lets_not_wait_are_refused(
    production: dict[str, str], roles: Roles
) -> None:
    told = causes(roles.environ(production, synchronous_commit="off"))
    assert list(told) == ["synchronous_commit"]
    assert "REGISTRY_DATABASE_URL" in told["synchronous_commit"]


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_forgets_is_refused(production: dict[str, str], name: str) -> None:
    with running_postgres(DURABLE | {name: "off"}) as server:
        secret = secrets.token_urlsafe(18)
        server.execute(f"CREATE ROLE serving LOGIN PASSWORD '{secret}'")
        url = f"postgresql+psycopg://serving:{secret}@127.0.0.1:{server.port}/postgres"
        told = causes(production | {"REGISTRY_DATABASE_URL": url})
    assert list(told) == [name]
    assert f"-c {name}=on" in told[name]


def test_a_database_that_does_not_answer_is_a_cause_among_others(production: dict[str, str]) -> None:
    url = f"postgresql+psycopg://serving:{secrets.token_urlsafe(18)}@127.0.0.1:1/real"
    told = causes(production | {"REGISTRY_DATABASE_URL": url, "REGISTRY_BASE_URL": "http://x.test"})
    assert list(told) == ["REGISTRY_BASE_URL", "REGISTRY_DATABASE_URL"]
    assert "не отвечает" in told["REGISTRY_DATABASE_URL"]


def test_sqlite_that_does_not_wait_for_the_disk_is_refused(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=NORMAL") and None)
    with engine.connect() as connection:
        assert [one.setting for one in sqlite_faults(connection)] == ["synchronous"]
    engine.dispose()


def test_sqlite_without_its_write_ahead_log_is_refused(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'plain.sqlite3'}")
    with engine.connect() as connection:
        found = [one.setting for one in sqlite_faults(connection)]
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
        both = [one.setting for one in sqlite_faults(connection)]
    assert (found, both) == (["journal_mode"], ["synchronous", "journal_mode"])
    engine.dispose()


def test_a_start_on_a_database_in_memory_is_refused(production: dict[str, str]) -> None:
    assert list(causes(production | {"REGISTRY_DATABASE_URL": "sqlite://"})) == ["journal_mode"]


MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 22 0:40 / /srv/shared\\040data rw,relatime shared:2 - nfs4 files.test:/exports rw,vers=4.2
41 22 254:9 / /srv/shared\\040data/local rw,relatime shared:3 - xfs /dev/vdb rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/registry.sqlite3", "ext4"),
        ("/srv/shared data/home/registry.sqlite3", "nfs4"),
        ("/srv/shared data/local/registry.sqlite3", "xfs"),
        ("/srv/shared database/registry.sqlite3", "ext4"),
    ],
)
def test_the_file_system_is_that_of_the_nearest_mount(path: str, kind: str) -> None:
    assert file_system_of(Path(path), MOUNTS) == kind


def test_a_database_on_a_network_file_system_is_refused(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    far = MOUNTS + f"50 22 0:50 / {folder} rw shared:9 - cifs //files.test/x rw\n"
    with engine.connect() as connection:
        assert not list(sqlite_faults(connection, MOUNTS))
        (fault,) = sqlite_faults(connection, far)
    assert "cifs" in fault.sentence
    engine.dispose()


@pytest.fixture
def tried_out(production: dict[str, str], database_url: str) -> Settings:
    """A home in which the sandbox was tried out before."""
    same = {name: production[name] for name in ("REGISTRY_HOME", "REGISTRY_TRAIL_ORIGIN")} | {
        "REGISTRY_DATABASE_URL": database_url
    }
    prepare(load_settings(same), lambda _: None).engine.dispose()
    return read_settings(production | {"REGISTRY_DATABASE_URL": database_url})


def test_a_database_with_the_sample_region_is_refused(tried_out: Settings) -> None:
    found = {one.setting for one in find_faults(tried_out)}
    assert {"clerk-17", "director-17", "administrator"} <= found


def test_a_bad_login_to_the_server_is_told_without_the_password(
    production: dict[str, str], roles: Roles
) -> None:
    wrong = secrets.token_urlsafe(18)
    url = roles.url("serving").replace(roles.secret, wrong)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url.replace("+psycopg", ""))
    told = causes(production | {"REGISTRY_DATABASE_URL": url})
    assert list(told) == ["REGISTRY_DATABASE_URL"]
    assert wrong not in told["REGISTRY_DATABASE_URL"]
