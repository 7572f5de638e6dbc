"""The examples of docs/api.md are run, and answered as they say."""

import re
import shlex
from collections.abc import Iterator
from string import Template

from registry.access.rules import Role
from tests.guards.source import ROOT
from tests.submissions.school import School
from tests.web.browsers import PASSWORD

EXAMPLE = re.compile(r"^# (?P<status>\d{3})\n(?P<command>curl (?:[^\n]*\\\n)*[^\n]*)$", re.MULTILINE)
TEXT = (ROOT / "docs" / "api.md").read_text()


def examples() -> Iterator[tuple[int, str]]:
    for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL):
        for one in EXAMPLE.finditer(block):
            yield int(one["status"]), one["command"].replace("\\\n", " ")


def read(command: str) -> tuple[str, str, dict[str, str], str | None]:
    """Read a command of curl: method, address, headers, body."""
    words = shlex.split(command)[1:]
    method, headers, body, address = "GET", {}, None, ""
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = words.pop(0)
        else:
            address = word
    return method, address, headers, body


def test_the_examples_are_answered_as_they_say(school: School, hands) -> None:
    pupil = school.enrol(1)[0]
    machine = hands(Role.CLERK)
    said = {
        "REGISTRY": "",
        "TOKEN": machine.secret,
        "AUDITOR_TOKEN": hands(Role.AUDITOR).secret,
        "SCHOOL": school.id,
        "STUDENT": pupil.id,
        "PASSWORD": PASSWORD,
        "TAG": machine.get(f"/schools/{school.id}").headers["ETag"].replace('"', r"\""),
    }
    found = list(examples())
    assert len(found) == TEXT.count("\ncurl ") > 5
    for status, command in found:
        method, address, headers, body = read(Template(command).substitute(said))
        answer = machine.client.open(address, method=method, headers=headers, data=body and body.encode())
        assert answer.status_code == status, (command, answer.text)
