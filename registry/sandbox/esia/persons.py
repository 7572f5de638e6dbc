"""The people of the sandbox's ESIA, all invented; some stand in samples/school-17.xlsx, to be tried."""

from dataclasses import dataclass
from typing import Final

PASSWORD: Final = "esia"  # noqa: S105 - public, of invented people
VERIFIED, NOT_VERIFIED = "VERIFIED", "NOT_VERIFIED"


@dataclass(frozen=True, slots=True)
class Kid:
    """A child on a parent's list."""

    last_name: str
    first_name: str
    middle_name: str
    birth_date: str
    snils: str


@dataclass(frozen=True, slots=True)
class Person:
    """An account.

    Attributes:
        level: PR confirmed, P not confirmed, KD a child's. about: why it is here, for who tries it.
        phone, email: value and state. changing_to: a new e-mail address that still waits for its code.
    """

    oid: int
    login: str
    about: str
    last_name: str
    first_name: str
    middle_name: str | None
    birth_date: str
    snils: str | None
    phone: tuple[str, str] | None = None
    email: tuple[str, str] | None = None
    changing_to: str | None = None
    level: str = "PR"
    gender: str = "F"
    citizenship: str = "RUS"
    document: tuple[str, str, str] = ("RF_PASSPORT", "0804", "123456")
    deleted: bool = False
    kids: tuple[Kid, ...] = ()

    @property
    def trusted(self) -> bool:
        """Whether the account is confirmed."""
        return self.level == "PR"


def _ok(value: str) -> tuple[str, str]:
    return value, VERIFIED


PERSONS: Final = (
    Person(
        1000000001,
        "trifonova",
        "родитель двоих, всё совпадает (1А и 1Б)",
        "Трифонова",
        "Таисия",
        "Николаевна",
        "16.03.1972",
        "115-502-800 13",
        _ok("+7(906)3152723"),
        _ok("trifonova.t1968@example.org"),
        kids=(
            Kid("Трифонов", "Степан", "Владиславович", "06.05.2012", "003-908-261 25"),
            Kid("Черкасова", "Анна", "Елисеевна", "30.05.2013", "062-084-538 46"),
        ),
    ),
    Person(
        1000000002,
        "nikiforov",
        "ученик 15 лет (9Б)",
        "Никифоров",
        "Данил",
        "Никитич",
        "19.04.2005",
        "086-287-341 02",
        _ok("+7(927)5686315"),
        _ok("nikiforov.d8155@example.org"),
        gender="M",
    ),
    Person(
        1000000003,
        "zaytseva",
        "детская учётная запись (1А)",
        "Зайцева",
        "Надежда",
        "Тимофеевна",
        "26.07.2013",
        "017-558-880 83",
        level="KD",
    ),
    Person(
        1000000004,
        "galkina",
        "не подтверждена (родитель 1А и 2А)",
        "Галкина",
        "Алиса",
        "Георгьевна",
        "20.09.1976",
        "136-274-218 53",
        _ok("+7(914)1242132"),
        level="P",
    ),
    Person(
        1000000005,
        "klimova",
        "без отчества (родитель 9Б)",
        "Климова",
        "Милана",
        None,
        "03.12.1967",
        "048-070-917 58",
        _ok("+7(902)9888338"),
        _ok("klimova.m90@example.org"),
    ),
    Person(
        1000000006,
        "ulyanova",
        "без почты (родитель троих, 1А, 2Б, 4В)",
        "Ульянова",
        "Мирослава",
        "Захаровна",
        "26.06.1980",
        "152-315-442 27",
        _ok("+7(901)2609928"),
        kids=(Kid("Ульянова", "Камила", "Михаиловна", "20.09.2012", "166-473-232 83"),),
    ),
    Person(
        1000000007,
        "zaytseva-k",
        "телефон не подтверждён (родитель 1А и 1В)",
        "Зайцева",
        "Ксения",
        "Вадимовна",
        "05.07.1976",
        "006-037-879 31",
        ("+7(921)9642779", NOT_VERIFIED),
        _ok("zaytseva.k7444@example.org"),
    ),
    Person(
        1000000008,
        "nikiforova",
        "меняет почту (родитель 9Б)",
        "Никифорова",
        "Альбина",
        "Степановна",
        "05.09.1963",
        "010-345-286 94",
        _ok("+7(902)8869175"),
        _ok("nikiforova.a7802@example.org"),
        changing_to="nikiforova.new@example.org",
    ),
    Person(
        1000000009,
        "davydova",
        "другая фамилия и почта, чем в школе (родитель 1А и 1В)",
        "Давыдова-Орлова",
        "Милана",
        "Вячеславовна",
        "22.04.1974",
        "131-091-738 23",
        _ok("+7(924)2584699"),
        _ok("orlova.m@example.org"),
        kids=(Kid("Давыдова", "Вероника", "Руслановна", "14.05.2013", "179-523-649 13"),),
    ),
    Person(
        1000000010,
        "li",
        "иностранная гражданка",
        "Ли",
        "Мэй",
        None,
        "01.02.1985",
        "112-233-445 95",
        _ok("+7(914)0000010"),
        citizenship="CHN",
        document=("FID_DOC", "E", "12345678"),
    ),
    Person(
        1000000011,
        "deleted",
        "удалённая учётная запись",
        "Абрамова",
        "Милена",
        "Георгьевна",
        "14.06.1964",
        "069-331-164 66",
        deleted=True,
    ),
    Person(
        1000000012,
        "semyonov",
        "ё, дефис и твёрдый знак; СНИЛС без проверки",
        "Съёмщиков-Подъячев",
        "Сергейъ",
        "Артёмович",
        "11.11.1979",
        "000-000-600 06",
        _ok("+7(914)0000012"),
        gender="M",
    ),
    Person(
        1000000013,
        "ivanov-1",
        "тёзка, родился в тот же день",
        "Иванов",
        "Иван",
        "Иванович",
        "01.01.1980",
        "000-000-700 07",
        _ok("+7(914)0000013"),
        gender="M",
    ),
    Person(
        1000000014,
        "ivanov-2",
        "тёзка, родился в тот же день",
        "Иванов",
        "Иван",
        "Иванович",
        "01.01.1980",
        "000-000-800 08",
        _ok("+7(914)0000014"),
        gender="M",
    ),
)
