"""Programmes in the database: published once, never changed, joined by schools."""

from dataclasses import replace

import pytest
from sqlalchemy import Executable, delete, func, select, update
from sqlalchemy.exc import DBAPIError

from registry.errors import ConflictError, NotFoundError, SettingsError
from registry.people.models.places import School
from registry.people.usecases.places import SchoolSaid, add_municipality, add_region, add_school
from registry.programmes import models, usecases
from registry.programmes.models import notice_versions, programme_versions
from registry.programmes.shipped import Shipped, shipped_definitions
from registry.trail.entries import SYSTEM
from registry.work import Registry

MESH = "mesh-2020"


def newer(version: str) -> Shipped:
    shipped = shipped_definitions()[0]
    text = shipped.texts[shipped.file].replace(
        'version = "1.1"\nlanguages', f'version = "{version}"\nlanguages'
    )
    return replace(shipped, texts={**shipped.texts, shipped.file: text + "\n"})


@pytest.fixture
def school(registry: Registry) -> School:
    """A school of a town."""
    with registry.work(SYSTEM) as work:
        town = add_municipality(work, add_region(work, "27", "Край").id, "Город")
        return add_school(work, SchoolSaid(town.id, "17", "Школа", "Школа № 17", "Улица, 1"))


def test_shipped_programmes_are_published_once(registry: Registry):
    with registry.work(SYSTEM) as work:
        assert usecases.publish(work) == (MESH,)
    with registry.work(SYSTEM) as work:
        assert usecases.publish(work) == ()
        latest = models.latest_version(work.connection, MESH)
        notices = work.connection.execute(select(func.count()).select_from(notice_versions)).scalar()

    assert latest.programme == shipped_definitions()[0].parse()
    assert notices == 12


def test_a_definition_edited_without_a_new_version_is_refused(registry: Registry):
    with registry.work(SYSTEM) as work:
        usecases.publish(work)
    with pytest.raises(SettingsError), registry.work(SYSTEM) as work:
        usecases.publish_one(work, newer("1.1"))


@pytest.mark.parametrize("attempt", [update(programme_versions).values(version="9"), delete(notice_versions)])
def test_a_published_version_is_never_changed(registry: Registry, attempt: Executable):
    with registry.work(SYSTEM) as work:
        usecases.publish(work)
    with pytest.raises(DBAPIError), registry.work(SYSTEM) as work:
        work.connection.execute(attempt)


@pytest.mark.proves("S1-23")
def test_a_school_joins_a_programme_and_goes_over_to_a_newer_version(registry: Registry, school: School):
    with registry.work(SYSTEM) as work:
        usecases.publish(work)
        with pytest.raises(ConflictError):
            usecases.programme_of(work, school.id, MESH)
        usecases.join(work, school.id, MESH)
        assert usecases.programme_of(work, school.id, MESH).version == "1.1"
        with pytest.raises(ConflictError):
            usecases.join(work, school.id, MESH)
        with pytest.raises(NotFoundError):
            usecases.join(work, school.id, "another")
    with registry.work(SYSTEM) as work:
        usecases.publish_one(work, newer("1.2"))
        assert usecases.programme_of(work, school.id, MESH).version == "1.1"
        assert usecases.join(work, school.id, MESH).programme.version == "1.2"
        assert [one.programme.id for one in models.participations_of(work.connection, school.id)] == [MESH]
