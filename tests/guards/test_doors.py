"""Routes say who may call them; links and templates that pages ask for by name are there."""

import ast
from collections.abc import Iterator

import pytest
from flask import Flask
from jinja2 import Environment, meta, nodes

from registry.app import create_app
from registry.web.doors import doors
from registry.work import Registry
from tests.guards.source import ROOT, Module, dotted, modules

STAND_INS = "registry/sandbox/"  # applications of their own


@pytest.fixture
def whole(registry: Registry) -> Flask:
    """The application of all rooms, as it is served."""
    return create_app(registry)


def own_modules() -> Iterator[Module]:
    return (module for module in modules() if not module.path.startswith(STAND_INS))


def test_every_route_of_every_room_says_who_may_call_it(whole: Flask) -> None:
    silent = [endpoint for endpoint, door in doors(whole) if door is None]
    assert len(list(doors(whole))) > len(silent) == 0


def linked_in_templates() -> Iterator[tuple[str, str, set[str]]]:
    """Find the addresses that templates ask for by name: where, endpoint, names of the arguments."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in sorted((ROOT / "registry").rglob("templates/**/*.html")):
        where = path.relative_to(ROOT).as_posix()
        calls = environment.parse(path.read_text()).find_all(nodes.Call)
        for call in (one for one in calls if getattr(one.node, "name", "") == "url_for"):
            if isinstance(call.args[0], nodes.Const) and not where.startswith(STAND_INS):
                yield where, call.args[0].value, {keyword.key for keyword in call.kwargs}


def linked_in_code() -> Iterator[tuple[str, str, set[str]]]:
    """Find the same in modules; an argument named "" stands for a dictionary of them."""
    for module in own_modules():
        for call in (one for one in module.calls if dotted(one.func) == "url_for"):
            if isinstance(call.args[0], ast.Constant):
                yield module.path, str(call.args[0].value), {keyword.arg or "" for keyword in call.keywords}


def test_every_address_asked_for_by_name_is_there(whole: Flask) -> None:
    """A link to a page that is not there fails only when somebody opens the page that has it."""
    needed: dict[str, list[set[str]]] = {}
    for rule in whole.url_map.iter_rules():
        needed.setdefault(rule.endpoint, []).append(set(rule.arguments))
    own = [*linked_in_templates(), *linked_in_code()]
    assert own
    missing = [
        f"{where}: {endpoint}({', '.join(sorted(given))})"
        for where, endpoint, given in own
        if not any("" in given or arguments <= given for arguments in needed.get(endpoint, []))
    ]
    assert not missing


def rendered() -> Iterator[tuple[str, str]]:
    """Find the templates that code renders by name."""
    for module in own_modules():
        for call in (one for one in module.calls if dotted(one.func) in {"page", "render_template"}):
            if call.args and isinstance(call.args[0], ast.Constant):
                yield module.path, str(call.args[0].value)


def test_every_page_that_is_rendered_has_its_template(whole: Flask) -> None:
    there = set(whole.jinja_env.list_templates())
    assert list(rendered())
    assert not [f"{where}: {name}" for where, name in rendered() if name not in there]


def test_every_template_is_whole(whole: Flask) -> None:
    """Its syntax, its filters, and whatever it takes in."""
    there = set(whole.jinja_env.list_templates())
    rooms = {path.parent.name for path in (ROOT / "registry").glob("*/templates")}
    own = [name for name in there if name.partition("/")[0] in rooms and name.endswith(".html")]
    assert own
    for name in own:
        whole.jinja_env.get_template(name)
        source = (whole.jinja_env.loader or pytest.fail("no templates")).get_source(whole.jinja_env, name)[0]
        taken = set(meta.find_referenced_templates(whole.jinja_env.parse(source)))
        assert taken <= {*there, None}, name
