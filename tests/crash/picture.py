"""How a registry and its outside stand: what is compared between a run that was struck and another."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select

from registry.app import present_states
from registry.consents.decisions import decisions_of
from registry.consents.models.invalidations import invalidations
from registry.consents.models.opt_outs import opt_outs
from registry.consents.models.signatures import act_signatures
from registry.consents.models.stack_tables import (
    paper_checks,
    paper_files,
    paper_forms,
    paper_pages,
    paper_stacks,
)
from registry.consents.models.tables import (
    act_receipts,
    act_scans,
    acts,
    codes,
    consents,
    disclosures,
    invitations,
    sittings,
)
from registry.letters.models import letters
from registry.people.models.batches import BatchState, get_batch
from registry.people.models.persons import load_persons
from registry.people.models.tables import (
    classes,
    contacts,
    enrolments,
    guardianships,
    past_contacts,
    persons,
    roster_batches,
    roster_held_rows,
    schools,
)
from registry.proofs.exports.usecases import PACK
from registry.proofs.models.export_tables import document_export_lines, document_exports
from registry.proofs.models.sealed import sealed_documents
from registry.storage.file_names import named_files
from registry.storage.outbox import promises
from registry.storage.vault import subject_keys
from registry.submissions.models.tables import acknowledgements, attempts, submission_lines, submissions
from registry.trail.entries import SYSTEM, EntryType
from registry.trail.leaf import read_leaf
from registry.trail.models import trail_event, trail_queue
from registry.trail.publisher import tend
from registry.trail.verify import verify
from registry.work import Registry, Work
from registry.workflows.models.tables import case_history, cases
from tests.crash.outside import Mailbox, Platform

COUNTED = (
    act_receipts,
    act_signatures,
    classes,
    contacts,
    disclosures,
    enrolments,
    guardianships,
    past_contacts,
    persons,
    roster_batches,
    roster_held_rows,
    schools,
    sealed_documents,
    subject_keys,
    submission_lines,
    act_scans,
    paper_files,
)
MORE_BY_A_SECOND_TRY = {
    EntryType.SUBMISSION_SENT,
    EntryType.SUBMISSION_UNKNOWN,
    EntryType.WITHDRAWAL_SENT,
    EntryType.CASE_MOVED,
    EntryType.CASE_ESCALATED,
}
"""Facts of a sending whose outcome was unknown, and of a deadline held once: more of them after a blow."""

ASKING = "submissions.ask"
"""Promised once more where the outcome of a sending was lost: its findings are compared, not its number.
So is the making of an export: each step promises the next, and after a blow one promise does two of them."""

Picture = dict[str, Any]


def picture_of(registry: Registry, mailbox: Mailbox, platform: Platform | None) -> Picture:
    """Write down everything that must be the same whether a crash came between or not."""
    with registry.reading(SYSTEM) as work:
        read = {table.name: _rows(work, table) for table in (*COUNTED, *_LISTED)}
        seen: Picture = {table.name: len(read[table.name]) for table in COUNTED}
        seen |= {table.name: _count(read[table.name], columns) for table, columns in _LISTED.items()}
        seen["confirmed"] = sum(one["confirmed_at"] is not None for one in read["contacts"])
        seen["acts"] = _acts(work, read)
        seen["decisions"] = _decisions(work, read)
        seen["facts"] = _facts(work)
        for often in (ASKING, PACK):
            seen["promises"].pop((often, None), None)
    seen["mailbox"] = len(mailbox.copies())
    if platform is not None:
        seen["messages"] = [(row["kind"], row["sequence"]) for row in platform.messages()]
        seen["answers"] = len(platform.intake.store.rows("SELECT id FROM answers"))
        seen["held"] = len(platform.held())
    return seen


_LISTED: Mapping[Table, tuple[str, ...]] = {
    consents: ("notice",),
    acts: ("kind", "means"),
    paper_stacks: ("state",),
    paper_pages: ("state", "reason", "page"),
    paper_forms: ("state", "pages"),
    paper_checks: ("state", "kind", "scan_file"),
    invalidations: ("answer",),
    opt_outs: ("kind", "wire"),
    invitations: ("channel",),
    codes: ("contact_kind",),
    sittings: ("auth",),
    letters: ("kind", "channel", "state"),
    promises: ("job", "failed_at"),
    cases: ("definition_id", "state"),
    submissions: ("kind", "sequence", "verdict"),
    acknowledgements: ("verdict",),
    document_exports: ("state", "total", "packed", "left_out"),
    document_export_lines: ("folder", "state"),
}


def _rows(work: Work, table: Table) -> list[Mapping[str, Any]]:
    return [dict(row) for row in work.connection.execute(select(table)).mappings()]


def _count(rows: Iterable[Mapping[str, Any]], columns: tuple[str, ...]) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(row[name] for name in columns) for row in rows)


def _acts(work: Work, read: Mapping[str, list[Mapping[str, Any]]]) -> list[tuple[str, ...]]:
    """Who said what about whom: each act once."""
    asked = {one["id"]: one for one in read["consents"]}
    people = load_persons(work.connection, work.vault, {one["id"] for one in read["persons"]})
    return sorted(
        (
            people[asked[one["consent_id"]]["signer_id"]].full_name,
            people[asked[one["consent_id"]]["about_id"]].full_name,
            asked[one["consent_id"]]["notice"],
            one["kind"],
        )
        for one in read["acts"]
    )


def _decisions(work: Work, read: Mapping[str, list[Mapping[str, Any]]]) -> list[tuple[str, str]]:
    school: UUID = read["schools"][0]["id"]
    return sorted(
        (str(one.family.student.first_name), one.decision.state.value)
        for one in decisions_of(work, school, "mesh-2020")
    )


def _facts(work: Work) -> Counter[str]:
    kinds = (read_leaf(row.leaf).type for row in work.connection.execute(select(trail_event.c.leaf)))
    left_out = MORE_BY_A_SECOND_TRY | {EntryType.TRAIL_SILENT}
    return Counter(str(kind) for kind in kinds if kind not in left_out)


def check_agreed(registry: Registry) -> None:
    """Hold that nothing is half written, at any moment: state, fact and history agree, the trail verifies."""
    tend(registry.engine, registry.trail, registry.now())
    report = verify(registry.engine, registry.vault, registry.trail, present_states())
    assert report.status == 0, report.findings
    with registry.reading(SYSTEM) as work:
        assert _rows(work, trail_queue) == []
        _check_cases(work)
        _check_files(work)
        told = {row.leaf for row in work.connection.execute(select(trail_event.c.leaf))}
        about = Counter(
            leaf.object.id
            for leaf in map(read_leaf, told)
            if leaf.object.kind == "act" and leaf.type != EntryType.EVIDENCE_ERASED
        )
        assert about == Counter(one["id"] for one in _rows(work, acts))


def check_whole(registry: Registry) -> None:
    """Hold that nothing is half done either: nobody has a letter, a sending or a promise in hand."""
    check_agreed(registry)
    with registry.reading(SYSTEM) as work:
        assert all(one["ended_at"] for one in _rows(work, attempts))
        assert not [one for one in _rows(work, letters) if one["taken_until"]]
        for one in _rows(work, promises):
            assert (one["done_at"] is None) == (one["due_at"] is not None), one["job"]


def _check_cases(work: Work) -> None:
    history = _rows(work, case_history)
    for case in _rows(work, cases):
        lines = sorted(
            (one for one in history if one["case_id"] == case["id"]), key=lambda one: one["number"]
        )
        assert [one["number"] for one in lines] == list(range(1, case["revision"] + 1))
        assert lines[-1]["target"] == case["state"]


def _check_files(work: Work) -> None:
    """Every file that a row names is there, but for those of a list that was dropped: they were destroyed."""
    lists = [get_batch(work.connection, one["school_id"], one["id"]) for one in _rows(work, roster_batches)]
    gone = {
        file_id
        for one in lists
        if one.state is BatchState.CANCELLED
        for file_id in (one.workbook_file, one.drafts_file)
    }
    for file_id in named_files(work.connection) - gone:
        assert work.files.get(file_id)
