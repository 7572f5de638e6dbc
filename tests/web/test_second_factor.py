from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update

from registry.access.models.tables import recovery_codes, sessions, users
from registry.access.models.users import account_of
from registry.access.rules import Role
from registry.access.usecases import factors
from registry.config import Demand
from registry.errors import InvalidError, TooManyError
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM
from registry.web.create import create_app
from registry.work import Registry
from tests.web.browsers import PASSWORD, Browser
from tests.web.factors import Phone

Employ = Callable[[str, Role], UUID]


@pytest.fixture
def phone(registry: Registry, browser: Browser, employ: Employ) -> Phone:
    """A director who has set up a second factor in the browser, which is signed in."""
    made = Phone(registry, employ("director", Role.DIRECTOR))
    browser.sign_in("director")
    made.step_up(browser)
    assert made.set_up(browser).status_code == 200
    return made


def told_steps(registry: Registry) -> list[str]:
    with registry.reading(SYSTEM) as work:
        rows = work.connection.execute(select(promises.c.arguments).where(promises.c.job == "staff.tell"))
        return [row.arguments["step"] for row in rows]


def test_after_the_password_nothing_opens_before_the_code(browser: Browser, phone: Phone) -> None:
    other = browser.another()
    assert other.sign_in("director", target="/sessions").location == "/sign-in/code?next=/sessions"
    assert other.get("/sessions").location.startswith("/sign-in?")
    assert other.get("/probe/people").location.startswith("/sign-in?")
    assert phone.enter(other, "000000").status_code == 422
    assert phone.enter(other, phone.fresh()).location == "/sessions"
    assert other.get("/sessions").status_code == 200


def test_a_code_works_once(browser: Browser, phone: Phone) -> None:
    first, second = browser.another(), browser.another()
    first.sign_in("director")
    second.sign_in("director")
    code = phone.fresh()
    assert phone.enter(first, code).status_code == 303
    assert phone.enter(second, code).status_code == 422


def test_a_recovery_code_works_once_and_its_holder_is_told(
    browser: Browser, registry: Registry, phone: Phone
) -> None:
    assert len(set(phone.recovery)) == 10
    first, second = browser.another(), browser.another()
    first.sign_in("director")
    second.sign_in("director")
    assert phone.enter(first, phone.recovery[3].lower().replace("-", " ")).status_code == 303
    assert phone.enter(second, phone.recovery[3]).status_code == 422
    assert told_steps(registry)[-1] == "recovered"


def test_new_recovery_codes_end_the_old_ones(browser: Browser, phone: Phone) -> None:
    assert phone.step_up(browser, code=phone.fresh()).status_code == 303
    answer = browser.post("/account/recovery-codes")
    assert answer.status_code == 200
    assert not [code for code in phone.recovery if code in answer.text]
    other = browser.another()
    other.sign_in("director")
    assert phone.enter(other, phone.recovery[0]).status_code == 422


def test_of_fifty_codes_at_once_five_are_looked_at(registry: Registry, phone: Phone) -> None:
    with registry.reading(SYSTEM) as work:
        account = account_of(work.connection, phone.user_id)
    assert account is not None

    def guess(number: int) -> str:
        try:
            with registry.work(SYSTEM) as work:
                factors.take_code_try(work, account.id, f"10.0.0.{number}")
            with registry.work(SYSTEM) as work:
                factors.prove(work, account, f"{number:06}x")
        except TooManyError:
            return "counted out"
        except InvalidError:
            return "looked at"
        return "in"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(50)))
    assert answers.count("looked at") == 5
    assert answers.count("counted out") == 45


def test_the_right_code_sent_twice_at_once_lets_in_once(registry: Registry, phone: Phone) -> None:
    with registry.reading(SYSTEM) as work:
        account = account_of(work.connection, phone.user_id)
    assert account is not None
    code = phone.fresh()

    def enter(_: int) -> bool:
        try:
            with registry.work(SYSTEM) as work:
                factors.prove(work, account, code)
        except InvalidError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(enter, range(4))) == 1


def test_the_page_counts_tries_whatever_browser_they_come_from(browser: Browser, phone: Phone) -> None:
    statuses = []
    for _ in range(6):
        other = browser.another()
        other.sign_in("director")
        statuses.append(phone.enter(other, "000000").status_code)
    assert statuses == [422] * 5 + [429]


def test_secret_and_recovery_codes_stand_nowhere_in_the_clear(registry: Registry, phone: Phone) -> None:
    with registry.reading(SYSTEM) as work:
        user = work.connection.execute(select(users)).one()
        codes = work.connection.execute(select(recovery_codes)).all()
    plain = repr(user) + repr(codes)
    assert phone.secret not in plain
    assert not [one for one in phone.recovery if one.replace("-", "") in plain]
    url = registry.engine.url
    if url.get_backend_name() == "sqlite":
        home = Path(str(url.database)).parent
        kept = b"".join(file.read_bytes() for file in home.glob("registry.sqlite3*") if file.is_file())
        assert phone.secret.encode() not in kept


def test_setting_up_a_factor_ends_all_other_sessions(
    browser: Browser, registry: Registry, employ: Employ
) -> None:
    phone = Phone(registry, employ("director", Role.DIRECTOR))
    other = browser.another()
    other.sign_in("director")
    before = cookie(browser.sign_in("director"))
    phone.step_up(browser)
    answer = phone.set_up(browser)
    assert cookie(answer) != before
    assert other.get("/sessions").status_code == 303
    assert browser.get("/sessions").status_code == 200
    assert told_steps(registry) == ["factor-added"]


def test_a_factor_is_not_set_up_without_the_password_once_more(browser: Browser, employ: Employ) -> None:
    employ("director", Role.DIRECTOR)
    browser.sign_in("director")
    assert browser.get("/account/factor").location.startswith("/step-up")


def test_a_secret_offered_to_another_is_not_taken(
    browser: Browser, registry: Registry, employ: Employ
) -> None:
    phones = [Phone(registry, employ(login, Role.DIRECTOR)) for login in ("one", "two")]
    offers = []
    for login, phone in zip(("one", "two"), phones, strict=True):
        other = browser.another()
        other.sign_in(login)
        phone.step_up(other)
        offers.append((other, other.get("/account/factor").text))
    stolen = offers[0][1].split('name="offered" value="')[1].split('"')[0]
    assert offers[1][0].post("/account/factor", offered=stolen, code="123456").status_code == 422


def test_stepping_up_asks_for_the_code_as_well_and_gives_a_new_token(browser: Browser, phone: Phone) -> None:
    assert "code" in browser.get("/step-up").text
    assert phone.step_up(browser, code="000000").status_code == 422
    assert browser.get("/probe/sign-off").location.startswith("/step-up")
    answer = phone.step_up(browser, code=phone.fresh())
    assert "session=" in answer.headers["Set-Cookie"]
    assert browser.get("/probe/sign-off").text == "signed off"


def test_the_token_from_before_stepping_up_is_good_for_nothing(browser: Browser, employ: Employ) -> None:
    employ("director", Role.DIRECTOR)
    before = cookie(browser.sign_in("director"))
    browser.post("/step-up", password=PASSWORD, next="/")
    browser.client.set_cookie("session", before.partition("=")[2])
    assert browser.get("/sessions").status_code == 303


def test_where_it_is_required_only_the_setting_up_opens(registry: Registry, employ: Employ) -> None:
    phone = Phone(registry, employ("director", Role.DIRECTOR))
    employ("tutor", Role.TUTOR)
    settings = replace(registry.settings, staff_totp=Demand.REQUIRED)
    browser = Browser(create_app(replace(registry, settings=settings)).test_client())
    browser.sign_in("director", target="/sessions")
    assert browser.get("/sessions").location == "/sign-in?next=/sessions"
    assert browser.get("/sign-in?next=/sessions").location == "/account/factor?next=/sessions"
    assert browser.get("/account").status_code == 303
    assert phone.set_up(browser).status_code == 200
    assert browser.get("/sessions").status_code == 200
    tutor = browser.another()
    tutor.sign_in("tutor")
    assert tutor.get("/sessions").status_code == 200


def test_an_installation_may_demand_it_of_everyone(registry: Registry, employ: Employ) -> None:
    employ("tutor", Role.TUTOR)
    settings = replace(registry.settings, staff_totp=Demand.EVERYONE)
    browser = Browser(create_app(replace(registry, settings=settings)).test_client())
    browser.sign_in("tutor", target="/sessions")
    assert browser.get("/sign-in?next=/sessions").location == "/account/factor?next=/sessions"


def test_the_step_between_password_and_code_lasts_ten_minutes(
    browser: Browser, registry: Registry, phone: Phone
) -> None:
    other = browser.another()
    other.sign_in("director")
    with registry.work(SYSTEM) as work:
        rows = work.connection.execute(select(sessions).where(sessions.c.auth == "password")).all()
        early = rows[-1].created_at.replace(year=rows[-1].created_at.year - 1)
        work.connection.execute(
            update(sessions).where(sessions.c.auth == "password").values(created_at=early)
        )
    assert other.get("/sign-in/code").status_code == 303


def cookie(answer: object) -> str:
    return str(answer.headers["Set-Cookie"]).split(";")[0]  # type: ignore[attr-defined]
