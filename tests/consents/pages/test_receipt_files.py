"""What a signer gets beside the printed receipt: with these files alone he checks his act."""

import base64
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from registry.errors import TamperedError
from registry.trail.checkpoint import open_checkpoint
from registry.trail.leaf import read_leaf
from registry.trail.merkle import leaf_hash, verify_inclusion
from registry.trail.models import trail_opening
from registry.trail.note import Verifier
from registry.trail.opened import Opening, read_opening
from registry.trail.publisher import tend
from registry.trail.receipt import open_receipt
from tests.consents.conftest import Town, confirm_everything
from tests.consents.pages.conftest import Reader
from tests.consents.pages.test_journey_pages import sign

ABOUT_CHILD = "Согласие на обработку данных ребёнка: Иванова Child"


@dataclass(frozen=True)
class Files:
    """What was attached, as a parent keeps it; the public keys are all else that he has."""

    leaf: bytes
    opening: Opening
    receipt: str
    proof: str | None
    text: str

    def check(self, checkpoints: Verifier, receipts: Verifier) -> None:
        """Check everything offline.

        Raises:
            TamperedError: something does not fit.
        """
        if open_receipt(self.receipt, [receipts]).leaf_hash != leaf_hash(self.leaf):
            raise TamperedError("receipt")
        if not self.opening.opens(read_leaf(self.leaf)):
            raise TamperedError("opening")
        assert self.proof is not None
        head, _, note = self.proof.partition("\n\n")
        kind, index, *steps = head.split("\n")
        assert kind == "c2sp.org/tlog-proof@v1"
        checkpoint = open_checkpoint(note, [checkpoints])
        path = [base64.b64decode(step) for step in steps]
        number = int(index.removeprefix("index "))
        verify_inclusion(leaf_hash(self.leaf), number, checkpoint.size, path, checkpoint.root)


def fetch(reader: Reader) -> Files:
    """Download the receipt from the page of the act and take out what is attached."""
    address = re.search(r'href="([^"]+receipt\.pdf)"', reader.text)
    assert address
    pdf = PdfReader(io.BytesIO(reader.client.get(address[1]).data), strict=True)
    attached = {name: data for name, (data,) in pdf.attachments.items()}
    leaf, opening, receipt = (attached.pop(name) for name in ("leaf.json", "opening.json", "receipt.txt"))
    proofs = {f"{read_leaf(leaf).id}.tlog-proof": data.decode() for data in attached.values()}
    assert set(attached) == set(proofs)
    text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    return Files(leaf, read_opening(opening), receipt.decode(), next(iter(proofs.values()), None), text)


@pytest.fixture
def mother(town: Town, signer: Callable[[str], Reader]) -> Reader:
    """A mother who has given her consent for the child."""
    confirm_everything(town)
    made = signer("mother")
    sign(made, "Соглашение")
    sign(made, ABOUT_CHILD)
    return made


def test_with_the_attached_files_and_the_public_keys_alone_the_act_is_checked(
    town: Town, mother: Reader
) -> None:
    tend(town.registry.engine, town.registry.trail, town.registry.now())
    files = fetch(mother)
    files.check(*town.registry.trail.verifiers)
    assert "consent.given" in files.leaf.decode()
    assert "в копии квитанции" not in files.text
    assert fetch(mother) == files


def test_whatever_is_changed_in_the_files_no_longer_fits(town: Town, mother: Reader) -> None:
    tend(town.registry.engine, town.registry.trail, town.registry.now())
    files = fetch(mother)
    keys = town.registry.trail.verifiers
    opening = files.opening
    proof = str(files.proof)
    root = proof.splitlines()[-3]
    changed = [
        replace(files, leaf=files.leaf.replace(b"consent.given", b"consent.taken")),
        replace(files, opening=replace(opening, payload=opening.payload.replace(b"Mother", b"Father"))),
        replace(files, opening=replace(opening, key=bytes(32))),
        replace(files, opening=replace(opening, slot=1)),
        replace(files, proof=proof.replace(root, base64.b64encode(bytes(32)).decode())),
        replace(files, proof=re.sub(r"index \d+", "index 0", proof)),
    ]
    for one in changed:
        assert one != files
        with pytest.raises(TamperedError):
            one.check(*keys)
    with pytest.raises(TamperedError):
        files.check(Verifier(keys[0].name, bytes(32)), keys[1])


def test_before_a_checkpoint_covers_the_act_the_copy_says_that_the_proof_comes_later(
    town: Town, mother: Reader
) -> None:
    files = fetch(mother)
    assert files.proof is None
    assert "Доказательство будет в копии квитанции, которую вы скачаете позже." in files.text
    assert files.opening.opens(read_leaf(files.leaf))
    tend(town.registry.engine, town.registry.trail, town.registry.now())
    later = fetch(mother)
    assert later.proof is not None
    assert (later.leaf, later.opening, later.receipt) == (files.leaf, files.opening, files.receipt)


def test_nothing_is_opened_but_the_slot_of_the_signer_himself(town: Town, mother: Reader) -> None:
    files = fetch(mother)
    leaf = read_leaf(files.leaf)
    with town.registry.reading(town.signer("mother")) as work:
        whose = select(trail_opening.c.subject, trail_opening.c.slot).where(
            trail_opening.c.event_id == leaf.id
        )
        rows = {row.slot: row.subject for row in work.connection.execute(whose)}
    assert len(leaf.slots) == 2
    assert rows[files.opening.slot] == town.people["mother"]
    assert town.people["child"].hex not in files.opening.payload.decode().replace("-", "")


def test_a_receipt_is_nobody_elses(mother: Reader, signer: Callable[[str], Reader]) -> None:
    address = re.search(r'href="([^"]+receipt\.pdf)"', mother.text)
    assert address
    assert signer("father").client.get(address[1]).status_code == 404
