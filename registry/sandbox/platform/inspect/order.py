"""Where a message stands in the row of a school's messages in one programme."""

from dataclasses import dataclass
from uuid import UUID

from registry.errors import N_
from registry.sandbox.platform.inspect.findings import Findings
from registry.sandbox.platform.inspect.manifest import Kind, Manifest


@dataclass(frozen=True, slots=True)
class Standing:
    """What was accepted so far from the school in the programme.

    Attributes:
        sequence: number of the last accepted message, 0 where there is none.
        sha256: digest of its sealed bytes, or None.
        whole: message id of the full message or correction that stands now, or None.
        digest: the programme version's digest as first seen, or None.
    """

    sequence: int = 0
    sha256: str | None = None
    whole: UUID | None = None
    digest: str | None = None


def check_order(manifest: Manifest, standing: Standing) -> None:
    """Hold a message against the ones before it.

    A withdrawal goes at once, whatever else is under way, so it need not name the previous message.

    Raises:
        Refusal: with all that does not fit.
    """
    findings = Findings()
    if manifest.sequence <= standing.sequence:
        findings.add("sequence", N_("Порядковый номер не больше номера последнего принятого сообщения."))
    if manifest.kind is not Kind.WITHDRAWAL and manifest.previous_sha256 != standing.sha256:
        findings.add("previous", N_("Отпечаток предыдущего сообщения не совпадает с последним принятым."))
    if manifest.kind is Kind.FULL and standing.whole is not None:
        findings.add("already-full", N_("Реестр этой школы уже принят: изменения передаются исправлением."))
    if manifest.kind is Kind.CORRECTION and manifest.corrects != standing.whole:
        findings.add("corrects", N_("Исправляется не то сообщение, которое принято последним."))
    if standing.digest not in {None, manifest.programme_digest}:
        findings.add("programme", N_("Та же версия программы раньше приходила с другим содержанием."))
    findings.settle()
