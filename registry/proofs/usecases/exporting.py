"""The record of a consent for other systems: what it says is gathered here, its form is a rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from registry.consents.models.acts import ActRow, acts_of_consents
from registry.consents.models.asking import Consent, consents_of_student
from registry.consents.rules.evidence import identified, signature_kind
from registry.consents.usecases.evidence import evidence_of_act
from registry.people.models.places import School, get_school
from registry.programmes.models import participation_of
from registry.programmes.rules import NoticeKind, Programme, Role
from registry.proofs.models.bundled import notice_digest
from registry.proofs.rules.record import Event, Party, Told, record_of
from registry.proofs.rules.terms import NOT_RECORDED, Plain
from registry.trail.commitment import show
from registry.trail.pseudonyms import look_up
from registry.work import Work

SIGNATURE: Final = "application/pkcs7-signature"
_TOGETHER = frozenset({NoticeKind.STUDENT_SELF, NoticeKind.STUDENT_BY_GUARDIAN})


@dataclass(frozen=True, slots=True)
class _Whole:
    """A consent with what stands around it."""

    consent: Consent
    programme: Programme
    school: School


def record_of_consent(work: Work, consent: Consent, *, together: bool = False) -> dict[str, Plain]:
    """Write the record of a consent; in a unit of work that may write, for pseudonyms that are missing.

    Args:
        work: the unit.
        consent: whose record it is.
        together: whether the others' acts on the same student stand in it too, as a dual consent has them:
            not for a signer, whom they do not concern.
    """
    programme = participation_of(work.connection, consent.school_id, consent.programme).programme
    whole = _Whole(consent, programme, get_school(work.connection, consent.school_id))
    asked = _asked(work, consent) if together else [consent]
    held = acts_of_consents(work.connection, {one.id for one in asked})
    acts = sorted(
        (act for found in held.values() for act in found), key=lambda act: (act.recorded_at, act.id)
    )
    subject = _subject(consent)
    people = {subject, *(one.signer for one in acts)}
    known = look_up(work.connection, consent.school_id, people)
    refs = {person: show(one.ref) for person, one in known.items()}
    events = tuple(_event(work, act, refs) for act in acts)
    return record_of(_told(work, whole, refs[subject], events))


def _asked(work: Work, consent: Consent) -> Sequence[Consent]:
    if consent.notice not in _TOGETHER:
        return [consent]
    about = consents_of_student(work.connection, consent.school_id, consent.programme, consent.about_id)
    return [one for one in about if one.notice in _TOGETHER]


def _subject(consent: Consent) -> UUID:
    """Name whose data the document is about: a guardian's own document names the student, not his data."""
    own = consent.notice in {NoticeKind.GUARDIAN_SELF, NoticeKind.CODE_AGREEMENT}
    return consent.signer_id if own else consent.about_id


def _event(work: Work, act: ActRow, refs: dict[UUID, str]) -> Event:
    evidence = evidence_of_act(work, act.school_id, act.id)
    scan = evidence.said.get("scan")
    own = act.notice in {NoticeKind.GUARDIAN_SELF, NoticeKind.CODE_AGREEMENT} or act.signer == act.about
    digests = [("text/plain", act.text_sha256)]
    digests += [(f"scan/{scan['kind']}", scan["sha256"])] if scan else []
    digests += [(SIGNATURE, one.kept.sha256) for one in evidence.signatures]
    return Event(
        id=act.id,
        kind=act.kind,
        notice=act.notice,
        capacity=act.capacity,
        means=act.means,
        on_day=act.on_day,
        recorded_at=act.recorded_at,
        entity=refs[act.signer],
        of_himself=own,
        relation=evidence.said.get("authority", {}).get("relation", ""),
        assurance=identified(evidence.grounds),
        signature=signature_kind(evidence.grounds),
        digests=tuple(digests),
        recorded_by=act.recorded_by,
        reason=act.reason,
        invalidates=act.invalidates,
    )


def _told(work: Work, whole: _Whole, principal: str, events: tuple[Event, ...]) -> Told:
    consent, programme = whole.consent, whole.programme
    notice = programme.notice(consent.notice, "")
    return Told(
        record_id=consent.id,
        principal=principal,
        base=work.settings.base_url,
        notice=consent.notice,
        notice_version=consent.notice_version,
        notice_sha256=notice_digest(work.connection, consent, notice.language) or NOT_RECORDED,
        language=notice.language,
        programme=programme.id,
        purpose=notice.purpose,
        basis=programme.receiver.basis,
        fields=_fields(consent, programme),
        parties=_parties(whole),
        asked_at=consent.asked_at,
        valid_until=programme.valid_until,
        today=work.today,
        events=events,
    )


def _fields(consent: Consent, programme: Programme) -> tuple[tuple[str, bool], ...]:
    if consent.notice is NoticeKind.CODE_AGREEMENT:
        return ()
    role = Role.GUARDIAN if consent.notice is NoticeKind.GUARDIAN_SELF else Role.STUDENT
    optional = {one.name: not one.required for one in programme.fields.of(role)}
    return tuple((name, optional.get(name, False)) for name in programme.fields.names(role))


def _parties(whole: _Whole) -> tuple[Party, ...]:
    school, receiver = whole.school, whole.programme.receiver
    return (
        Party("controller", "controller", school.full_name, school.address, school.email or ""),
        Party("receiver", "recipient", receiver.name, receiver.address, ""),
    )
