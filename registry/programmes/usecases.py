"""Publishing versions of programmes, and a school's joining one."""

from uuid import UUID

from registry.errors import N_, ConflictError, NotFoundError, SettingsError
from registry.programmes import models
from registry.programmes.definition.edited import EDITED, Edited, read_edited, write_edited
from registry.programmes.definition.tidy import sha256_of
from registry.programmes.models import Participation
from registry.programmes.rules import Notice, Programme
from registry.programmes.shipped import Shipped, shipped_definitions
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work


def publish(work: Work) -> tuple[str, ...]:
    """Publish every shipped definition that is not published yet; give the ids of the new ones.

    Raises:
        SettingsError: a definition was edited without a new version.
        DefinitionError: a definition does not hold.
    """
    return tuple(one.id for shipped in shipped_definitions() if (one := publish_one(work, shipped)))


def publish_one(work: Work, definition: Shipped) -> Programme | None:
    """Publish a definition as an immutable version; None when the same text is published already.

    Raises:
        SettingsError: the version is published with another text.
        DefinitionError: the definition does not hold.
    """
    programme = definition.parse()
    known = models.digest_of_version(work.connection, programme.id, programme.version)
    if known == programme.digest:
        return None
    if known is not None:
        raise SettingsError(
            N_("Программа «%(programme)s»: текст версии %(version)s изменён; дайте ему новую версию."),
            programme=programme.id,
            version=programme.version,
        )
    written = _written_here(work, programme.id)
    store_version(work, definition, programme)
    if written.number:
        # A new file takes nobody's words away: they are laid over it.
        laid_over = Shipped(definition.file, {**definition.texts, EDITED: write_edited(written)})
        store_version(work, laid_over, laid_over.parse())
    return programme


def join(work: Work, school_id: UUID, programme_id: str) -> Participation:
    """Let a school take part in a programme, or go over to its latest version.

    Raises:
        NotFoundError: there is no such programme.
        ConflictError: the school goes by the latest version already.
    """
    latest = models.latest_version(work.connection, programme_id)
    held = models.find_participation(work.connection, school_id, programme_id)
    if held is None:
        row = {
            "school_id": school_id,
            "programme": programme_id,
            "programme_version_id": latest.id,
            "joined_at": work.now,
            "joined_by": work.actor.id,
            "version": 1,
        }
        models.add_participation(work.connection, row)
    elif held.version_id == latest.id:
        raise ConflictError(N_("Школа уже участвует в этой программе."), code="already-joined")
    else:
        models.move_participation(work.connection, held, latest.id)
    about = ObjectRef("programme-version", latest.id, 1)
    work.record(Entry(EntryType.PROGRAMME_JOINED, about, None, school_id))
    return models.participation_of(work.connection, school_id, programme_id)


def programme_of(work: Work, school_id: UUID, programme_id: str) -> Programme:
    """Read a programme in the version that a school goes by.

    Raises:
        ConflictError: the school has not joined it.
    """
    return models.participation_of(work.connection, school_id, programme_id).programme


def store_version(work: Work, definition: Shipped, programme: Programme) -> UUID:
    """Write a version of a programme with its notices and its entry of the trail; give its id.

    Args:
        work: the unit of work.
        definition: the texts that the version keeps.
        programme: what they say.
    """
    version_id = work.new_id()
    row = {
        "programme": programme.id,
        "version": programme.version,
        "digest": programme.digest,
        "file": definition.file,
        "texts": dict(definition.texts),
        "published_at": work.now,
    }
    notices = [_notice_row(work, version_id, notice) for notice in programme.notices]
    models.add_version(work.connection, version_id, row, notices)
    state: dict[str, Json] = {
        "programme": programme.id,
        "version": programme.version,
        "digest": programme.digest,
        "texts": {name: sha256_of(text) for name, text in definition.texts.items()},
    }
    about = ObjectRef("programme-version", version_id, 1)
    work.record(Entry(EntryType.PROGRAMME_PUBLISHED, about, state, None))
    return version_id


def _written_here(work: Work, programme_id: str) -> Edited:
    try:
        latest = models.latest_version(work.connection, programme_id)
    except NotFoundError:
        return Edited()
    return read_edited(models.texts_of(work.connection, latest.id)[1])


def _notice_row(work: Work, version_id: UUID, notice: Notice) -> dict[str, object]:
    return {
        "id": work.new_id(),
        "programme_version_id": version_id,
        "kind": notice.kind.value,
        "version": notice.version,
        "language": notice.language,
        "sha256": notice.sha256,
        "text": notice.whole,
    }
