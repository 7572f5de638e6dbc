"""What staff change on pages, programs change over the API: by an operation with the same right."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from registry.access.rules import Action
from registry.app import create_app
from registry.web.api.description import operations
from registry.web.doors import doors
from registry.work import Registry
from registry.workflows.definition import parse
from registry.workflows.versions import shipped

SAME = {
    "people.correct": "people.correct",
    "people.add_guardian": "people.add_guardian",
    "people.bar_guardian": "people.bar_guardian",
    "people.end_guardianship": "people.end_guardianship",
    "people.leave": "people.leave",
    "people.add_special_needs": "people.add_special_needs",
    "people.end_special_needs": "people.end_special_needs",
    "people.note_account": "accounts.note_account",
    "people.note_school_account": "accounts.note_school_account",
    "people.settle": "accounts.settle",
    "people.settle_collision": "collisions.settle_collision",
    "people.finish_collision_task": "collisions.finish_task",
    "people.upload": "rosters.upload_rows",
    "people.approve": "rosters.approve",
    "people.cancel": "rosters.cancel",
    "people.undo": "rosters.undo",
    "consents.join": "programmes.join",
    "consents.send_class": "consents.send_class",
    "consents.send_school": "consents.send_school",
    "consents.print_forms": "consents.print_forms",
    "consents.remind_class": "consents.remind_class",
    "consents.remind_student": "consents.remind_student",
    "consents.keep_on_paper": "consents.keep_on_paper",
    "consents.send_new_link": "consents.send_link",
    "consents.print_new_link": "consents.print_new_link",
    "consents.record_paper": "consents.record_paper",
    "consents.bring": "consents.bring_papers",
    "consents.place_page": "consents.place_page",
    "consents.drop_page": "consents.drop_page",
    "consents.enter_stack_form": "consents.enter_stack_form",
    "consents.mend_stack_form": "consents.mend_stack_form",
    "consents.take_stack_form_apart": "consents.take_stack_form_apart",
    "consents.confirm_check": "consents.confirm_check",
    "consents.send_check_back": "consents.send_check_back",
    "consents.record_conflict": "consents.record_conflict",
    "consents.ask_invalidation": "consents.ask_invalidation",
    "consents.answer_invalidation": "consents.agree",
    "consents.record_opt_out": "consents.record_opt_out",
    "proofs.attach_signature": "proofs.attach_signature",
    "proofs.order_export": "exports.order_export",
    "proofs.cancel_export": "exports.cancel_export",
    "submissions.prepare": "submissions.prepare",
    "submissions.begin_correction": "submissions.begin_correction",
    "submissions.correct_rejected": "submissions.correct_rejected",
    "submissions.sign_off": "submissions.sign_off",
    "submissions.bring_answer": "submissions.bring_answer",
    "submissions.resend": "submissions.resend",
    "workflows.take": "workflows.take",
    "workflows.take_back": "workflows.take_back",
    "workflows.put_back": "workflows.put_back",
    "workflows.hand_over": "workflows.hand_over",
    "workflows.comment": "workflows.comment",
    "workflows.take_draft": "definitions.take_draft",
    "workflows.write_draft": "definitions.write_draft",
    "workflows.drop_draft": "definitions.drop_draft",
    "workflows.propose": "definitions.propose",
    "workflows.answer": "definitions.answer",
    "workflows.migrate": "definitions.migrate",
    "programmes.take_draft": "notices.take_notice_draft",
    "programmes.write_draft": "notices.write_notice_draft",
    "programmes.drop_draft": "notices.drop_notice_draft",
    "programmes.propose": "notices.propose_notice",
    "programmes.answer": "notices.answer_notice",
    "rights.keep": "rights.keep",
    "rights.let_go": "rights.let_go",
    "promises.again": "promises.again",
    "keys.create": "keys.create",
    "keys.pin": "keys.pin",
    "keys.make_change": "keys.change",
    "keys.answer": "keys.answer",
    "staff.take_in": "staff.take_in",
    "staff.make_link": "staff.make_link",
    "staff.change_details": "staff.change_details",
    "staff.close": "staff.close",
    "staff.reopen": "staff.reopen",
    "staff.drop_factor": "staff.drop_factor",
    "staff.note_state": "staff.note_state",
    "staff.give": "staff.give",
    "staff.end": "staff.end",
    "staff.name_deputy": "deputies.name_deputy",
    "staff.end_deputy": "deputies.end_deputy",
    "entrance.check_step_up": "token.step_up",
    "entrance.keep_purpose": "token.state_purpose",
}
"""Every page that changes something for staff, and the operation that does the same."""
OF_THE_BROWSER = {
    "entrance.sign_out": "a token is no session: it is revoked",
    "entrance.end_session": "sessions are of browsers",
    "entrance.end_other_sessions": "the same",
    "entrance.change_password": "a password is changed by its holder, at a browser",
    "entrance.renew_codes": "codes on paper are shown to a person, never to a program",
    "tokens.make": "a token that makes tokens could not be taken back",
    "tokens.revoke": "who holds a stolen token must not be able to revoke the others",
}
"""Pages of staff that have no operation, each with its reason."""
OF_ALL = {
    "entrance.check_sign_in": "a program comes with a token, which is made on a page by who has signed in",
    "entrance.check_code": "the second half of the sign-in",
    "entrance.set_up_factor": "a second factor is set up by its holder, at a browser, while he signs in",
    "entrance.set_first_password": "who holds a one-time link chooses his password himself",
    "entrance.choose_language": "a program is told codes, which are the same in every language",
    "proofs.check": "who holds a document checks it at a browser, or by the command `verify`",
    "consents.begin": "who holds a personal link decides himself, in a browser",
    "consents.enter": "who holds a personal link decides himself, in a browser",
    "consents.report_wrong_person": "who holds a personal link decides himself, in a browser",
    "consents.esia_start": "a guardian or student comes in by ESIA, in a browser",
    "consents.esia_start_by_link": "a guardian or student comes in by ESIA, in a browser",
    "consents.esia_choose": "a guardian or student comes in by ESIA, in a browser",
}
"""Pages that are open to everybody and have no operation, each with its reason."""
STEPS = {
    ("roster-review", "approve"): "rosters.approve",
    ("roster-review", "cancel"): "rosters.cancel",
    ("roster-review", "undo"): "rosters.undo",
    ("submission", "prepare"): "submissions.prepare",
    ("submission", "sign_off"): "submissions.sign_off",
    ("submission", "void"): "submissions.begin_correction",
    ("submission", "correct"): "submissions.correct_rejected",
    ("submission", "resend"): "submissions.resend",
    ("withdrawal", "resend"): "submissions.resend",
    ("consent-request", "to_paper"): "consents.keep_on_paper",
    ("consent-request", "from_paper"): "consents.keep_on_paper",
    ("destruction", "keep"): "rights.keep",
    ("destruction", "let_go"): "rights.let_go",
    ("key-expiry", "renew"): "keys.pin",
    ("key-expiry", "close"): "keys.change",
}
"""Steps of cases that people may take, and the operation that takes each with all that it asks for."""
FILES = {
    "people.school_roster": "rosters.school_roster",
    "people.school_roster_text": "rosters.school_roster_text",
    "people.class_roster": "rosters.class_roster",
    "people.class_roster_text": "rosters.class_roster_text",
    "people.accounts_workbook": "accounts.missing_workbook",
    "consents.print_forms": "consents.print_forms",
    "consents.print_new_link": "consents.print_new_link",
    "consents.give_scan": "consents.give_scan",
    "proofs.fetch_document": "proofs.give_document",
    "proofs.fetch_signature": "proofs.give_signature",
    "proofs.fetch_export": "exports.fetch_export",
    "consents.check_scan": "consents.check_scan",
    "submissions.carry_message": "submissions.carry_message",
}
"""Every page that hands out a file with persons in it, and the operation that does the same."""
SHOWN_ON_A_PAGE = {
    "consents.page_picture": "a page shows it beside what is read from it; a program takes it out as a file",
}
"""Files with persons in them that no page hands out, under the same name; a program needs the password."""
OF_NOBODY = {
    "submissions.carry_note": "a number and a digest",
    "rosters.roster_template": "an empty list",
    "keys.public_part": "a public key",
    "keys.statement": "its fingerprint on paper",
}
"""Files in which nobody stands, for which no password is asked."""


@pytest.fixture
def whole(registry: Registry) -> Flask:
    """The application of all rooms, as it is served."""
    return create_app(registry)


def changing_pages(app: Flask) -> set[str]:
    """Name the pages by which staff change something."""
    sent = {rule.endpoint for rule in app.url_map.iter_rules() if changing_methods(rule)}
    return {
        endpoint
        for endpoint, door in doors(app)
        if endpoint in sent
        and door is not None
        and not (door.bearer or door.machine)
        and door.action is not Action.DECIDE
    }


def changing_methods(rule: Rule) -> set[str]:
    """Name the methods of a route by which something changes."""
    return (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}


def test_every_change_that_staff_make_on_a_page_can_be_made_over_the_api(whole: Flask) -> None:
    assert changing_pages(whole) == SAME.keys() | OF_THE_BROWSER.keys() | OF_ALL.keys()
    assert len(SAME | OF_THE_BROWSER | OF_ALL) == len(SAME) + len(OF_THE_BROWSER) + len(OF_ALL)
    assert set(SAME.values()) <= operations(whole).keys()


def test_it_needs_the_same_right_and_the_password_where_the_page_needs_it(whole: Flask) -> None:
    pages = dict(doors(whole))
    different = []
    for endpoint, name in SAME.items():
        page, operation = pages[endpoint], operations(whole)[name].door
        if page is None or (page.action, page.fresh) != (operation.action, operation.fresh):
            different.append(f"{endpoint} {name}")
    assert not different


def test_whoever_takes_out_a_file_with_persons_in_it_gives_his_password_on_pages_and_over_the_api(
    whole: Flask,
) -> None:
    pages, api = dict(doors(whole)), operations(whole)
    asked = {page for page in FILES if (door := pages[page]) is not None and door.fresh}
    assert asked == FILES.keys()
    taken = {*FILES.values(), *SHOWN_ON_A_PAGE}
    assert {name for name in taken if api[name].door.fresh} == taken
    assert {page for page, name in FILES.items() if pages[page].action != api[name].door.action} == set()  # type: ignore[union-attr]


def test_every_operation_that_hands_out_a_file_is_known_to_hold_persons_or_nobody(whole: Flask) -> None:
    described = whole.test_client().get("/api/v1/openapi.json").get_json()["paths"]
    handing = {
        operation["operationId"]
        for path in described.values()
        for operation in path.values()
        if isinstance(operation, dict) and "application/json" not in content_of(operation)
    }
    assert set(FILES.values()) | SHOWN_ON_A_PAGE.keys() | OF_NOBODY.keys() == handing


def content_of(operation: dict[str, Any]) -> dict[str, Any]:
    """Give what an operation answers with; that of JSON where it answers with nothing."""
    found: dict[str, Any] = operation["responses"].get("200", {}).get("content", {"application/json": {}})
    return found


def test_a_page_without_an_operation_is_one_that_needs_no_right(whole: Flask) -> None:
    pages = dict(doors(whole))
    actions = {name: getattr(pages[name], "action", None) for name in (*OF_THE_BROWSER, *OF_ALL)}
    assert {name for name, action in actions.items() if action is Action.PUBLIC} == OF_ALL.keys()
    assert set(actions.values()) <= {Action.PUBLIC, Action.SIGNED_IN}


def test_every_step_that_people_may_take_is_an_operation_of_its_own(whole: Flask) -> None:
    """There is no operation that takes any step: it would pass by what a step asks for besides the role."""
    found = {
        (definition.id, step.id)
        for text in shipped().values()
        if (definition := parse(text)[0]) is not None
        for step in definition.transitions
        if set(step.by) - {"system", "platform"}
    }
    assert found == STEPS.keys()
    assert set(STEPS.values()) <= operations(whole).keys()


def test_every_change_over_the_api_is_one_that_a_page_makes(whole: Flask) -> None:
    more = {
        "rosters.upload_file": "the same as rows, from a file",
        "consents.decline": "the page's one form asks whether he agrees",
        "consents.record_end": "the page's one form says what the paper is about",
    }
    changing = {name for name, one in operations(whole).items() if one.changes}
    assert changing == set(SAME.values()) | more.keys()
