from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from registry.access.models.tables import user_links, users
from registry.access.models.users import account_of
from registry.access.new_passwords import check_new, common_passwords
from registry.access.rules import Role
from registry.access.usecases.links import holder_of, make_link, set_by_link
from registry.access.usecases.users import NewUser, add_user
from registry.errors import GoneError, InvalidError
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.web.browsers import PASSWORD, Browser

Employ = Callable[[str, Role], UUID]
NEW = "длинная дорога к морю"


@pytest.fixture
def link(registry: Registry) -> str:
    """The path of a fresh link of somebody who has no password yet."""
    with registry.work(SYSTEM) as work:
        user_id = add_user(work, NewUser("petrova", "Петрова Анна"))
        account = account_of(work.connection, user_id)
        assert account is not None
        return make_link(work, account).removeprefix(registry.settings.base_url)


def set_password(browser: Browser, path: str, new: str = NEW, again: str | None = None) -> int:
    token = browser.get("/sign-in").text.split('name="csrf_token" value="')[1].split('"')[0]
    said = {"csrf_token": token, "new": new, "again": new if again is None else again}
    return browser.client.post(path, data=said).status_code


def test_who_comes_by_a_link_sets_his_own_password_once(browser: Browser, link: str) -> None:
    assert browser.sign_in("petrova", "").status_code == 422
    assert browser.sign_in("petrova", "nobody").status_code == 422
    assert browser.get(link).status_code == browser.get(link).status_code == 200
    assert set_password(browser, link, again="другое") == 422
    assert set_password(browser, link) == 303
    assert set_password(browser, link) == 410
    assert browser.get(link).status_code == 410
    assert browser.sign_in("petrova", NEW).status_code == 303


def test_who_is_led_to_the_sign_in_is_told_why(browser: Browser, link: str) -> None:
    assert "Пароль сохранён" in _after_setting(browser, link)
    assert "сеанс закончился" in browser.get("/sign-in?next=/staff").text
    assert "сеанс закончился" not in browser.get("/sign-in").text


def _after_setting(browser: Browser, link: str) -> str:
    token = browser.get(link).text.split('name="csrf_token" value="')[1].split('"')[0]
    said = {"csrf_token": token, "new": NEW, "again": NEW}
    return browser.client.post(link, data=said, follow_redirects=True).text


def test_of_two_who_use_a_link_at_once_one_sets_the_password(registry: Registry, link: str) -> None:
    token = link.rpartition("/")[2]

    def use(number: int) -> bool:
        try:
            with registry.work(SYSTEM) as work:
                set_by_link(work, token, f"$argon2id${number}")
        except GoneError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, range(4))) == 1


def test_a_link_is_kept_as_a_hash_and_stands_three_days(registry: Registry, link: str) -> None:
    token = link.rpartition("/")[2]
    with registry.work(SYSTEM) as work:
        row = work.connection.execute(select(user_links)).one()
        assert token not in repr(row)
        assert row.expires_at - row.made_at == timedelta(days=3)
        work.connection.execute(update(user_links).values(expires_at=work.now))
    with pytest.raises(GoneError), registry.reading(SYSTEM) as work:
        holder_of(work, token)


def test_a_newer_link_ends_the_older_and_a_closed_account_ends_both(
    browser: Browser, registry: Registry, link: str
) -> None:
    with registry.work(SYSTEM) as work:
        user_id = work.connection.execute(select(users.c.id)).scalar_one()
        account = account_of(work.connection, user_id)
        assert account is not None
        newer = make_link(work, account).removeprefix(registry.settings.base_url)
    assert browser.get(link).status_code == 410
    with registry.work(SYSTEM) as work:
        work.connection.execute(update(users).values(disabled_at=work.now))
    assert browser.get(newer).status_code == 410
    assert browser.get("/password/" + "x" * 43).status_code == 410


def test_a_changed_password_ends_all_other_sessions(browser: Browser, employ: Employ) -> None:
    employ("tutor", Role.TUTOR)
    other = browser.another()
    other.sign_in("tutor")
    browser.sign_in("tutor")
    assert browser.get("/account/password").location.startswith("/step-up")
    browser.post("/step-up", password=PASSWORD, next="/")
    said = {"password": PASSWORD, "new": NEW, "again": NEW}
    assert browser.post("/account/password", **{**said, "password": "wrong"}).status_code == 422
    assert browser.post("/account/password", **said).status_code == 303
    assert other.get("/sessions").status_code == 303
    assert browser.get("/sessions").status_code == 200
    assert other.sign_in("tutor").status_code == 422
    assert other.sign_in("tutor", NEW).status_code == 303


@pytest.mark.parametrize(
    "password", ["password1", "Qwerty123456", "йцукенгшщзхъ", "petrova-2020!", "Школа2020!!", "aaaaaaaaaaaa"]
)
def test_a_password_that_others_would_try_is_refused(password: str) -> None:
    with pytest.raises(InvalidError, match="угадать"):
        check_new(password, ("petrova", "Петрова Анна"), weighty=False)


def test_weighty_roles_need_twelve_signs(registry: Registry) -> None:
    check_new("лиса-и-ёж", (), weighty=False)
    with pytest.raises(InvalidError, match="не короче"):
        check_new("лиса-и-ёж", (), weighty=True)
    check_new("лиса-и-ёж-и-лодка", (), weighty=True)
    with pytest.raises(InvalidError, match="не короче"):
        check_new("x" * 201, (), weighty=False)


def test_more_than_three_thousand_common_passwords_are_known() -> None:
    assert len(common_passwords()) > 3_000


def test_all_other_sessions_are_ended_at_once_and_the_list_says_from_where(
    browser: Browser, employ: Employ
) -> None:
    employ("tutor", Role.TUTOR)
    other, third = browser.another(), browser.another()
    other.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)"
    for one in (browser, other, third):
        one.sign_in("tutor")
    assert "телефон, iPhone" in browser.get("/sessions").text
    assert browser.post("/sessions/end-others").status_code == 303
    assert [one.get("/sessions").status_code for one in (browser, other, third)] == [200, 303, 303]
