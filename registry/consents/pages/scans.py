"""Scans of papers: taken in with the paper's form, and handed out to be saved."""

from typing import Final
from uuid import UUID

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.models.scans import KeptScan
from registry.consents.pages.room import blueprint, opened_family
from registry.consents.pages.rows import people_of
from registry.consents.rules.titles import NOTICES
from registry.consents.usecases.scans import fetch_scan
from registry.documents.scans.looking import LIMITS, SUFFIXES, TYPES, Scan, look_through
from registry.errors import RegistryError
from registry.people.models.families import Family
from registry.people.models.persons import Person
from registry.web.current import begin_work
from registry.web.doors import allowed, fresh_sign_in, shows_persons
from registry.web.errors import told

MOST_BYTES: Final = LIMITS.packed + 64 * 1024
"""A scan, and room for the form that it comes with."""


def sent_scan() -> tuple[Scan | None, dict[str, str]]:
    """Look the scan of the form through, if one was sent; what is wrong with it comes beside its field."""
    sent = request.files.get("scan")
    if sent is None or not sent.filename:
        return None, {}
    with sent.stream as stream:
        data = bytes(stream.read())
    try:
        return look_through(data), {}
    except RegistryError as refused:
        return None, {"scan": told(refused)}


def shown_scan(family: Family, signer: Person, kept: KeptScan) -> dict[str, object]:
    """Show a scan as a link: which document of whom."""
    return {
        "signer": signer.full_name,
        "title": gettext(NOTICES[kept.notice]),
        "address": url_for(
            "consents.give_scan",
            school_id=family.school_id,
            student_id=family.student.id,
            act_id=kept.act_id,
        ),
    }


@blueprint.get("/consents/schools/<uuid:school_id>/students/<uuid:student_id>/acts/<uuid:act_id>/scan")
@shows_persons
@fresh_sign_in
@allowed(Action.CONSENT_READ)
def give_scan(school_id: UUID, student_id: UUID, act_id: UUID) -> ResponseReturnValue:
    """Hand out the scan of a paper; whoever signed it finds in the trail that it was read."""
    with begin_work() as work:
        _, family = opened_family(work, Action.CONSENT_READ, school_id, student_id)
        scan = fetch_scan(work, school_id, people_of(family), act_id)
    answer = Response(scan.data, content_type=TYPES[scan.kind])
    name = f"scan-{act_id.hex[-6:]}{SUFFIXES[scan.kind]}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
