"""The decision about a signature, from the machine-readable status lines of one gpg run.

A library's "valid" is no decision: it is true for any key in the ring, for two signatures in a row,
for a time in the future and for foreign text around the signed part. Here every line must be one
that an honest run prints, the ones that matter must stand there exactly once, and the fingerprint
and time must be the expected ones.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from registry.errors import N_, TamperedError, UnavailableError
from registry.sealing.sealer import FUTURE, Expected, Signed

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One ``[GNUPG:]`` line: its keyword and the words after it."""

    keyword: str
    words: tuple[str, ...]


Transcript = Sequence[StatusLine]

_ONCE = ("NEWSIG", "SIG_ID", "GOODSIG", "VALIDSIG")
_ONCE_OPENED = ("ENC_TO", "BEGIN_DECRYPTION", "DECRYPTION_INFO", "PLAINTEXT", "DECRYPTION_OKAY", "GOODMDC")
_HARMLESS = frozenset(
    {
        "KEY_CONSIDERED",
        "TRUST_UNDEFINED",
        "TRUST_NEVER",
        "TRUST_MARGINAL",
        "TRUST_FULLY",
        "TRUST_ULTIMATE",
        "VERIFICATION_COMPLIANCE_MODE",
        "PROGRESS",
        "NOTATION_NAME",
        "NOTATION_FLAGS",
        "NOTATION_DATA",
    }
)
_HARMLESS_OPENED = _HARMLESS | {
    "DECRYPTION_KEY",
    "PLAINTEXT_LENGTH",
    "END_DECRYPTION",
    "DECRYPTION_COMPLIANCE_MODE",
    "INQUIRE_MAXLEN",
    "USERID_HINT",
    "NEED_PASSPHRASE",
    "GOOD_PASSPHRASE",
}
_REASONS = {
    "EXPKEYSIG": ("key-expired", N_("Подпись не принята: срок действия ключа подписавшего истёк.")),
    "KEYEXPIRED": ("key-expired", N_("Подпись не принята: срок действия ключа подписавшего истёк.")),
    "REVKEYSIG": ("key-revoked", N_("Подпись не принята: ключ подписавшего отозван.")),
    "KEYREVOKED": ("key-revoked", N_("Подпись не принята: ключ подписавшего отозван.")),
    "EXPSIG": ("signature-expired", N_("Подпись не принята: срок её действия истёк.")),
    "SIGEXPIRED": ("signature-expired", N_("Подпись не принята: срок её действия истёк.")),
    "NO_PUBKEY": ("signature-foreign", N_("Подпись не принята: подписано не тем ключом, который ожидался.")),
    "BADSIG": ("signature-bad", N_("Подпись не принята: содержимое изменено после подписания.")),
}
_SHA2 = frozenset({"8", "9", "10"})
_BINARY = "00"
_VALIDSIG_WORDS = 10
_BAD_PASSPHRASE = 11
"""GPG_ERR_BAD_PASSPHRASE of libgpg-error."""


def judge_detached(lines: Transcript, expected: Expected) -> Signed:
    """Decide on the run that checked a detached signature.

    Raises:
        TamperedError: anything but one good signature of the expected key in the expected time.
    """
    _refuse_named(lines)
    _demand(lines, _ONCE, _HARMLESS)
    return _judge(lines, expected)


def judge_opened(lines: Transcript, expected: Expected) -> Signed:
    """Decide on the run that decrypted a message and checked the signature in it.

    Raises:
        TamperedError: as above, and where decryption or its integrity check did not succeed.
    """
    _refuse_named(lines)
    _demand(lines, (*_ONCE, *_ONCE_OPENED), _HARMLESS_OPENED)
    return _judge(lines, expected)


def demand_own_key_worked(lines: Transcript) -> None:
    """Tell our own trouble apart from the sender's before the message is judged.

    Raises:
        TamperedError: the message is for somebody else.
        UnavailableError: the own key does not open.
    """
    if any(line.keyword == "NO_SECKEY" for line in lines):
        raise TamperedError(N_("Сообщение зашифровано не для нас."), code="message-foreign")
    if any(line.keyword == "ERROR" and _is_bad_passphrase(line.words) for line in lines):
        log.error("sealing.own_key_locked")
        raise UnavailableError(
            N_("Свой ключ не открывается: проверьте файл с паролем. Сообщение не потеряно.")
        )


def _is_bad_passphrase(words: tuple[str, ...]) -> bool:
    """Read gpg's error number, whose lower 16 bits are the code; a name may follow it."""
    number = words[1].partition("_")[0] if len(words) > 1 else ""
    return words[0] == "pkdecrypt_failed" and number.isdecimal() and int(number) & 0xFFFF == _BAD_PASSPHRASE


def _refuse_named(lines: Transcript) -> None:
    for line in lines:
        if line.keyword in _REASONS:
            code, text = _REASONS[line.keyword]
            raise TamperedError(text, code=code)


def _demand(lines: Transcript, once: tuple[str, ...], harmless: frozenset[str]) -> None:
    """Refuse unknown keywords, and known ones that are missing or come twice."""
    seen = [line.keyword for line in lines]
    if any(keyword not in once and keyword not in harmless for keyword in seen) or any(
        seen.count(keyword) != 1 for keyword in once
    ):
        raise TamperedError(
            N_("Подпись не принята: нужно ровно одно целое сообщение с ровно одной подписью."),
            code="signature-count",
        )


def _judge(lines: Transcript, expected: Expected) -> Signed:
    words = next(line.words for line in lines if line.keyword == "VALIDSIG")
    if len(words) < _VALIDSIG_WORDS or words[9] not in expected.fingerprints:
        raise TamperedError(
            N_("Подпись не принята: подписано не тем ключом, который ожидался."), code="signature-foreign"
        )
    if words[7] not in _SHA2 or words[8] != _BINARY:
        raise TamperedError(
            N_("Подпись не принята: она сделана слабым или неподходящим способом."), code="signature-weak"
        )
    signed = Signed(signer=words[9], signed_at=_in_time(words[2], expected))
    _demand_in_its_time(signed, expected)
    return signed


def _demand_in_its_time(signed: Signed, expected: Expected) -> None:
    """Refuse a key that counts no more, or did not count any more when it signed."""
    if signed.signer in expected.barred:
        code, text = _REASONS["REVKEYSIG"]
        raise TamperedError(text, code=code)
    ends = [one.until for one in expected.earlier if one.fingerprint == signed.signer]
    if ends and signed.signed_at > max(ends):
        raise TamperedError(
            N_("Подпись не принята: этот ключ был уже заменён, когда она сделана."), code="key-retired"
        )


def _in_time(seconds: str, expected: Expected) -> datetime:
    if not seconds.isdecimal():
        raise TamperedError(N_("Подпись не принята: её время не читается."), code="signature-time")
    signed_at = datetime.fromtimestamp(int(seconds), UTC)
    if not expected.now - expected.max_age <= signed_at <= expected.now + FUTURE:
        raise TamperedError(
            N_("Подпись не принята: её время вне допустимого срока. Проверьте часы и запросите новую."),
            code="signature-time",
        )
    return signed_at
