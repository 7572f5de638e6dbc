"""The whole API under random requests, as each role: no failure of ours, and nothing that is not described.

Schemathesis makes requests from the description: good ones, and ones that are wrong in some way. Ids in
addresses are half of the time those of things that are there, so that requests reach what stands behind.
Each operation gets so many examples in all, shared out among the roles; nothing that they write stays. Of
a request that is nothing but an address of what is there only one is made, and the others go to any address.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, BaseSchema, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from registry.web.api.operation import PREFIX
from tests.access.matrix.actors import STAFF
from tests.access.matrix.world import Stage, Values
from tests.conftest import PROFILE

EXAMPLES = 1_000 if PROFILE == "deep" else 20
"""Examples an operation."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
NAMES = {
    "programme": "mesh-2020",
    "notice": "student_by_guardian",
    "kind": "student_by_guardian",
    "definition_id": "submission",
}


@pytest.fixture(scope="session")
def described(stage: Stage) -> BaseSchema:
    found = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", stage.app)
    # Each request goes under a role's token: a token that is wrong or missing has a test of its own.
    found.config.generation.update(with_security_parameters=False)
    # A request that is wrong in two ways may be refused for an If-Match that does not fit, or for its size.
    rejected = found.config.checks.negative_data_rejection
    rejected.expected_statuses = [*rejected.expected_statuses, "412", "413"]
    return found


def every(described: BaseSchema) -> list[APIOperation]:
    return [found.ok() for found in described.get_all_operations()]


def shares(turn: int) -> Iterator[tuple[str, GenerationMode, bool, int]]:
    """Share the examples of an operation out: by role, good or wrong, with ids that are there or any.

    Few examples go to a few of these ways, to others with each operation: making a strategy costs more than
    what is drawn from it.
    """
    every_way = [(letter, mode) for letter in STAFF for mode in GenerationMode]
    ways = every_way
    if len(every_way) * 4 > EXAMPLES:
        ways = [every_way[(turn * 4 + number) % len(every_way)] for number in range(4)]
    each, rest = divmod(EXAMPLES, len(ways))
    for number, (letter, mode) in enumerate(ways):
        yield letter, mode, number % 4 in {0, 3}, each + (number < rest)


def ids_of(operation: APIOperation, values: Values) -> dict[str, str]:
    """Fill an address with what is there."""
    names = [one.name for one in operation.path_parameters]
    known = dict(values) | {"version_id": values["notice_version"]}
    return {name: str(known[name]) for name in names if name in known}


def ask(operation: APIOperation, secret: str, way: tuple[GenerationMode, dict[str, str], int]) -> int:
    """Send up to so many requests of one kind as one role, and hold each answer against the description.

    Returns:
        how many were sent: fewer where there are fewer that differ.
    """
    mode, ids, most = way
    number = count()
    headers = {"Authorization": f"Bearer {secret}"}

    @settings(
        max_examples=most,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode, path_parameters=ids or None))
    def sent(case: Case) -> None:
        next(number)
        case.call_and_validate(checks=CHECKS, headers=headers)

    try:
        sent()
    except Unsatisfiable:
        # Nothing is there to fill in but an address of what is there: only its token could be wrong.
        assert mode is GenerationMode.NEGATIVE, operation.label
        assert not [*operation.body], operation.label
    return next(number)


def test_random_requests_of_every_role_are_answered_as_described(
    stage: Stage, described: BaseSchema, subtests: pytest.Subtests
) -> None:
    values = stage.world.own.values["9Б"] | NAMES
    today = datetime.now(UTC).toordinal()
    for turn, operation in enumerate(every(described), today):
        with subtests.test(operation.label):
            ids = ids_of(operation, values)
            left = EXAMPLES
            for letter, mode, there, most in shares(turn):
                left -= ask(operation, stage.askers[letter].bearer, (mode, ids if there else {}, most))
            if left > 0:
                ask(operation, stage.askers["D"].bearer, (GenerationMode.POSITIVE, {}, left))


def test_every_operation_refuses_who_brings_no_token_or_a_wrong_one(
    stage: Stage, described: BaseSchema
) -> None:
    """Schemathesis asks again without the token and with another one."""
    values = stage.world.own.values["9Б"] | NAMES
    for operation in every(described):
        ids = ids_of(operation, values)
        case = operation.Case(path_parameters=ids)
        case.call_and_validate(
            checks=[ignored_auth], headers={"Authorization": f"Bearer {stage.askers['D'].bearer}"}
        )
