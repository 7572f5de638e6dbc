"""The adapter against the stand over real HTTP: people, refusals, and answers that are not to be believed."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from registry.errors import (
    ConflictError,
    ForbiddenError,
    GoneError,
    RegistryError,
    UnavailableError,
)
from registry.esia.client import Esia
from registry.esia.rules import BASE_SCOPE, SCOPE, Identity, Level, SaidContact
from registry.esia.signers import ProgramSigner
from tests.esia_stand import Running


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def enter(running: Running, esia: Esia) -> Callable[..., Identity]:
    """Log somebody in and give who ESIA says that he is."""

    def made(login: str, scope: str = SCOPE) -> Identity:
        address, began = esia.begin(scope, now())
        back = running.log_in(address, login)
        assert back["state"] == began.state
        return esia.finish(back["code"], scope, began, now())

    return made


@pytest.mark.proves("S1-17")
def test_a_parent_comes_with_contacts_and_two_children(enter):
    """S1-17: who a parent is comes from ESIA."""
    found = enter("trifonova")
    assert found.level is Level.CONFIRMED
    said = found.profile
    assert (said.last_name, said.middle_name, said.snils) == ("Трифонова", "Николаевна", "11550280013")
    assert said.email == SaidContact("trifonova.t1968@example.org", verified=True)
    assert [one.snils for one in said.children] == ["00390826125", "06208453846"]
    assert (found.entered_by, said.deleted) == ("PWD", False)


@pytest.mark.proves("S1-17")
def test_a_student_logs_in_without_any_scope_of_children(enter):
    """S1-17: a student logs in by it as well."""
    found = enter("nikiforov", BASE_SCOPE)
    assert found.profile.birth_date is not None
    assert found.profile.children == ()


@pytest.mark.parametrize(
    ("login", "level"),
    [("zaytseva", Level.CHILD), ("galkina", Level.UNCONFIRMED), ("li", Level.CONFIRMED)],
)
@pytest.mark.proves("S1-15")
def test_each_kind_of_account_is_told_apart(enter, login: str, level: Level):
    """S1-15: the state of an account comes with the login."""
    assert enter(login).level is level


@pytest.mark.proves("S1-08")
def test_only_a_verified_contact_counts(enter):
    """S1-08: a contact that ESIA has not verified confirms nothing."""
    phone = enter("zaytseva-k").profile.phone
    assert phone is not None
    assert not phone.verified


@pytest.mark.proves("S1-08")
def test_an_address_that_is_only_being_changed_to_is_not_taken(enter):
    """S1-08: nor does one that is being changed to."""
    email = enter("nikiforova").profile.email
    assert email == SaidContact("nikiforova.a7802@example.org", verified=True)


@pytest.mark.proves("S1-04")
def test_what_a_person_does_not_have_is_none(enter):
    """S1-04: a field that the profile lacks is no mismatch."""
    assert enter("klimova").profile.middle_name is None
    assert enter("ulyanova").profile.email is None
    assert enter("deleted").profile.deleted


@pytest.mark.proves("S1-04")
def test_unusual_names_and_numbers_come_as_they_are(enter):
    """S1-04: values are those of the profile, letter by letter."""
    said = enter("semyonov").profile
    assert (said.last_name, said.first_name, said.snils) == ("Съёмщиков-Подъячев", "Сергейъ", "00000060006")


def test_namesakes_of_one_birth_date_differ_by_snils(enter):
    one, other = enter("ivanov-1").profile, enter("ivanov-2").profile
    assert (one.last_name, one.birth_date) == (other.last_name, other.birth_date)
    assert one.snils != other.snils


def test_scopes_that_were_not_asked_bring_nothing(enter):
    found = enter("trifonova", "openid snils")
    assert found.profile.snils
    assert (found.profile.last_name, found.profile.phone, found.profile.children) == (None, None, ())


def test_who_refuses_is_told_by_his_own_error(running: Running, esia: Esia):
    address, _ = esia.begin(SCOPE, now())
    back = running.log_in(address, "trifonova", "refuse")
    assert back["error"] == "access_denied"
    assert "ESIA-007004" in back["error_description"]


def test_a_code_is_good_once(running: Running, esia: Esia):
    address, began = esia.begin(SCOPE, now())
    code = running.log_in(address, "trifonova")["code"]
    esia.finish(code, SCOPE, began, now())
    with pytest.raises(GoneError) as refused:
        esia.finish(code, SCOPE, began, now())
    assert refused.value.slug == "esia-code-spent"


def test_a_code_of_another_login_is_not_exchanged(running: Running, esia: Esia):
    """Mix-up: somebody else's code brought to this login falls by PKCE."""
    _, mine = esia.begin(SCOPE, now())
    address, _ = esia.begin(SCOPE, now())
    theirs = running.log_in(address, "galkina")["code"]
    with pytest.raises(UnavailableError) as refused:
        esia.finish(theirs, SCOPE, mine, now())
    assert refused.value.values["number"] == "007040"


@pytest.mark.parametrize(
    "kind", ["forged", "foreign", "expired", "other-issuer", "other-nonce", "other-state"]
)
def test_tokens_that_are_not_for_this_login_are_not_believed(running: Running, enter, kind: str):
    running.stand.faults.switch("te", kind)
    with pytest.raises(ForbiddenError) as refused:
        enter("trifonova")
    assert refused.value.slug == "esia-not-believed"


@pytest.mark.parametrize("place", ["te", "rest"])
@pytest.mark.parametrize("kind", ["html", "500"])
def test_what_is_no_answer_is_told_as_none(running: Running, enter, place: str, kind: str):
    running.stand.faults.switch(place, kind)
    with pytest.raises(UnavailableError) as refused:
        enter("trifonova")
    assert refused.value.slug == "esia-unavailable"


@pytest.mark.parametrize("place", ["te", "rest"])
def test_nobody_waits_longer_than_the_limit(running: Running, place: str):
    esia = running.esia(read_s=0.2)
    address, began = esia.begin(SCOPE, now())
    code = running.log_in(address, "trifonova")["code"]
    running.stand.faults.switch(place, "slow", wait_s=30)
    with pytest.raises(UnavailableError):
        esia.finish(code, SCOPE, began, now())
    esia.close()


def test_an_esia_that_is_not_there_is_told_as_such(running: Running):
    esia = running.esia()
    esia.close()
    away = Running(running.stand, "http://127.0.0.1:1", running.back).esia()
    _, began = away.begin(SCOPE, now())
    with pytest.raises(UnavailableError):
        away.finish("code", SCOPE, began, now())
    away.close()


CODES: dict[str, tuple[type[RegistryError], str]] = {
    "007004": (ConflictError, "esia-owner-refused"),
    "007011": (GoneError, "esia-code-spent"),
    "007055": (ForbiddenError, "esia-unconfirmed"),
}
CODES |= dict.fromkeys(
    ["007002", "007003", "007005", "007006", "007013", "007014", "007015"],
    (UnavailableError, "esia-declined"),
)
CODES |= dict.fromkeys(
    ["007019", "007023", "007040", "007053", "008010"], (UnavailableError, "esia-declined")
)


@pytest.mark.parametrize("number", CODES)
def test_each_error_has_words_of_its_own(running: Running, enter, number: str):
    running.stand.faults.switch("te", "error", number)
    kind, slug = CODES[number]
    with pytest.raises(kind) as refused:
        enter("trifonova")
    assert refused.value.slug == slug


def asked(esia: Esia, **changed: str | None) -> httpx.URL:
    """An address as the adapter makes it, with some parameters changed or left out."""
    url = httpx.URL(esia.begin(SCOPE, now())[0])
    for name, value in changed.items():
        url = url.copy_remove_param(name) if value is None else url.copy_set_param(name, value)
    return url


WRONG = {
    "no state": ({"state": None}, "007014"),
    "no secret": ({"client_secret": None}, "007014"),
    "a secret over other words": ({"state": "other"}, "007053"),
    "the hash of another certificate": ({"client_certificate_hash": "00"}, "007053"),
    "a scope that is not allowed": ({"scope": "openid inn"}, "007006"),
    "no openid": ({"scope": "snils"}, "007013"),
    "a time in another form": ({"timestamp": "2021-02-12"}, "007014"),
    "a time long ago": ({"timestamp": "2021.02.12 00:15:26 +0300"}, "007015"),
    "a plain challenge": ({"code_challenge_method": "plain"}, "007003"),
}


@pytest.mark.parametrize("name", WRONG)
def test_the_stand_checks_what_the_real_one_checks(running: Running, esia: Esia, name: str):
    changed, number = WRONG[name]
    answer = httpx.get(asked(esia, **changed), trust_env=False)
    assert answer.status_code == 302
    back = httpx.URL(answer.headers["Location"])
    assert str(back).startswith(running.back)
    assert f"ESIA-{number}" in back.params["error_description"]


@pytest.mark.parametrize(
    ("changed", "number"),
    [({"redirect_uri": "https://evil.example/"}, "007023"), ({"client_id": "OTHER"}, "007005")],
)
def test_the_stand_sends_nobody_to_an_address_that_is_not_registered(esia: Esia, changed, number: str):
    answer = httpx.get(asked(esia, **changed), trust_env=False)
    assert answer.status_code == 400
    assert f"ESIA-{number}" in answer.json()["error_description"]


def test_the_stand_shows_nobody_to_whom_a_token_is_not_for(running: Running, enter, esia: Esia):
    address, began = esia.begin(SCOPE, now())
    code = running.log_in(address, "trifonova")["code"]
    form = esia._signed(SCOPE, now(), "5", code)  # noqa: SLF001 - speaks as a system would
    more = {"code": code, "grant_type": "authorization_code", "token_type": "Bearer"}
    answer = httpx.post(
        f"{running.url}/aas/oauth2/v3/te",
        data=form | more | {"code_verifier": began.verifier},
        trust_env=False,
    )
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    with httpx.Client(base_url=f"{running.url}/rs/prns", headers=bearer, trust_env=False) as client:
        assert client.get("/1000000002").status_code == 403
        assert client.get("/1").status_code == 404
        whole = client.get("/1000000001?embed=(contacts.elements,kids.elements)").json()
        assert whole["contacts"]["size"] == 2
        assert whole["kids"]["elements"][0]["lastName"] == "Трифонов"
        assert client.get("/1000000001/ctts").json()["elements"][0].startswith("http")
    bad = httpx.get(f"{running.url}/rs/prns/1000000001", trust_env=False)
    assert (bad.status_code, bad.json()["code"]) == (401, "ESIA-005011")


def test_another_program_signs_where_it_is_set(running: Running):
    """Reads the text on its standard input and gives the raw signature: as a GOST signer would."""
    key = running.stand.folder / "esia-client.key"
    script = (
        "import sys; from pathlib import Path; from registry.esia.signers import KeySigner;"
        f"sys.stdout.buffer.write(KeySigner(Path({str(key)!r})).sign(sys.stdin.buffer.read()))"
    )
    esia = running.esia()
    esia._signer = ProgramSigner(f'{sys.executable} -c "{script}"')  # noqa: SLF001 - the same line, another signer
    address, began = esia.begin(SCOPE, now())
    code = running.log_in(address, "li")["code"]
    assert esia.finish(code, SCOPE, began, now()).profile.last_name == "Ли"
    esia.close()


@pytest.mark.parametrize("command", ["/no/such/program", "false", "true"])
def test_a_program_that_gives_no_signature_stops_the_login(command: str):
    with pytest.raises(UnavailableError):
        ProgramSigner(command).sign(b"text")


def test_a_code_lives_a_minute(running: Running, esia: Esia, monkeypatch: pytest.MonkeyPatch):
    address, began = esia.begin(SCOPE, now())
    code = running.log_in(address, "trifonova")["code"]
    kept = running.stand._kept[code]  # noqa: SLF001 - a minute of waiting is spared
    monkeypatch.setitem(running.stand._kept, code, type(kept)(kept.parameters, 0.0, kept.oid))  # noqa: SLF001
    with pytest.raises(GoneError):
        esia.finish(code, SCOPE, began, now() + timedelta(seconds=1))


def test_keys_are_made_once_and_kept(running: Running, tmp_path: Path):
    before = (running.stand.folder / "esia-token.crt").read_bytes()
    type(running.stand)(running.stand.folder, running.stand.issuer)
    assert (running.stand.folder / "esia-token.crt").read_bytes() == before
    assert not list(tmp_path.iterdir())
