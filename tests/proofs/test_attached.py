"""What stands inside the sealed document: with these files alone its signer checks his act."""

import base64
import io
import re
from dataclasses import dataclass, replace

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from registry.consents.usecases.writing import Signed
from registry.errors import TamperedError
from registry.trail.checkpoint import open_checkpoint
from registry.trail.leaf import read_leaf
from registry.trail.merkle import leaf_hash, verify_inclusion
from registry.trail.models import trail_opening
from registry.trail.note import Verifier
from registry.trail.opened import Opening, read_opening
from registry.trail.receipt import open_receipt
from tests.consents.conftest import Town
from tests.proofs.conftest import file_of, seal


@dataclass(frozen=True)
class Files:
    """What was attached, as a parent keeps it; the public keys are all else that he has."""

    leaf: bytes
    opening: Opening
    receipt: str
    proof: str | None

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


def fetch(town: Town, signed: Signed) -> Files:
    """Take out what is attached to the document of an act."""
    pdf = PdfReader(io.BytesIO(file_of(town, signed)), strict=True)
    attached = {name: data for name, (data,) in pdf.attachments.items()}
    leaf, opening, receipt = (attached.pop(name) for name in ("leaf.json", "opening.json", "receipt.txt"))
    proofs = {f"{read_leaf(leaf).id}.tlog-proof": data.decode() for data in attached.values()}
    assert set(attached) == set(proofs)
    return Files(leaf, read_opening(opening), receipt.decode(), next(iter(proofs.values()), None))


@pytest.fixture
def files(town: Town, given: Signed) -> Files:
    """What the mother keeps of the consent that she gave for the child."""
    seal(town)
    return fetch(town, given)


def test_with_the_attached_files_and_the_public_keys_alone_the_act_is_checked(
    town: Town, files: Files
) -> None:
    """Without us and without a network."""
    files.check(*town.registry.trail.verifiers)
    assert "consent.given" in files.leaf.decode()


def test_whatever_is_changed_in_the_files_no_longer_fits(town: Town, files: Files) -> None:
    keys = town.registry.trail.verifiers
    opening = files.opening
    proof = str(files.proof)
    root = proof.splitlines()[-3]
    changed = [
        replace(files, leaf=files.leaf.replace(b"consent.given", b"consent.taken")),
        replace(files, opening=replace(opening, payload=opening.payload.replace(b"sms-code", b"esia-xx"))),
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


def test_nothing_is_opened_but_the_slot_of_the_signer_himself(town: Town, files: Files) -> None:
    leaf = read_leaf(files.leaf)
    with town.registry.reading(town.signer("mother")) as work:
        whose = select(trail_opening.c.subject, trail_opening.c.slot).where(
            trail_opening.c.event_id == leaf.id
        )
        rows = {row.slot: row.subject for row in work.connection.execute(whose)}
    assert len(leaf.slots) == 2
    assert rows[files.opening.slot] == town.people["mother"]
    assert town.people["child"].hex not in files.opening.payload.decode().replace("-", "")
