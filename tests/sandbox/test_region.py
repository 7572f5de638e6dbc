"""The sample region: what it says of its schools holds by the registry's own rules."""

from registry.access.passwords import Passwords
from registry.people.identifiers import parse_inn
from registry.people.models import places
from registry.sandbox.sample import region
from registry.trail.entries import SYSTEM
from registry.work import Registry


def test_every_school_of_the_sample_region_has_an_inn_that_checks(registry: Registry):
    with registry.work(SYSTEM) as work:
        region.seed(work, Passwords(registry.settings))
        schools = places.list_schools(work.connection)
    numbers = [school.inn for school in schools]
    assert len(set(numbers)) == len(region.SCHOOLS)
    assert [parse_inn(number) for number in numbers] == numbers
