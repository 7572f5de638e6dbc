"""Checks a bundle of a consent without the registry: one file, Python's standard library and `cryptography`.

    python check_bundle.py consent.zip --checkpoint-key KEY --receipt-key KEY [--language en]

Take this file and both keys from somebody you trust, not from the bundle that is to be checked. Exit status:
0 what could be checked holds; 1 something does not hold, or the file is no whole bundle.
"""

import argparse
import base64
import hashlib
import hmac
import io
import json
import re
import struct
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import pkcs7

KIND, SIGNED = "registry-bundle/v1", "manifest.sig"
UNLISTED = {"manifest.json", SIGNED}
MADE = 1 << 5 | 1, 0  # no time in an archive: 1 January 1980, midnight
LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+=*)")
RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
DIGEST_OID, SHA256_OID = bytes.fromhex("06092a864886f70d010904"), bytes.fromhex("0609608648016503040201")


class Broken(Exception):  # noqa: N818 - read aloud: this does not hold
    """Something does not hold; the sentence in Russian and in English."""


class Report:
    """What was found: held, broken, or left unchecked; each with its sentence in two languages."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self.found: list[tuple[str, str, str]] = []

    def say(self, sign: str, ru: str, en: str) -> None:
        """Note one finding: `+` holds, `!` is broken, `?` could not be checked."""
        self.found.append((sign, ru, en))

    def hold(self, ru: str, en: str, holds: object) -> None:
        """Note whether one thing holds."""
        self.say(
            "+" if holds else "!", ru if holds else f"НЕ СХОДИТСЯ: {ru}", en if holds else f"BROKEN: {en}"
        )

    @property
    def holds(self) -> bool:
        """Whether nothing is broken."""
        return all(sign != "!" for sign, _, _ in self.found)


def archive(files: dict[str, bytes]) -> bytes:
    """Write files as the one archive that they make: stored, sorted, without times."""
    body, listed = b"", b""
    for name in sorted(files):
        data, path = files[name], name.encode("ascii")
        sums = struct.pack("<LLL", zlib.crc32(data), len(data), len(data))
        head = struct.pack("<HHHHH", 20, 0, 0, MADE[1], MADE[0]) + sums + struct.pack("<HH", len(path), 0)
        listed += b"PK\x01\x02" + struct.pack("<H", 20) + head
        listed += struct.pack("<HHHLL", 0, 0, 0, 0, len(body)) + path
        body += b"PK\x03\x04" + head + path + data
    end = struct.pack("<HHHHLLH", 0, 0, len(files), len(files), len(listed), len(body), 0)
    return body + listed + b"PK\x05\x06" + end


def unpack(data: bytes) -> dict[str, bytes]:
    """Read an archive that `archive` wrote; raises Broken for any other, be it by one bit."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            files = {one.filename: packed.read(one) for one in packed.infolist()}
        same = archive(files) == data
    except Exception:  # noqa: BLE001 - a damaged archive may raise anything
        files, same = {}, False
    if not same:
        raise Broken(
            "архив повреждён или записан не так, как его пишет реестр",
            "the archive is damaged or of another form",
        )
    return files


def parsed(data: bytes) -> dict[str, Any]:
    """Read canonical JSON."""
    value = json.loads(data)
    again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    if again != data or not isinstance(value, dict):
        raise ValueError
    return value


def exact(text: str, url: bool = False) -> bytes:  # noqa: FBT001, FBT002 - one of two alphabets
    """Read base64 of the one spelling."""
    data = base64.b64decode(
        text + "=" * (-len(text) % 4 if url else 0), altchars=b"-_" if url else None, validate=True
    )
    if (base64.urlsafe_b64encode if url else base64.b64encode)(data).decode().rstrip(
        "=" if url else ""
    ) != text:
        raise ValueError
    return data


class Key:
    """A public key as it is published: name+id+base64."""

    def __init__(self, text: str) -> None:
        """Read a verifier key."""
        self.name, self.id, data = text.strip().split("+", 2)
        self.raw = exact(data)
        known = hashlib.sha256(self.name.encode() + b"\n" + self.raw).hexdigest()[:8]
        if self.raw[:1] != b"\x01" or known != self.id:
            raise ValueError(text)

    def open(self, note: str) -> list[str]:
        """Give the lines of a note that this key signed, and nobody besides."""
        text, _, tail = note.rpartition("\n\n")
        found = LINE.fullmatch(tail.removesuffix("\n"))
        data = exact(found[2]) if found else b""
        if not found or not tail.endswith("\n") or (found[1], data[:4].hex()) != (self.name, self.id):
            raise ValueError
        public = ed25519.Ed25519PublicKey.from_public_bytes(self.raw[1:])
        public.verify(data[4:], f"{text}\n".encode())
        return text.split("\n")


def keys_of(given: list[str], files: dict[str, bytes], report: Report) -> dict[str, Key]:
    """Take the keys that were given; without them those of the bundle, and say so."""
    lines = given or files["keys.txt"].decode().split()
    if not given:
        report.say(
            "?",
            "ключи взяты из самого пакета: сверьте keys.txt с ключами, которые опубликовал реестр",
            "the keys come from the bundle itself: compare keys.txt with those that the registry published",
        )
    made = [Key(one) for one in lines]
    return {one.name: one for one in made}


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf as the tree does."""
    return hashlib.sha256(b"\0" + leaf).digest()


def root_from(index: int, size: int, node: bytes, path: list[bytes]) -> bytes:
    """Walk from a leaf to the root (RFC 9162, 2.1.3.2)."""
    inner = (index ^ (size - 1)).bit_length()
    border = (index >> inner).bit_count()
    if not 0 <= index < size or len(path) != inner + border:
        raise ValueError
    for level, step in enumerate(path):
        right = level >= inner or index >> level & 1
        node = hashlib.sha256(b"\1" + (step + node if right else node + step)).digest()
    return node


def committed(said: dict[str, Any], tag: str) -> str:
    """Make a commitment anew from its opening."""
    if said["tag"] != tag:
        raise ValueError
    text = tag.encode() + b"\0" + said["payload"].encode()
    made = hmac.digest(exact(said["key"], url=True), text, "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def stated(leaf: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Open the state of a leaf's object; raises where the leaf committed to another."""
    of, opened = leaf["obj"], parsed(data)
    if committed(opened, f"registry-state/v1 {of['kind']} {of['id']} {of['ver']}") != leaf["post"]:
        raise ValueError
    return parsed(opened["payload"].encode())


class Act:
    """The files of one act in a bundle."""

    def __init__(self, folder: str, files: dict[str, bytes]) -> None:
        """Read what every act has: its leaf, and what the leaf committed to."""
        self.folder = folder
        self.files = {
            name[len(folder) + 1 :]: data for name, data in files.items() if name.startswith(f"{folder}/")
        }
        self.leaf = parsed(self.files["leaf.json"])
        self.state = parsed(parsed(self.files["state.json"])["payload"].encode())

    def check(self, keys: dict[str, Key], report: Report) -> None:
        """Check everything that there is."""
        report.say(
            "+", f"запись {self.folder}: {self.leaf['type']}", f"entry {self.folder}: {self.leaf['type']}"
        )
        checks = [self._state, self._evidence, self._text, self._receipt, self._proof, self._pdf]
        checks += [self._signatures] if any(name.endswith(".p7s") for name in self.files) else []
        for check, ru, en in zip(checks, *WORDS, strict=False):
            try:
                found = check(keys)
            except (ValueError, KeyError, IndexError, TypeError, InvalidSignature, struct.error):
                found = False
            if found is None:
                report.say("?", f"нет в пакете, не проверено: {ru}", f"not in the bundle, not checked: {en}")
            else:
                report.hold(ru, en, found)

    def _state(self, _keys: dict[str, Key]) -> bool:
        return bool(stated(self.leaf, self.files["state.json"])["id"] == self.leaf["obj"]["id"])

    def _evidence(self, _keys: dict[str, Key]) -> bool | None:
        if "opening.json" not in self.files:
            return None
        said = parsed(self.files["opening.json"])
        tag = f"registry-slot/v1 {self.leaf['id']} {said['slot']} {self.leaf['type']}"
        told = parsed(said["payload"].encode()).get("text_sha256", self.state["text_sha256"])
        known = (self.leaf["slots"][said["slot"]]["c"], self.state["text_sha256"])
        return (committed(said, tag), told) == known

    def _text(self, _keys: dict[str, Key]) -> bool | None:
        text = self.files.get("text.txt")
        known: str = self.state["text_sha256"]
        return None if text is None else hashlib.sha256(text).hexdigest() == known

    def _receipt(self, keys: dict[str, Key]) -> bool:
        log = self.leaf["log"]
        kind, origin, hashed, _ = keys[f"{log}/receipts"].open(self.files["receipt.txt"].decode())
        known = "registry-receipt/v1", log, leaf_hash(self.files["leaf.json"])
        return (kind, origin, exact(hashed)) == known

    def _proof(self, keys: dict[str, Key]) -> bool | None:
        if "proof.tlog-proof" not in self.files:
            return None
        head, _, note = self.files["proof.tlog-proof"].decode().partition("\n\n")
        kind, index, *steps = head.split("\n")
        origin, size, root = keys[self.leaf["log"]].open(note)[:3]
        number, path = int(index.removeprefix("index ")), [exact(step) for step in steps]
        found = root_from(number, int(size), leaf_hash(self.files["leaf.json"]), path)
        return (kind, origin, found) == ("c2sp.org/tlog-proof@v1", self.leaf["log"], exact(root))

    def _pdf(self, _keys: dict[str, Key]) -> bool | None:
        pdf = self.files.get("sealed.pdf")
        return None if pdf is None else self._beside("sealed", pdf) and sealed(pdf)

    def _signatures(self, _keys: dict[str, Key]) -> bool:
        return all(self._beside(one[:-4], self.files[one]) for one in self.files if one.endswith(".p7s"))

    def _beside(self, name: str, data: bytes) -> bool:
        state = stated(parsed(self.files[f"{name}-leaf.json"]), self.files[f"{name}-state.json"])
        return [state["act_id"], state["sha256"]] == [self.state["id"], hashlib.sha256(data).hexdigest()]


WORDS = (
    (
        "содержание записи – то, о котором сделана отметка в журнале",
        "доказательства подписавшего – те, о которых сделана отметка в журнале",
        "отпечаток текста, который прочитан",
        "подпись под квитанцией и запись, о которой она говорит",
        "запись стоит в журнале под подписанной контрольной точкой",
        "печать PDF: отпечаток файла и подпись под ним",
        "приложенные файлы подписи: их отпечатки в журнале (сами подписи здесь не проверяются)",
    ),
    (
        "what the act says is what the log committed to",
        "the signer's evidence is what the log committed to",
        "digest of the text that was read",
        "signature of the receipt, and the entry that it speaks of",
        "the entry stands in the log under a signed checkpoint",
        "seal of the PDF: digest of the file and the signature over it",
        "attached files of signatures: their digests in the log (the signatures themselves are not checked)",
    ),
)


def der(data: bytes, at: int = 0) -> tuple[int, int, int]:
    """Read the head of one DER value: its tag, where its content begins and where it ends."""
    size, begin = data[at + 1], at + 2
    if size & 128:
        begin += size & 127
        size = int.from_bytes(data[at + 2 : begin])
    if begin + size > len(data):
        raise ValueError
    return data[at], begin, begin + size


def parts(data: bytes) -> list[bytes]:
    """Take the values inside one DER value, each with its head."""
    _, at, end = der(data)
    found = []
    while at < end:
        found.append(data[at : der(data, at)[2]])
        at = der(data, at)[2]
    return found


def sealed(pdf: bytes) -> bool | None:
    """Check the signature inside a PDF over all of its bytes; None where it is of a kind not known here."""
    start, first, second, rest = (int(one) for one in RANGE.findall(pdf)[-1])
    if start or second + rest != len(pdf) or pdf[first : first + 1] + pdf[second - 1 : second] != b"<>":
        return False
    padded = bytes.fromhex(pdf[first + 1 : second - 1].decode())
    cms = padded[: der(padded)[2]]
    if padded[len(cms) :].strip(b"\0"):
        return False
    signer = parts(parts(parts(parts(cms)[1])[0])[-1])[0]
    algorithm, attributes, _, signature = parts(signer)[2:6]
    digest = hashlib.sha256(pdf[:first] + pdf[second:]).digest()
    if SHA256_OID not in algorithm:
        return None
    told = [parts(one)[1] for one in parts(attributes) if one.startswith(DIGEST_OID, der(one)[1])]
    if [parts(one)[0][2:] for one in told] != [digest]:
        return False
    return signed_by_any(cms, parts_content(signature), b"\x31" + attributes[1:])


def parts_content(value: bytes) -> bytes:
    """Give the content of one DER value."""
    _, begin, end = der(value)
    return value[begin:end]


def signed_by_any(cms: bytes, signature: bytes, data: bytes) -> bool | None:
    """Tell whether a certificate inside the signature made it; whose it is, its fingerprint tells."""
    for certificate in pkcs7.load_der_pkcs7_certificates(cms):
        key = certificate.public_key()
        try:
            if isinstance(key, ec.EllipticCurvePublicKey):
                key.verify(signature, data, ec.ECDSA(SHA256()))
            elif isinstance(key, rsa.RSAPublicKey):
                key.verify(signature, data, padding.PKCS1v15(), SHA256())
            else:
                return None
        except (InvalidSignature, UnsupportedAlgorithm):
            continue
        return True
    return False


def check(data: bytes, given: list[str], report: Report) -> None:
    """Check a whole bundle and note what was found."""
    files = unpack(data)
    manifest, keys = parsed(files["manifest.json"]), keys_of(given, files, report)
    listed = {name: hashlib.sha256(one).hexdigest() for name, one in files.items() if name not in UNLISTED}
    report.hold(
        "отпечатки всех файлов пакета", "digests of all files of the bundle", manifest["files"] == listed
    )
    folders = sorted({name.rpartition("/")[0] for name in listed if name.startswith("acts/")})
    acts = [Act(folder, files) for folder in folders]
    log = acts[-1].leaf["log"]
    signed = [KIND, log, hashlib.sha256(files["manifest.json"]).hexdigest()]
    found = keys[f"{log}/receipts"].open(files[SIGNED].decode()) == signed
    report.hold("подпись реестра под описью пакета", "the registry's signature over the manifest", found)
    under = {act.state["agreement_act_id"] for act in acts}
    own = [act for act in acts if act.state["consent_id"] == manifest["consent"]]
    rest = [act for act in acts if act not in own and act.state["id"] not in under]
    report.hold("все записи – об одном согласии", "all entries are about one consent", own and not rest)
    for act in acts:
        act.check(keys, report)
    report.say(
        "?",
        "кто стоял за сеансом, чей сертификат у печати и что стало с согласием позже, пакет не доказывает",
        "who sat there, whose certificate sealed, and what became of the consent later, no bundle proves",
    )


def main(arguments: list[str]) -> int:
    """Check one bundle and tell about it."""
    said = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    said.add_argument("bundle", type=Path)
    said.add_argument("--checkpoint-key", action="append", default=[])
    said.add_argument("--receipt-key", action="append", default=[])
    said.add_argument("--language", choices=["ru", "en"], default="ru")
    options, report = said.parse_args(arguments), Report()
    try:
        check(options.bundle.read_bytes(), options.checkpoint_key + options.receipt_key, report)
    except Broken as broken:
        report.say("!", *broken.args)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is no bundle that holds
        report.say(
            "!", "пакет не читается: в нём не то, что в него кладёт реестр", "no bundle of the registry"
        )
    for sign, *words in report.found:
        sys.stdout.write(f"{sign} {words[options.language == 'en']}\n")
    end = (
        ("Всё, что можно проверить, сходится.", "All that can be checked holds."),
        ("НЕ СХОДИТСЯ.", "BROKEN."),
    )
    sys.stdout.write(end[not report.holds][options.language == "en"] + "\n")
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
