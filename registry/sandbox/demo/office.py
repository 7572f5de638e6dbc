"""What the school's office does in the demo: clerk and director."""

import re
from contextlib import closing
from typing import Final

from registry.sandbox.demo.browser import Browser, Page
from registry.sandbox.demo.stage import Stage, expect
from registry.sandbox.sample.region import PASSWORD, director_name

SCHOOL: Final = "17"
CLERK: Final = "clerk-17"
DIRECTOR: Final = "director-17"
SUBMISSIONS: Final = "/submissions"
SUBMISSION: Final = re.compile(r"/submissions/[0-9a-f-]{36}$")
ACKNOWLEDGED: Final = "Приём подтверждён"


def upload_roster(stage: Stage) -> None:
    """Upload the file as the clerk, look at its review, approve it."""
    with closing(stage.staff(CLERK)) as clerk:
        form = expect(clerk.get("/schools/rosters")).form("/rosters")
        review = expect(clerk.upload(form, stage.file_name, stage.file))
        expect(clerk.submit(review.form("/approve")))


def join_and_invite(stage: Stage) -> None:
    """Join the programme and invite everybody whose decision is awaited."""
    with closing(stage.staff(CLERK)) as clerk:
        programmes = expect(clerk.get("/consents/programmes"))
        expect(clerk.submit(programmes.form("/join")))
        classes = expect(clerk.get("/consents"))
        preview = expect(clerk.get(next(one for one in classes.links if _invites_school(one))))
        expect(clerk.submit(preview.form("/invite")))


def _invites_school(link: str) -> bool:
    return "/consents/schools/" in link and "/invite" in link


def prepare(stage: Stage) -> None:
    """Prepare the submission as the clerk: the roster and the decisions are frozen."""
    with closing(stage.staff(CLERK)) as clerk:
        school = expect(clerk.get(expect(clerk.get(SUBMISSIONS)).link("/submissions/schools/")))
        expect(clerk.submit(school.form("/prepare")))


def sign_off(stage: Stage) -> None:
    """Sign the prepared submission off as the director, the password given once more."""
    with closing(stage.staff(DIRECTOR)) as director:
        submission = _submission(director)
        asked = expect(director.get(submission.link("/sign-off")))
        if "/step-up" in asked.url:
            asked = expect(director.submit(asked.form("/step-up"), password=PASSWORD))
        expect(director.submit(asked.form("/sign-off"), typed_name=director_name(SCHOOL)))


def is_acknowledged(stage: Stage) -> bool:
    """Look at the submission's page as the director: has the platform's answer been verified?"""
    with closing(stage.staff(DIRECTOR)) as director:
        return ACKNOWLEDGED in _submission(director).text


def _submission(browser: Browser) -> Page:
    school = expect(browser.get(expect(browser.get(SUBMISSIONS)).link("/submissions/schools/")))
    found = next(one for one in school.links if SUBMISSION.search(one))
    return expect(browser.get(found))
