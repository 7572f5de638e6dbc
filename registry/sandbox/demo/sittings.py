"""What parents and students do in the demo: the link, the code, the documents."""

import re
from typing import Final

from registry.sandbox.demo.browser import Browser, Form, Page
from registry.sandbox.demo.plan import Answer, Pupil, Signer
from registry.sandbox.demo.stage import Stage, expect

LINK: Final = re.compile(r"https?://\S+?(/d/\S+)")
CODE: Final = re.compile(r"\b(\d{6})\b")


def decide(stage: Stage, signer: Signer) -> None:
    """Follow the invitation, fill in what is missing, and decide about every document."""
    browser = stage.browser()
    home = _enter(stage, browser, signer)
    del home
    browser.close()


def withdraw(stage: Stage, signer: Signer) -> None:
    """Come back by the same link and take the consent for the child back."""
    browser = stage.browser()
    _enter(stage, browser, signer)
    browser.close()


def _enter(stage: Stage, browser: Browser, signer: Signer) -> Page:
    found = LINK.search(stage.post.next_after(signer.address, 0))
    start = expect(browser.get(found[1] if found else "/"))
    seen = stage.post.count(signer.address)
    asked = expect(browser.submit(start.form()))
    code = CODE.search(stage.post.next_after(signer.address, seen))
    return expect(browser.submit(asked.form(), code=code[1] if code else ""))


__all__ = ["Answer", "Form", "Pupil", "decide", "withdraw"]
