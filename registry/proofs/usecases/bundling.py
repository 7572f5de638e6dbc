"""The bundle of a consent: everything that proves it, in one archive that says the same each time."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final
from uuid import UUID

from registry.consents import facts as consent_facts
from registry.consents.models.acts import ActRow, acts_of_consents, get_act
from registry.consents.models.asking import Consent
from registry.consents.models.presentations import get_presentation
from registry.consents.models.signatures import signatures_of_act
from registry.consents.told.evidence import NOT_RECORDED, told
from registry.consents.usecases.evidence import evidence_of_act
from registry.consents.usecases.receipts import sign_receipt
from registry.errors import N_, NotFoundError
from registry.proofs import check_bundle
from registry.proofs.models.bundled import committed, messages_on, notice_text
from registry.proofs.usecases.exporting import record_of_consent
from registry.proofs.usecases.sealed_copies import SealedCopy, sealed_copy_of
from registry.storage.schema import Json
from registry.trail.canonical import canonical
from registry.trail.commitment import show, state_tag
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.trail.keys import TrailKeys
from registry.trail.leaf import read_leaf
from registry.trail.note import sign_note
from registry.trail.opened import opening_of, show_opening
from registry.trail.proofs import covering_checkpoint, tlog_proof
from registry.work import Work

CHECKER: Final = Path(check_bundle.__file__)
LANGUAGE: Final = "ru"
READ_ME: Final = N_(
    "Пакет доказательств одного согласия. Проверить: python check_bundle.py ФАЙЛ.zip"
    " --checkpoint-key КЛЮЧ --receipt-key КЛЮЧ. Программу проверки и ключи возьмите не из этого пакета,"
    " а у того, кому доверяете: на странице реестра или у проверяющего. The same in English: --language en.\n"
)
Files = dict[str, bytes]


def bundle_of(work: Work, keys: TrailKeys, consent: Consent) -> bytes:
    """Put together what proves a consent, and record that it was taken out.

    Only the signer's own slots are opened in it. The same acts under the same checkpoint give the same bytes.

    Raises:
        NotFoundError: nobody has acted on this consent.
    """
    acts = acts_of_consents(work.connection, {consent.id}).get(consent.id, [])
    if not acts:
        raise NotFoundError(N_("По этому документу ещё ничего не решено."))
    agreements = {one.agreement for one in acts if one.agreement}
    under = [get_act(work.connection, consent.school_id, one) for one in sorted(agreements)]
    files: Files = {}
    for number, act in enumerate([*under, *acts]):
        folder = f"acts/{number:02}-{act.kind}"
        files |= {f"{folder}/{name}": data for name, data in _files_of_act(work, keys, act).items()}
    files |= _files_of_consent(work, keys, consent, [*under, *acts])
    _record(work, consent)
    return check_bundle.archive(files | _signed(keys, consent, files))


def _files_of_consent(work: Work, keys: TrailKeys, consent: Consent, acts: list[ActRow]) -> Files:
    own = [one.id for one in acts if one.consent_id == consent.id]
    carried: list[Json] = [
        {
            "message": str(one.message_id),
            "receiver": one.receiver,
            "fields": one.field_set,
            "acts": list(one.act_ids),
            "cleared_at": one.cleared_at.isoformat(),
            "sha256": one.sha256,
        }
        for one in messages_on(work.connection, consent, own)
    ]
    logs = {
        read_leaf(committed(work.connection, work.vault, consent_facts.act_ref(one.id)).leaf).log
        for one in acts
    }
    verifiers = [str(one) for log in sorted(logs) for one in keys.of_log(log).verifiers]
    return {
        "check_bundle.py": CHECKER.read_bytes(),
        "keys.txt": "".join(f"{one}\n" for one in verifiers).encode(),
        "messages.json": canonical({"messages": carried}),
        "read_me.txt": READ_ME.encode(),
        "record.jsonld": canonical(record_of_consent(work, consent)),
    }


def _files_of_act(work: Work, keys: TrailKeys, act: ActRow) -> Files:
    row = asdict(act) | {"agreement_act_id": act.agreement}
    state = consent_facts.state_of(row, row | {"signer_id": act.signer, "about_id": act.about})
    leaf, files = _opened_state(work, consent_facts.act_ref(act.id), state)
    entry = read_leaf(leaf)
    opening = opening_of(work.connection, work.vault, entry, act.signer)
    _, receipt = sign_receipt(work, keys, act.id, act.recorded_at)
    covered = covering_checkpoint(work.connection, entry.id) is not None
    optional = {
        "opening.json": show_opening(opening) if opening else None,
        "proof.tlog-proof": tlog_proof(work.connection, entry.id).encode() if covered else None,
        "text.txt": _text(work, act),
        "evidence.txt": _evidence(work, act),
    }
    files |= {name: data for name, data in optional.items() if data is not None}
    return files | {"receipt.txt": receipt.encode()} | _sealed(work, act) | _signatures(work, act)


def _opened_state(work: Work, of: ObjectRef, state: Mapping[str, Json]) -> tuple[bytes, Files]:
    """Give an entry's leaf, and the files with which anybody makes its commitment to a state anew."""
    entry = committed(work.connection, work.vault, of)
    opened: dict[str, Json] = {
        "key": show(entry.salt),
        "payload": canonical(state).decode(),
        "tag": state_tag(of),
    }
    return entry.leaf, {"leaf.json": entry.leaf, "state.json": canonical(opened)}


def _sealed(work: Work, act: ActRow) -> Files:
    copy: SealedCopy | None = sealed_copy_of(work, act.school_id, act.id)
    if copy is None:
        return {}
    _, files = _opened_state(work, copy.object, copy.state)
    return {"sealed.pdf": copy.pdf} | {f"sealed-{name}": data for name, data in files.items()}


def _signatures(work: Work, act: ActRow) -> Files:
    """Give the files of signatures that were attached, each with what the trail committed to of it."""
    files: Files = {}
    attached = signatures_of_act(work.connection, work.vault, act.school_id, act.id)
    for number, one in enumerate(attached, 1):
        if one.kept.signature_file is None:
            continue
        name = f"signature-{number:02}"
        _, opened = _opened_state(
            work, consent_facts.signature_ref(one.kept), consent_facts.signature_state(one.kept)
        )
        files[f"{name}.p7s"] = work.files.get(one.kept.signature_file)
        files |= {f"{name}-{part}": data for part, data in opened.items()}
    return files


def _text(work: Work, act: ActRow) -> bytes | None:
    """Give the text that was read, or the one that stood on the paper; None once it was destroyed."""
    if act.presentation_id is None:
        return notice_text(work.connection, act.text_sha256)
    try:
        return get_presentation(
            work.connection, work.vault, act.school_id, act.presentation_id, act.signer
        ).body
    except NotFoundError:
        return None


def _evidence(work: Work, act: ActRow) -> bytes:
    groups = told(evidence_of_act(work, act.school_id, act.id), LANGUAGE)
    lines = []
    for group in groups:
        lines += [group.title, *(f"  {label}: {value or NOT_RECORDED}" for label, value in group.lines), ""]
    return "\n".join(lines).encode()


def _signed(keys: TrailKeys, consent: Consent, files: Files) -> Files:
    """List the files with their digests under the registry's signature."""
    manifest = canonical(
        {
            "consent": str(consent.id),
            "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
            "kind": check_bundle.KIND,
        }
    )
    folder = max(name.rpartition("/")[0] for name in files if name.startswith("acts/"))
    log = keys.of_log(read_leaf(files[f"{folder}/leaf.json"]).log)
    said = f"{check_bundle.KIND}\n{log.origin}\n{hashlib.sha256(manifest).hexdigest()}\n"
    return {"manifest.json": manifest, check_bundle.SIGNED: sign_note(said, log.receipt).encode()}


def _record(work: Work, consent: Consent) -> None:
    """Write down that it was taken out; the signer reads in his own slot who did."""
    purpose = work.actor.purpose
    said: dict[str, Json] = {"what": "bundle"}
    if purpose:
        said |= {"reason": purpose.reason, "order": purpose.order}
    about = ObjectRef("consent-bundle", consent.id, 1)
    slot = Slot(consent.signer_id, said)
    work.record(Entry(EntryType.DOCUMENT_FETCHED, about, None, consent.school_id, (slot,)))


def consent_of_act(work: Work, school_id: UUID, act_id: UUID) -> UUID:
    """Name the consent that an act is on.

    Raises:
        NotFoundError: the school has no such act.
    """
    return get_act(work.connection, school_id, act_id).consent_id
