"""Taking part costs nothing: the registry has no place for payment data and asks for none."""

import re

import pytest

from registry.programmes.rules import Role
from registry.programmes.shipped import shipped_definitions
from registry.storage.every_table import import_tables
from registry.storage.schema import metadata

OF_PAYMENTS = {
    "pay",
    "payment",
    "payments",
    "bank",
    "iban",
    "price",
    "invoice",
    "fee",
    "cost",
    "amount",
    "currency",
}


def about_payments(name: str) -> bool:
    """Tell whether one of a name's words speaks of money."""
    return bool(OF_PAYMENTS & set(re.split(r"[._]", name)))


@pytest.mark.proves("S1-20")
def test_no_table_has_a_place_for_payment_data() -> None:
    import_tables()
    names = {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns}
    assert names
    assert not [name for name in names if about_payments(name)]


@pytest.mark.proves("S1-20")
def test_no_programme_asks_for_payment_data() -> None:
    asked = [
        field.name
        for shipped in shipped_definitions()
        for role in Role
        for field in shipped.parse().fields.of(role)
    ]
    assert asked
    assert not [name for name in asked if about_payments(name)]
