"""The table of settings in docs/running.md is the one that registry/config reads."""

import ast
import re
from pathlib import Path

import pytest

from registry.config import load_settings
from tests.guards.source import ROOT, modules

ROW = re.compile(r"^\| `(REGISTRY_\w+)` \| (.+?) \| (.+) \|$", re.MULTILINE)
NAME = re.compile(r"REGISTRY_[A-Z0-9_]+")
LITERAL = re.compile(r"`([^`]+)`")
BEGINNINGS = {"REGISTRY_FAIL"}
"""Of names that only tests set."""
TOLD_OTHERWISE = {
    "REGISTRY_HOME": "made absolute",
    "REGISTRY_DATABASE_URL": "in the home",
    "REGISTRY_MIGRATION_URL": "that of the database",
    "REGISTRY_BASE_URL": "of host and port",
    "REGISTRY_REDIS_URL": "none",
    "REGISTRY_TRUSTED_PROXY": "nobody",
    "REGISTRY_TODAY": "of the clock",
    "REGISTRY_FAILPOINT": "none",
    "REGISTRY_SFTP_KEY": "in the home",
    "REGISTRY_SFTP_HOST_KEY": "empty",
    "REGISTRY_INBOX_URL": "empty",
    "REGISTRY_INBOX_PASSWORD": "in the home",
    "REGISTRY_ESIA_URL": "empty",
    "REGISTRY_ESIA_CLIENT": "empty",
    "REGISTRY_ESIA_SIGNER": "empty",
    "REGISTRY_ESIA_KEY": "in the home",
    "REGISTRY_ESIA_CERT": "in the home",
    "REGISTRY_ESIA_CERT_HASH": "empty",
    "REGISTRY_TSA_URL": "empty",
    "REGISTRY_SIGNATURE_VERIFIER": "empty",
    "REGISTRY_ESIA_TOKEN_CERT": "in the home",
    "REGISTRY_TSA_CERT": "in the home",
}


@pytest.fixture(scope="module")
def rows() -> dict[str, str]:
    """Variable and default as the page tells them."""
    return {name: default for name, default, _ in ROW.findall((ROOT / "docs" / "running.md").read_text())}


def read_variables() -> set[str]:
    """Name the variables that the settings are read from: whole literals, not words of a message."""
    config = next(module for module in modules() if module.path == "registry/config/__init__.py")
    strings = {node.value for node in ast.walk(config.tree) if isinstance(node, ast.Constant)}
    return {text for text in strings if isinstance(text, str) and NAME.fullmatch(text)} - BEGINNINGS


def test_the_page_has_every_setting_once(rows: dict[str, str]) -> None:
    assert set(rows) == read_variables()


def test_only_the_configuration_reads_settings() -> None:
    readers = {
        module.path
        for module in modules()
        for call in module.calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in {"get", "getenv"}
        and any(isinstance(one, ast.Constant) and NAME.fullmatch(str(one.value)) for one in call.args)
    }
    assert readers == {"registry/config/__init__.py"}


def test_the_page_tells_the_defaults_as_they_are(rows: dict[str, str], tmp_path: Path) -> None:
    sandbox = load_settings({"REGISTRY_HOME": str(tmp_path)})
    production = load_settings({"REGISTRY_HOME": str(tmp_path), "REGISTRY_MODE": "production"})
    names = {"REGISTRY_TRAIL_ORIGIN": "origin"}
    for variable, told in rows.items():
        field = names.get(variable, variable.removeprefix("REGISTRY_").lower())
        values = [str(getattr(production, field)), str(getattr(sandbox, field))]
        if variable == "REGISTRY_MODE":
            values = values[1:]
        if variable not in TOLD_OTHERWISE:
            assert LITERAL.findall(told) == list(dict.fromkeys(values)), variable
