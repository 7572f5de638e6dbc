"""Checking a document for whoever holds it: is it ours and unchanged, on what words, does the decision stand.

A stranger learns nothing that the document in his hands does not tell him: no names, nobody's data.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from cryptography import x509

from registry.access.models.tries import spend_try
from registry.config import Settings
from registry.consents.models.acts import ActRow, acts_of_people, get_act
from registry.consents.rules.acts import ActKind, counting, has_lapsed, last_of
from registry.documents.pades.keys import fingerprint_of, load_certificates, read_certificates
from registry.documents.pades.looking import look_apart
from registry.documents.pades.seen import Seen
from registry.errors import N_, NotFoundError, TooManyError
from registry.people.models.places import get_school
from registry.programmes.models import participation_of
from registry.programmes.rules import NoticeKind, Programme
from registry.proofs.models.sealed import Sealed, by_code, by_digest, newest_of
from registry.proofs.usecases.sealing import code_hash
from registry.storage.reach import of_schools
from registry.trail.entries import Actor
from registry.work import Registry, Work

WINDOW: Final = timedelta(minutes=15)
TRIES: Final = 60
"""Questions of one address in a window: many people stand behind one address of a school or a provider."""


class Verdict(StrEnum):
    """What comes of a file: ours and unchanged, ours and changed, not ours, or ours and not provable now."""

    GENUINE = "genuine"
    CHANGED = "changed"
    FOREIGN = "foreign"
    UNCERTAIN = "uncertain"


class Standing(StrEnum):
    """Whether a decision stands now."""

    STANDS = "stands"
    LATER = "later"
    INVALID = "invalid"
    NOT_COUNTED = "not-counted"
    LAPSED = "lapsed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Key:
    """The key that sealed: fingerprint of its certificate, and from when to when that holds, if known."""

    fingerprint: str
    begins: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a document: nothing that does not stand in it, but for whether the decision stands now.

    Attributes:
        sealed: the version that was asked for. newest: whether no later one stands.
        standing, later, since: now; which later act took its place, and on which day.
        kept: whether its content is still kept here; after a destruction only digests are.
    """

    sealed: Sealed
    newest: bool
    notice: NoticeKind
    notice_version: str
    text_sha256: str
    decision: ActKind
    recorded_at: datetime
    zone: ZoneInfo
    standing: Standing
    later: ActKind | None
    since: date | None
    kept: bool
    key: Key


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes of a file."""

    verdict: Verdict
    sha256: str
    seen: Seen
    told: Told | None


def take_question(work: Work, address: str) -> None:
    """Count one question of an address; commit it whatever comes of the question.

    Raises:
        TooManyError: no question is left for now.
    """
    key = work.vault.blind_index("proofs.question", address)
    if not spend_try(work.connection, key, TRIES, (work.now, work.now - WINDOW)):
        raise TooManyError(
            N_("Слишком много проверок с этого адреса. Подождите %(minutes)s минут и попробуйте снова."),
            code="too-many-questions",
            minutes=int(WINDOW.total_seconds() // 60),
        )


def tell_of_code(work: Work, code: UUID) -> Told:
    """Tell of the document that carries a code.

    Raises:
        NotFoundError: there is none.
    """
    found = by_code(work.connection, code_hash(code))
    if found is None:
        raise NotFoundError(N_("Документа с таким кодом нет. Сверьте код с документом."))
    return _told(work, found)


def check_file(registry: Registry, asking: Actor, data: bytes) -> Answer:
    """Check a file that somebody brings: its exact bytes against what was sealed, and its seal by itself.

    Raises:
        TooLargeError: it is larger than any document of the registry.
    """
    ours = load_certificates(registry.settings.keys)
    seen = look_apart(data, ours, _authorities(registry.settings))
    digest = hashlib.sha256(data).hexdigest()
    with registry.reading(asking) as work:
        found = by_digest(work.connection, digest)
        told = None if found is None else _told(work, found)
    return Answer(_verdict(seen, known=told is not None), digest, seen, told)


def _verdict(seen: Seen, *, known: bool) -> Verdict:
    """Judge: the stored digest answers for every byte, the seal for that it was us."""
    if known:
        return Verdict.GENUINE if seen.sound else Verdict.UNCERTAIN
    return Verdict.CHANGED if seen.fingerprint else Verdict.FOREIGN


def _told(work: Work, sealed: Sealed) -> Told:
    work.see(of_schools([sealed.school_id]))
    act = get_act(work.connection, sealed.school_id, sealed.act_id)
    history = acts_of_people(work.connection, sealed.school_id, act.programme, {act.signer})
    programme = participation_of(work.connection, sealed.school_id, act.programme).programme
    standing, after = standing_of(act, history)
    if standing is Standing.STANDS:
        standing = _today(act, programme, work.today)
    newest = newest_of(work.connection, sealed.school_id, sealed.act_id)
    return Told(
        sealed=sealed,
        newest=newest == sealed,
        notice=act.notice,
        notice_version=act.notice_version,
        text_sha256=act.text_sha256,
        decision=act.kind,
        recorded_at=act.recorded_at,
        zone=get_school(work.connection, sealed.school_id).timezone,
        standing=standing,
        later=after.kind if after else None,
        since=after.on_day if after else None,
        kept=newest is not None and newest.sealed_file is not None,
        key=_key(load_certificates(work.settings.keys), sealed.certificate),
    )


def standing_of(act: ActRow, history: Sequence[ActRow]) -> tuple[Standing, ActRow | None]:
    """Tell whether an act stands, and which later one took its place or declared it invalid."""
    void = next((one for one in history if one.invalidates == act.id), None)
    if void is not None:
        return Standing.INVALID, void
    on_it = [one for one in history if one.about == act.about and one.signer == act.signer]
    counted = counting(on_it)
    if all(one.id != act.id for one in counted):
        return Standing.NOT_COUNTED, None
    last = last_of(counted, act.notice, act.signer)
    after = next((one for one in counted if last is not None and one.id == last.id), None)
    return (Standing.STANDS, None) if after is None or after.id == act.id else (Standing.LATER, after)


def _today(act: ActRow, programme: Programme, today: date) -> Standing:
    """Tell of a signer's last word whether it still counts: texts change, and consents have a last day."""
    if has_lapsed(act, programme):
        return Standing.LAPSED
    over = act.kind is ActKind.GIVEN and today > programme.valid_until
    return Standing.ENDED if over else Standing.STANDS


def _key(certificates: Sequence[x509.Certificate], fingerprint: str) -> Key:
    for one in certificates:
        if fingerprint_of(one) == fingerprint:
            return Key(fingerprint, one.not_valid_before_utc, one.not_valid_after_utc)
    return Key(fingerprint, None, None)


def _authorities(settings: Settings) -> Sequence[x509.Certificate]:
    """Read what time stamps must lead up to, also where the authority is asked no longer."""
    return read_certificates(settings.tsa_cert) if settings.tsa_cert.exists() else ()
