"""A school whose families decided, the worker's clock for their documents, and browsers."""

import io

import pytest
from flask import Flask
from pypdf import PdfReader

from registry.app import load_names
from registry.consents.pages import blueprint as consents
from registry.consents.usecases.writing import Signed
from registry.proofs.clock import seal_new
from registry.proofs.models.sealed import Sealed, newest_of
from registry.proofs.pages import blueprint as proofs
from registry.trail.entries import SYSTEM
from registry.trail.publisher import tend
from registry.web.create import create_app
from registry.web.doors import check_doors
from tests.consents.conftest import AGREEMENT, C, Town, confirm_everything, town
from tests.consents.pages.conftest import employee, reader, signer

__all__ = ["employee", "reader", "signer", "town"]

load_names()


@pytest.fixture
def app(town: Town) -> Flask:
    made = create_app(town.registry)
    made.register_blueprint(consents)
    made.register_blueprint(proofs)
    check_doors(made)
    return made


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
