"""A mother who consented on the site, what proves it, and the worker's clock for sealed documents."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from pypdf import PdfReader

from registry.app import create_app
from registry.consents.models.acts import acts_of_people
from registry.consents.models.asking import Consent, get_consent
from registry.consents.rules.acts import ActKind
from registry.consents.usecases.writing import Signed
from registry.proofs.clock import seal_new
from registry.proofs.models.sealed import Sealed, newest_of
from registry.proofs.usecases.bundling import bundle_of
from registry.trail.entries import SYSTEM
from registry.trail.publisher import tend
from tests.consents.conftest import AGREEMENT, MESH, C, Town, confirm_everything, town
from tests.consents.pages.conftest import Reader, employee, reader, signer

__all__ = ["Reader", "employee", "reader", "signer", "town"]


@pytest.fixture
def app(town: Town) -> Flask:
    return create_app(town.registry)


def published(town: Town) -> None:
    """Let the trail number what waits and sign a checkpoint."""
    tend(town.registry.engine, town.registry.trail, town.registry.now())


def consent_of(town: Town, name: str, about: str) -> Consent:
    found = town.consent(name, C, about)
    with town.work() as work:
        return get_consent(work.connection, town.school, found.id)


def bundle(town: Town, consent: Consent) -> bytes:
    with town.work() as work:
        return bundle_of(work, town.registry.trail, consent)


def keys_of(town: Town) -> list[str]:
    return [str(one) for one in town.registry.trail.verifiers]


@pytest.fixture
def consented(town: Town) -> Town:
    """Mother concluded the agreement, gave for the child, and took it back."""
    confirm_everything(town)
    town.give("mother", AGREEMENT)
    town.give("mother", C, "child")
    town.say("mother", town.where("mother", C, "child"), ActKind.WITHDRAWN)
    with town.work() as work:
        made = acts_of_people(work.connection, town.school, MESH, {town.people["mother"]})
    assert len(made) == 3
    published(town)
    return town


Signer = Callable[[str], Reader]


@pytest.fixture
def given(town: Town) -> Signed:
    """The mother's consent for her child, with the agreement behind it; nothing is sealed yet."""
    confirm_everything(town)
    town.give("mother", AGREEMENT)
    return town.give("mother", C, "child")


def publish(town: Town) -> None:
    """Let the log number and publish what happened."""
    tend(town.registry.engine, town.registry.trail, town.registry.now())


def seal(town: Town) -> None:
    """Publish, and let the clock's tick come."""
    publish(town)
    seal_new(town.registry)


def sealed_of(town: Town, signed: Signed) -> Sealed | None:
    with town.registry.reading(SYSTEM) as work:
        return newest_of(work.connection, town.school, signed.act_id)


def file_of(town: Town, signed: Signed) -> bytes:
    found = sealed_of(town, signed)
    assert found
    assert found.sealed_file
    return town.registry.files.get(found.sealed_file)


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf), strict=True).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())
