"""The command that checks a document: the same answer as the page, and an exit status."""

import os
from pathlib import Path

import pytest

from registry.consents.usecases.writing import Signed
from registry.proofs.usecases import renewing
from tests.commands import run_command
from tests.consents.conftest import Town
from tests.proofs.conftest import file_of, seal


def verify(town: Town, path: Path, day: str = "2020-11-02") -> tuple[int, str]:
    settings = town.registry.settings
    environ = {
        **os.environ,
        "REGISTRY_HOME": str(settings.home),
        "REGISTRY_DATABASE_URL": settings.database_url,
        "REGISTRY_TODAY": day,
    }
    done = run_command("verify", str(path), environ=environ)
    return done.returncode, done.stdout


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command_tells_a_genuine_document_from_a_changed_one_and_a_foreign_one(
    town: Town, given: Signed, tmp_path: Path
) -> None:
    """After the key was renewed as well."""
    seal(town)
    path = tmp_path / "decision.pdf"
    sealed = file_of(town, given)
    path.write_bytes(sealed)
    fingerprint = renewing.renew(town.registry)
    status, said = verify(town, path)
    assert status == 0
    assert "Документ подлинный и не изменён." in said
    assert "PAdES B-B" in said
    assert "now: stands" in said
    assert "now: ended" in verify(town, path, "2026-11-28")[1]
    assert fingerprint not in said
    path.write_bytes(sealed + b"\n")
    assert verify(town, path)[0] == 1
    assert "изменён: на нём печать реестра" in verify(town, path)[1]
    path.write_bytes(b"%PDF-1.7")
    status, said = verify(town, path)
    assert (status, "Это не документ реестра" in said) == (1, True)
    assert verify(town, tmp_path / "nothing.pdf")[0] == 1
