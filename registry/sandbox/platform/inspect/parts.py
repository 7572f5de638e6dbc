"""The parts of a message against what its manifest says of them."""

import hashlib
from collections.abc import Mapping

from registry.errors import N_
from registry.sandbox.platform.inspect.archive import CONSENTS, MANIFEST, REGISTRY, SPREADSHEET, WITHDRAWN
from registry.sandbox.platform.inspect.findings import Findings

_LINED = {REGISTRY, CONSENTS, WITHDRAWN}


def check_parts(listed: object, parts: Mapping[str, bytes], findings: Findings) -> None:
    """Note each part that is missing, foreign, altered, or has another number of lines."""
    if not isinstance(listed, dict) or set(listed) != set(parts) - {MANIFEST}:
        findings.add("parts", N_("Опись называет не те части, что лежат в архиве."))
        return
    for name, stated in listed.items():
        _check_part(name, stated, parts[name], findings)
    if SPREADSHEET in parts and parts[SPREADSHEET][:2] != b"PK":
        findings.add("spreadsheet", N_("Таблица registry.xlsx не открывается."))


def _check_part(name: str, stated: object, data: bytes, findings: Findings) -> None:
    if not isinstance(stated, dict) or set(stated) != {"sha256", "bytes", "lines"}:
        findings.add("parts", N_("Описание части %(name)s не читается.") % {"name": name})
    elif (stated["sha256"], stated["bytes"]) != (hashlib.sha256(data).hexdigest(), len(data)):
        findings.add("digest", N_("Часть %(name)s изменена: отпечаток или размер другой.") % {"name": name})
    elif name in _LINED and stated["lines"] != data.count(b"\n"):
        findings.add("lines", N_("В части %(name)s другое число строк, чем в описи.") % {"name": name})
