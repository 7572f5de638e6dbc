"""Invented people by whom a draft is shown as a signer will see it."""

from datetime import date
from typing import Final

from registry.programmes.facts import Facts, Occasion, Operator, Signer, Subject
from registry.programmes.rules import Means

SAMPLE: Final = Facts(
    signer=Signer(
        full_name="Примерова Мария Ивановна",
        birth_date=date(1980, 5, 1),
        address="680000, г. Примерск, ул. Первая, д. 1, кв. 1",
        identity_document="паспорт 0000 № 000000, 01.02.2003, отдел по вопросам миграции",
        authority_document="свидетельство о рождении I-АА № 000000, 01.06.2005, отдел ЗАГС",
        relation="мать",
        channels="+7 900 000-00-00",
    ),
    operator=Operator(
        "Школа-пример", "680000, г. Примерск, ул. Школьная, д. 2", "0000000000", "school@example.ru"
    ),
    occasion=Occasion(date(2020, 11, 2), Means.CODE, "https://registry.example"),
    student=Subject(
        "Примеров Иван Петрович",
        date(2005, 5, 20),
        "680000, г. Примерск, ул. Первая, д. 1, кв. 1",
        "паспорт 0000 № 000001, 01.06.2019, отдел по вопросам миграции",
        "9А",
    ),
)
