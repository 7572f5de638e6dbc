"""The stored versions that cases run on or begin with: whether all that they ask for is still there."""

from collections.abc import Collection

from sqlalchemy import Connection

from registry.errors import N_, SettingsError
from registry.workflows import models
from registry.workflows.definition import Known, check


def check_in_use(connection: Connection, begun: Collection[str], known: Known) -> None:
    """Check the stored versions that are needed.

    Args:
        connection: of an open transaction.
        begun: ids of the definitions whose cases still begin.
        known: the names that rooms own.

    Raises:
        SettingsError: one is broken; the words name it, and for each fault the line, key and reason.
    """
    for (name, number), text in models.texts_in_use(connection, begun).items():
        findings = check(text, known).findings
        if findings:
            raise SettingsError(
                N_(
                    "Версия %(version)s процесса «%(definition)s» в базе данных неверна. %(findings)s."
                    " Вернитесь к прежнему выпуску реестра, опубликуйте в нём верную версию, переведите на"
                    " неё дела (workflows migrate) и обновите снова."
                ),
                code="broken-definition",
                version=number,
                definition=name,
                findings="; ".join(one.words() for one in findings),
            )
