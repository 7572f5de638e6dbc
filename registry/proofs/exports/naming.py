"""How a document or a bundle is called in the file: by numbers and by the code that is printed on it."""

from uuid import UUID

from registry.documents.marks import readable_code
from registry.proofs.exports.archive import Member
from registry.proofs.exports.rules import bundle_name, document_name
from registry.proofs.models.export_told import Told
from registry.proofs.usecases.describing import code_of
from registry.storage.vault import Vault


def name_of_line(vault: Vault, folder: int, number: int, act_id: UUID | None) -> str:
    """Name the file of a line; nobody's name is in it."""
    if act_id is None:
        return bundle_name(folder, number)
    return document_name(folder, number, readable_code(code_of(vault, act_id)))


def member_told(vault: Vault, one: Told) -> Member:
    """Describe a line that is in the file as a member of the archive."""
    name = name_of_line(vault, one.folder, one.number, one.act_id)
    return Member(name, one.crc or 0, one.size or 0)
