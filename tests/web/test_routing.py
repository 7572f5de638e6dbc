"""Addresses made by code that is compiled late are those that the library makes."""

from uuid import UUID

import pytest
from werkzeug.routing import BuildError, Map, MapAdapter, Rule

from registry.web.routing import LateRule

SCHOOL = UUID("01970000-0000-7000-8000-000000000017")
ADDRESSES = {
    "home": "/",
    "school": "/schools/<uuid:school_id>/классы",
    "page": "/lists/<int:number>/<path:rule>",
    "first": "/lists/",
}


def bound(kind: type[Rule]) -> MapAdapter:
    rules = [kind(address, endpoint=name) for name, address in ADDRESSES.items()]
    return Map([*rules, kind("/lists/first", endpoint="page", defaults={"number": 1, "rule": "a"})]).bind(
        "here"
    )


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("home", {}),
        ("home", {"after": "а б", "limit": 5}),
        ("school", {"school_id": SCHOOL}),
        ("school", {"school_id": SCHOOL, "q": ["1", "2"]}),
        ("page", {"number": 7, "rule": "a/б?"}),
        ("page", {"number": 1, "rule": "a"}),
        ("page", {"number": 1, "rule": "a", "self": "x"}),
        ("page", {"number": -1, "rule": "a"}),
        ("page", {}),
        ("first", {"number": 2}),
    ],
)
def test_an_address_is_the_library_s_at_the_first_use_and_afterwards(
    endpoint: str, values: dict[str, object]
):
    late, own = bound(LateRule), bound(Rule)
    for unknown in (True, False, True, False):
        asked = {"values": values, "append_unknown": unknown}
        assert late.build(endpoint, **asked) == own.build(endpoint, **asked)


@pytest.mark.parametrize(
    ("endpoint", "values"), [("school", {}), ("page", {"number": "x", "rule": "a"}), ("nowhere", {})]
)
def test_values_that_make_no_address_are_refused_as_the_library_refuses_them(
    endpoint: str, values: dict[str, object]
):
    said = []
    for kind in (Rule, LateRule):
        with pytest.raises((BuildError, ValueError)) as refused:
            bound(kind).build(endpoint, values)
        said.append((type(refused.value), str(refused.value)))
    assert said[0] == said[1]
