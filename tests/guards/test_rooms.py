"""What import-linter cannot say: which files may know which libraries, and what a rule may know."""

import sys

import pytest

from tests.guards.source import Module, modules

DOORS = {"pages", "api"}
ONLY_IN = {
    "reportlab": ("registry/documents/",),
    "segno": ("registry/documents/",),
    "pyhanko": ("registry/documents/pades/",),
    "pyhanko_certvalidator": ("registry/documents/pades/",),
    "asn1crypto": ("registry/documents/pades/", "registry/documents/cms/", "registry/sandbox/"),
    "pikepdf": ("registry/documents/scans/child/",),
    "pypdfium2": ("registry/documents/stacks/child/",),
    "zxingcpp": ("registry/documents/stacks/child/",),
    "PIL": ("registry/documents/stacks/child/",),
    "gnupg": ("registry/sealing/",),
    "rq": ("registry/jobs/", "registry/storage/redis_doorbell"),
    "redis": ("registry/jobs/", "registry/storage/redis_doorbell"),
}
WEB = {"flask", "flask_smorest", "flask_wtf", "flask_babel", "werkzeug"}
WEB_PLACES = ("registry/web/", "registry/sandbox/", "registry/app")


def libraries(module: Module) -> set[str]:
    """Give the top names of what the module imports."""
    return {name.partition(".")[0] for name in module.imports}


def is_door(module: Module) -> bool:
    """Tell whether people and machines come in here."""
    return module.place in DOORS or module.path.startswith(WEB_PLACES)


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_stays_in_its_room(library: str) -> None:
    users = [module.path for module in modules() if library in libraries(module)]
    assert not [path for path in users if not path.startswith(ONLY_IN[library])]


def test_only_doors_know_the_web() -> None:
    assert not [module.path for module in modules() if libraries(module) & WEB and not is_door(module)]


def test_doors_and_use_cases_write_no_sql() -> None:
    """Queries stand in `models`; a door that selects by itself would pass by the tenant's key."""
    places = DOORS | {"schemas"}
    assert not [m.path for m in modules() if m.place in places and "sqlalchemy" in libraries(m)]


def test_a_rule_imports_the_standard_library_errors_and_other_rules() -> None:
    strange = {
        f"{module.path} imports {name}"
        for module in modules()
        if module.place == "rules"
        for name in module.imports
        if not is_plain(name)
    }
    assert not strange


def is_plain(name: str) -> bool:
    if name.partition(".")[0] in sys.stdlib_module_names or name == "registry.errors":
        return True
    parts = name.split(".")
    return parts[0] == "registry" and "rules" in parts


def test_tables_stand_where_migrations_look_for_them() -> None:
    strays = [
        module.path
        for module in modules()
        if any(getattr(call.func, "id", "") == "Table" for call in module.calls)
        and module.place != "models"
        and not module.path.startswith("registry/storage/")
        and "sqlalchemy" in libraries(module)
    ]
    assert not strays
