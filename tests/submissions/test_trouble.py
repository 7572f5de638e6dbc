"""Cut lines, closed doors, forged answers, dead processes: nothing is lost, doubled or believed."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, update

from registry.jobs.worker import keep_due_promises
from registry.sandbox.platform.inspect.canonical import canonical
from registry.submissions import facts, sending, usecases
from registry.submissions.models import exchange, lines
from registry.submissions.models.records import Submission
from registry.submissions.models.tables import acknowledgements, submission_lines, submissions
from registry.submissions.way_out import way_out
from registry.trail.entries import SYSTEM
from registry.trail.publisher import tend
from registry.trail.verify import verify
from registry.transports.cleared import Cleared
from registry.transports.https import HttpsTransport
from registry.transports.transport import Outcome, Result
from tests.submissions import way
from tests.submissions.conftest import Platform
from tests.submissions.school import School


def signed(school: School, students: int = 2) -> Submission:
    way.ready_school(school, students)
    submission = way.prepare(school)
    way.sign_off(school, submission)
    return submission


@pytest.mark.proves("S1-11")
def test_cut_line_is_asked_about_and_the_message_is_held_once(school: School, platform: Platform):
    submission = signed(school)
    platform.lost = True
    way.drain(school.registry)
    assert way.now(school, submission).state == "unknown"
    platform.lost = False
    way.hurry(school.registry)
    assert way.now(school, submission).state == "acknowledged"
    assert [line.partition(" ")[0] for line in platform.received] == ["POST", "GET", "GET"]
    assert len(platform.messages()) == 1
    assert way.attempts_of(school, submission) == ["unknown"]


def test_a_platform_that_is_down_is_tried_again_later_and_does_not_spin(school: School, platform: Platform):
    submission = signed(school)
    platform.close()
    way.drain(school.registry)
    assert way.now(school, submission).state == "sealed"
    assert way.attempts_of(school, submission) == ["not_sent"]
    assert keep_due_promises(school.registry) == 0
    way.hurry(school.registry)
    assert way.attempts_of(school, submission) == ["not_sent", "not_sent"]
    platform.open()
    way.hurry(school.registry)
    assert way.now(school, submission).state == "acknowledged"
    assert len(platform.messages()) == 1


def test_a_platform_that_answers_nonsense_is_asked_until_it_answers(school: School, platform: Platform):
    submission = signed(school)
    platform.silent = True
    way.drain(school.registry)
    way.hurry(school.registry)
    assert way.now(school, submission).state == "unknown"
    platform.silent = False
    way.hurry(school.registry)
    assert way.now(school, submission).state == "acknowledged"
    assert [line.partition(" ")[0] for line in platform.received][-1] == "POST"
    assert len(platform.messages()) == 1


@dataclass(frozen=True)
class Scene:
    """Who might answer, and about which message."""

    platform: Platform
    school: School
    submission: Submission


def forged(scene: Scene) -> bytes:
    """An acceptance under a key that is not the platform's."""
    return _answer(scene.platform, scene.submission, sign=lambda _: b"no signature at all")


def under_our_own_key(scene: Scene) -> bytes:
    with way_out(scene.school.registry) as out:
        signer = out.parties.signer
        return _answer(
            scene.platform, scene.submission, sign=lambda data: out.sealer.sign_detached(data, signer)
        )


def of_another_message(scene: Scene) -> bytes:
    return _answer(scene.platform, scene.submission, {"message_id": str(uuid4())})


def of_other_bytes(scene: Scene) -> bytes:
    return _answer(scene.platform, scene.submission, {"message_sha256": "00" * 32})


def of_another_platform(scene: Scene) -> bytes:
    return _answer(scene.platform, scene.submission, {"platform": "Другая платформа"})


def of_another_shape(_: Scene) -> bytes:
    return b'{"acknowledgement":"","signature":""}'


def _answer(
    platform: Platform,
    submission: Submission,
    changes: Mapping[str, object] | None = None,
    sign: Callable[[bytes], bytes] | None = None,
) -> bytes:
    said: dict[str, object] = {
        "message_id": str(submission.message_id),
        "message_sha256": submission.message_sha256,
        "verdict": "accepted",
        "reasons": [],
        "at": "2020-11-02T00:00:00.000Z",
        "platform": platform.intake.settings.receiver,
        **(changes or {}),
    }
    document = canonical(said)
    signer = sign or (lambda data: platform.intake.sealer.sign_detached(data, platform.intake.key))
    envelope = {
        "acknowledgement": base64.b64encode(document).decode(),
        "signature": signer(document).decode("ascii"),
    }
    return json.dumps(envelope).encode()


@pytest.mark.parametrize(
    "make",
    [forged, under_our_own_key, of_another_message, of_other_bytes, of_another_platform, of_another_shape],
)
def test_an_answer_that_is_not_the_platforms_to_this_message_changes_nothing(
    school: School, platform: Platform, make: Callable[[Scene], bytes]
):
    submission = signed(school)
    keep_due_promises(school.registry)  # seals it
    platform.answer_instead = make(Scene(platform, school, way.now(school, submission)))
    way.drain(school.registry)
    way.hurry(school.registry)
    held = way.now(school, submission)
    assert (held.state, held.verdict, held.acknowledgement_sha256) == ("unknown", None, None)
    with school.registry.reading(SYSTEM) as work:
        assert exchange.acknowledgements_of(work.connection, submission.id) == []
    platform.answer_instead = None
    way.hurry(school.registry)
    assert way.now(school, submission).state == "acknowledged"


class Killed(BaseException):
    """A process that ends between two statements."""


def killed(*_arguments: object) -> None:
    raise Killed


@pytest.mark.parametrize(("place", "attempts"), [((sending, "_note"), 1), ((HttpsTransport, "send"), 2)])
def test_a_process_that_dies_between_attempt_and_outcome_leaves_a_question_not_a_guess(
    school: School, platform: Platform, place: tuple[object, str], attempts: int
):
    submission = signed(school)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(*place, killed)
        with pytest.raises(Killed):
            way.drain(school.registry)
    assert way.now(school, submission).state == "sending"
    way.hurry(school.registry)
    assert way.now(school, submission).state == "sending"  # the attempt may be under way elsewhere
    way.age_attempts(school.registry)
    for _ in range(3):
        way.hurry(school.registry)
    assert way.now(school, submission).state == "acknowledged"
    assert len(platform.messages()) == 1
    assert len(way.attempts_of(school, submission)) == attempts
    assert way.attempts_of(school, submission)[0] == "unknown"


@dataclass
class Doors:
    """Holds the first sending back until a second one is under way, and that one until the first ended."""

    real: Callable[[HttpsTransport, Cleared], Outcome]
    calls: list[Cleared] = field(default_factory=list)
    first_in: Event = field(default_factory=Event)
    second_in: Event = field(default_factory=Event)
    first_out: Event = field(default_factory=Event)

    def send(self, transport: HttpsTransport, cleared: Cleared) -> Outcome:
        self.calls.append(cleared)
        if len(self.calls) == 1:
            self.first_in.set()
            assert self.second_in.wait(30)
            return Outcome(Result.NOT_SENT, reason="connect-error")
        self.second_in.set()
        assert self.first_out.wait(30)
        return self.real(transport, cleared)


def test_an_attempt_that_was_taken_for_dead_does_not_move_what_another_is_sending(
    school: School, platform: Platform, monkeypatch: pytest.MonkeyPatch
):
    submission = signed(school)
    doors = Doors(HttpsTransport.send)

    def held_back(transport: HttpsTransport, cleared: Cleared) -> Outcome:
        return doors.send(transport, cleared)

    monkeypatch.setattr(HttpsTransport, "send", held_back)
    with ThreadPoolExecutor(2) as pool:
        stopped = pool.submit(way.drain, school.registry)
        assert doors.first_in.wait(30)
        way.age_attempts(school.registry)
        way.hurry(school.registry)
        living = pool.submit(way.hurry, school.registry)
        stopped.result()
        assert way.now(school, submission).state == "sending"
        doors.first_out.set()
        living.result()
    assert way.now(school, submission).state == "acknowledged"
    assert way.open_promises(school.registry) == []
    assert len(platform.messages()) == 1


def test_a_rejection_leads_back_to_collecting_and_a_new_message_is_acknowledged(
    school: School, platform: Platform
):
    submission = signed(school)
    known = platform.intake.settings
    platform.intake.settings = replace(known, programmes=frozenset({"another"}))
    way.drain(school.registry)
    rejected = way.now(school, submission)
    assert (rejected.state, rejected.verdict) == ("rejected", "rejected")
    assert [one.code for one in tasks_of(school, submission)] == ["programme"]
    platform.intake.settings = known
    with school.registry.work(school.clerk) as work:
        usecases.correct_rejected(work, submission.id)
    again = way.prepare(school)
    assert again.message_id != rejected.message_id
    assert (again.verdict, again.message_sha256, again.sequence) == (None, None, 1)
    assert tasks_of(school, submission) == []
    way.sign_off(school, again)
    way.drain(school.registry)
    assert way.now(school, submission).state == "acknowledged"


def test_a_rejected_entry_is_a_task_at_the_class_of_its_student(school: School, platform: Platform):
    submission = signed(school)
    keep_due_promises(school.registry)
    sealed = way.now(school, submission)
    with school.registry.reading(SYSTEM) as work:
        line = next(iter(lines.lines_of(work.connection, submission.id).values()))
    reason = {"code": "duplicate-snils", "text": "СНИЛС повторяется.", "entry_id": str(line.entry_id)}
    said = {"verdict": "rejected", "reasons": [reason]}
    platform.answer_instead = _answer(platform, sealed, said)
    way.drain(school.registry)
    assert way.now(school, submission).state == "rejected"
    found = [(one.class_name, one.student_id, one.code) for one in tasks_of(school, submission)]
    assert found == [(line.class_name, line.student_id, "duplicate-snils")]


def tasks_of(school: School, submission: Submission) -> Sequence[Any]:
    with school.registry.reading(SYSTEM) as work:
        return exchange.tasks_of(work.connection, submission.id)


def findings(school: School) -> list[str]:
    registry = school.registry
    with registry.work(SYSTEM) as work:
        now = work.now
    tend(registry.engine, registry.trail, now)
    report = verify(registry.engine, registry.vault, registry.trail, {facts.KIND: facts.present_states})
    return [one.sentence for one in report.findings]


TAMPERING = {
    "the digest of the message": update(submissions).values(message_sha256="00" * 32),
    "a word of the manifest": update(submissions).values(manifest="{}"),
    "who signed": update(submissions).values(signed_by=None),
    "a decision": update(submission_lines).values(state="refused"),
    "a line": delete(submission_lines),
    "the answer": update(acknowledgements).values(document="{}"),
}


@pytest.mark.parametrize("change", TAMPERING)
def test_a_change_that_the_trail_does_not_know_is_found(school: School, change: str):
    way.ready_school(school)
    way.sent(school)
    assert findings(school) == []
    with school.registry.work(SYSTEM) as work:
        work.connection.execute(TAMPERING[change])
    assert len(findings(school)) == 1


def test_the_digest_of_the_sealed_bytes_is_under_a_checkpoint_before_they_leave(
    school: School, platform: Platform, monkeypatch: pytest.MonkeyPatch
):
    submission = signed(school)
    monkeypatch.setattr("registry.submissions.errands.ensure_published", lambda *_: None)
    way.drain(school.registry)
    assert way.now(school, submission).state == "sealed"
    assert platform.received == []
    monkeypatch.undo()
    way.hurry(school.registry)
    held = way.now(school, submission)
    assert held.state == "acknowledged"
    assert hashlib.sha256(school.registry.files.get(held.message_file)).hexdigest() == held.message_sha256
