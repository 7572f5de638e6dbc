"""Who must decide: the dated signer rules of a definition."""

from registry.errors import N_
from registry.programmes.reader import Reader
from registry.programmes.rules import Quorum, Role, SignerRule, Signers


def read_signer_rules(top: Reader) -> tuple[SignerRule, ...]:
    """Read the rules in the order of their days."""
    rules: list[SignerRule] = []
    for table in top.tables("signer_rule"):
        since = table.day("from")
        if rules and since <= rules[-1].since:
            table.refuse("from", N_("%(file)s: ключ «%(key)s»: даты идут назад или повторяются."))
        bands = [_signers(table, band) for band in ("under_14", "from_14", "from_18")]
        rules.append(SignerRule(since, *bands))
        _check_bands(table, rules[-1])
        table.close()
    if not rules:
        top.refuse("signer_rule", N_("%(file)s: ключа «%(key)s» нет, а он нужен."))
    return tuple(rules)


def _signers(table: Reader, key: str) -> Signers:
    parts = [part.strip() for part in table.text(key).split(" and ")]
    student = parts[-1] == Role.STUDENT
    quorum = parts[: -1 if student else None]
    if len(quorum) > 1:
        table.refuse(key, N_("%(file)s: ключ «%(key)s»: правило о решающих не читается."))
    return Signers(table.chosen(key, quorum[0], Quorum) if quorum else None, student)


def _check_bands(table: Reader, rule: SignerRule) -> None:
    if rule.under_14.student:
        table.refuse("under_14", N_("%(file)s: ключ «%(key)s»: до 14 лет решают только представители."))
    if rule.from_18 != Signers(None, student=True):
        table.refuse("from_18", N_("%(file)s: ключ «%(key)s»: с 18 лет решает только сам обучающийся."))
