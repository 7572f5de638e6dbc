"""Taking a message in: opened, held against its manifest and what came before, answered under signature."""

import base64
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from uuid import UUID

from registry.errors import N_, TamperedError
from registry.sandbox.platform.inspect import (
    Addressee,
    Entry,
    Findings,
    Kind,
    Manifest,
    Refusal,
    Withdrawn,
    check_order,
    read_entries,
    read_manifest,
    read_withdrawn,
    unpack,
)
from registry.sandbox.platform.inspect.canonical import canonical
from registry.sandbox.platform.inspect.findings import refuse, uuid_of
from registry.sandbox.platform.own_keys import OwnKeys
from registry.sandbox.platform.senders import Senders
from registry.sandbox.platform.store import Answer, Envelope, Store, Writing
from registry.sealing.sealer import Sealer, open_bytes
from registry.transports.acknowledgement import Reason, Verdict

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PlatformSettings:
    """Who this platform is and which programmes it knows."""

    receiver: str = N_(
        "Департамент образования и науки города Москвы, "
        "оператор информационной системы «Московская электронная школа»"
    )
    programmes: frozenset[str] = frozenset({"mesh-2020"})


NOBODY = UUID(int=0)
Content = tuple[Entry, ...] | tuple[Withdrawn, ...]


class Intake:
    """The platform's desk; one message at a time, so that order within a school is certain."""

    def __init__(
        self, home: Path, settings: PlatformSettings, sealer: Sealer, clock: Callable[[], datetime]
    ) -> None:
        self.settings = settings
        self.store = Store(home / "platform.sqlite3")
        self.sealer = sealer
        self.own = OwnKeys(home, sealer)
        self.senders = Senders(self.store, sealer, clock)
        self._clock = clock
        self._lock = Lock()

    @property
    def key(self) -> str:
        """Fingerprint of the key that the platform shows and signs with now."""
        return self.own.fingerprint

    def rotate_key(self) -> str:
        """Go on under another key of its own."""
        with self._lock:
            return self.own.rotate()

    def receive(self, envelope: Envelope) -> Answer:
        """Take a message in and answer it; the same message again gets the same answer again."""
        with self._lock:
            given = self.store.answer(envelope.message_id)
            if given is not None and given.message_sha256 == envelope.sha256:
                return given
            try:
                if given is not None:
                    raise refuse("id-reused", N_("Под этим номером раньше пришло другое сообщение."))
                opened = self._open(envelope)
            except Refusal as refusal:
                # Not kept: nothing proves that the sender owns this id, so a stranger cannot use it up.
                return self.sign_answer(envelope, refusal.reasons)
            return self._decide(envelope, opened)

    def receive_unaddressed(self, message_id: UUID, sealed: bytes) -> Answer:
        """Take in a message that came without words beside it: only what is inside says whose it is."""
        return self.receive(Envelope(message_id, self._school_inside(sealed) or NOBODY, sealed))

    def _school_inside(self, sealed: bytes) -> UUID | None:
        """Try the keys of all known senders; whose message it is gets checked afterwards as always."""
        for expected in self.senders.any_expected():
            try:
                parts = unpack(open_bytes(self.sealer, sealed, expected)[0])
                return uuid_of(json.loads(parts["manifest.json"])["school"]["id"])
            except (TamperedError, Refusal, ValueError, LookupError, TypeError):
                continue
        return None

    def _open(self, envelope: Envelope) -> bytes:
        expected = self.senders.expected(envelope.school_id)
        if expected is None:
            raise refuse("unknown-key", N_("Ключ этой школы у получателя не зарегистрирован."))
        try:
            return open_bytes(self.sealer, envelope.sealed, expected)[0]
        except TamperedError as error:
            raise Refusal(Reason(code=error.slug, text=str(error), entry_id=None)) from error

    def _inspect(self, opened: bytes, envelope: Envelope) -> tuple[Manifest, Content]:
        now = self._clock()
        parts = unpack(opened)
        addressee = Addressee(
            receiver=self.settings.receiver,
            programmes=self.settings.programmes,
            message_id=envelope.message_id,
            school_id=envelope.school_id,
            now=now,
        )
        manifest = read_manifest(parts, addressee)
        if manifest.kind is Kind.WITHDRAWAL:
            return manifest, read_withdrawn(parts["withdrawn.jsonl"])
        return manifest, read_entries(parts, now.date())

    def _decide(self, envelope: Envelope, opened: bytes) -> Answer:
        """Check an authentic message and keep the answer with what it brings, in one transaction."""
        with self.store.writing() as writing:
            try:
                manifest, content = self._inspect(opened, envelope)
                check_order(manifest, writing.standing(manifest))
                _check_known(manifest, content, writing)
            except Refusal as refusal:
                answer = self.sign_answer(envelope, refusal.reasons)
                writing.add_answer(envelope, answer, str(refusal))
                return answer
            answer = self.sign_answer(envelope, ())
            writing.add_answer(envelope, answer, "")
            writing.add_message(manifest, envelope.sha256)
            _apply(manifest, content, writing, answer.at)
        return answer

    def sign_answer(self, envelope: Envelope, reasons: tuple[Reason, ...] = ()) -> Answer:
        """Answer a message under this platform's signature; nothing is kept by that."""
        verdict = Verdict.REJECTED if reasons else Verdict.ACCEPTED
        at = _text(self._clock())
        said = {
            "message_id": str(envelope.message_id),
            "message_sha256": envelope.sha256,
            "verdict": verdict.value,
            "reasons": [_reason(reason) for reason in reasons],
            "at": at,
            "platform": self.settings.receiver,
        }
        document = canonical(said)
        counted = {
            "message": str(envelope.message_id),
            "verdict": verdict,
            "reasons": [r.code for r in reasons],
        }
        log.info("platform.answered", extra={"answer": counted})
        return Answer(envelope.sha256, verdict, at, document, self.sealer.sign_detached(document, self.key))


def envelope_of(answer: Answer) -> bytes:
    """The body of an answer: the signed bytes and the signature over them."""
    said: Mapping[str, str] = {
        "acknowledgement": base64.b64encode(answer.acknowledgement).decode("ascii"),
        "signature": answer.signature.decode("ascii"),
    }
    return json.dumps(said).encode("ascii")


def _check_known(manifest: Manifest, content: Content, writing: Writing) -> None:
    if manifest.kind is not Kind.WITHDRAWAL:
        return
    findings = Findings()
    for entry_id in writing.unknown(manifest, (one for one in content if isinstance(one, Withdrawn))):
        findings.add("unknown-entry", N_("Такой записи в названном сообщении не было."), entry_id)
    findings.settle()


def _apply(manifest: Manifest, content: Content, writing: Writing, at: str) -> None:
    """Do what an accepted message asks for."""
    if manifest.kind is Kind.WITHDRAWAL:
        writing.destroy(manifest, (one for one in content if isinstance(one, Withdrawn)), at)
        return
    if manifest.kind is Kind.CORRECTION:
        writing.replace_by(manifest, at)
    writing.add_entries(manifest.message_id, (one for one in content if isinstance(one, Entry)))


def _reason(reason: Reason) -> dict[str, str | None]:
    entry = None if reason.entry_id is None else str(reason.entry_id)
    return {"code": reason.code, "text": reason.text, "entry_id": entry}


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
