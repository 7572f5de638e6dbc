"""Handing a sealed document out, to its signer and to staff who may see the consent; each is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from registry.consents.models.acts import ActRow, acts_of_people, get_act
from registry.consents.rules.acts import ActKind
from registry.errors import N_, GoneError, NotFoundError
from registry.people.models.persons import Person
from registry.people.usecases.looks import What, note_look
from registry.proofs import facts
from registry.proofs.models.sealed import Sealed, newest_of, newest_of_acts
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Document:
    """An act and its sealed document; None while there is none."""

    act: ActRow
    sealed: Sealed | None

    @property
    def gone(self) -> bool:
        """Whether there was a document whose content was destroyed."""
        return self.sealed is not None and self.sealed.sealed_file is None


def own_document(work: Work, school_id: UUID, act_id: UUID, signer_id: UUID) -> Document:
    """Find the document of a signer's own act.

    Raises:
        NotFoundError: there is no such act, or it is somebody else's.
    """
    act = get_act(work.connection, school_id, act_id)
    if act.signer != signer_id or act.kind is ActKind.INVALIDATED:
        raise _none()
    return Document(act, newest_of(work.connection, school_id, act_id))


def documents_of(
    work: Work, school_id: UUID, programme: str, people: Mapping[UUID, Person]
) -> list[Document]:
    """List what some people decided about any of them, in the order of time."""
    found = [
        one
        for one in acts_of_people(work.connection, school_id, programme, set(people))
        if one.kind is not ActKind.INVALIDATED and {one.signer, one.about} <= people.keys()
    ]
    newest = newest_of_acts(work.connection, school_id, [one.id for one in found])
    return [Document(one, newest.get(one.id)) for one in found]


def own_documents(work: Work, school_id: UUID, programme: str, signer_id: UUID) -> list[Document]:
    """List what a signer decided in a programme himself, in the order of time."""
    found = [
        one
        for one in acts_of_people(work.connection, school_id, programme, {signer_id})
        if one.kind is not ActKind.INVALIDATED and one.signer == signer_id
    ]
    newest = newest_of_acts(work.connection, school_id, [one.id for one in found])
    return [Document(one, newest.get(one.id)) for one in found]


def fetch_own(work: Work, document: Document) -> bytes:
    """Give a signer his copy, and record it.

    Raises:
        NotFoundError: it is not sealed yet. GoneError: its content was destroyed.
    """
    return _fetch(work, document)


def fetch_for_staff(work: Work, school_id: UUID, people: Mapping[UUID, Person], act_id: UUID) -> bytes:
    """Give staff the document of an act that one of these people signed about one of them, and record it.

    Raises:
        NotFoundError: there is none. GoneError: its content was destroyed.
    """
    act = get_act(work.connection, school_id, act_id)
    if not {act.signer, act.about} <= people.keys():
        raise _none()
    data = _fetch(work, Document(act, newest_of(work.connection, school_id, act_id)))
    shown = dict.fromkeys((act.signer, act.about))
    note_look(work, school_id, [people[one] for one in shown], What.PAPER)
    return data


def _fetch(work: Work, document: Document) -> bytes:
    sealed = document.sealed
    if sealed is None:
        raise _none()
    if sealed.sealed_file is None:
        raise GoneError(N_("Содержание этого документа уничтожено: остался только его отпечаток."))
    work.record(facts.fetched_entry(sealed, document.act.signer))
    return work.files.get(sealed.sealed_file)


def _none() -> NotFoundError:
    return NotFoundError(N_("Такого документа нет."))
