"""Names that are held as strings have owners, and what only one place may do is done there."""

import ast
import importlib
from collections.abc import Iterator

from registry.app import load_names
from registry.errors import RegistryError
from registry.jobs.names import known_names
from registry.trail.entries import EntryType
from registry.web.errors import STATUSES
from registry.workflows.definition.loading import load
from registry.workflows.names import NAMES
from registry.workflows.versions import shipped
from tests.guards.source import Module, dotted, modules

GATE = "registry/consents/gate.py"
BY_DEFINITION = {
    "registry/workflows/moving.py": "a definition's jobs; their names are checked when it is loaded",
}


def dotted_path(module: Module) -> str:
    """Write a module as it is imported."""
    return module.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def promised(module: Module) -> Iterator[str]:
    """Give the names of the jobs that a module promises: a literal, or a constant of it."""
    for call in module.calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "later" and call.args:
            name = call.args[0]
            if isinstance(name, ast.Constant):
                yield str(name.value)
            else:
                yield str(getattr(importlib.import_module(dotted_path(module)), dotted(name)))


def every_error(of: type[RegistryError] = RegistryError) -> Iterator[type[RegistryError]]:
    for kind in of.__subclasses__():
        yield kind
        yield from every_error(kind)


def test_every_promised_job_has_an_owner() -> None:
    load_names()
    asked = {
        name: module.path
        for module in modules()
        if module.path not in BY_DEFINITION
        for name in promised(module)
    }
    assert asked
    assert not {name: path for name, path in asked.items() if name not in known_names()}


def test_every_name_in_a_shipped_definition_has_an_owner() -> None:
    load_names()
    assert shipped()
    for file, text in shipped().items():
        load(text, file, NAMES.known())


def test_every_error_has_a_status() -> None:
    for module in modules():
        if "RegistryError" in module.text or "Error)" in module.text:
            importlib.import_module(dotted_path(module))
    assert not [kind.__name__ for kind in every_error() if not set(kind.__mro__) & set(STATUSES)]


def test_every_named_entry_of_the_trail_is_on_its_list() -> None:
    named = {
        (module.path, node.attr)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and dotted(node.value).endswith("EntryType")
    }
    assert named
    assert not {(path, name) for path, name in named if name not in EntryType.__members__}


def test_only_the_gate_clears_a_message() -> None:
    """A transport takes nothing but a cleared message, so whatever leaves was decided once more."""
    makers = {
        module.path
        for module in modules()
        for call in module.calls
        if dotted(call.func).rpartition(".")[2] in {"Cleared", "ClearedDocuments", "take_gate_pass"}
    }
    assert makers == {GATE}
    told = {module.path for module in modules() if "_PASS" in names_of(module)}
    assert told == {GATE, "registry/transports/cleared.py"}


def test_whatever_gives_to_a_third_party_takes_a_cleared_message() -> None:
    """By type: ways out and exports, in the rooms that serve others; nobody else opens a sealed message."""
    giving = {"send", "export", "hand_over", "give", "load"}
    given = [
        (module.path, node)
        for module in modules()
        if module.path.split("/")[1] in {"transports", "exchange"}
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef) and node.name.partition("_")[0] in giving | {"hand"}
    ]
    assert {path for path, _ in given} >= {"registry/transports/https.py", "registry/transports/sealed.py"}
    for path, node in given:
        told = {ast.unparse(one.annotation) for one in node.args.args if one.annotation}
        assert "Cleared" in told, f"{path}: {node.name} takes no cleared message"


def test_an_export_of_documents_takes_what_the_gate_cleared() -> None:
    """By type: whoever puts a document into an export's file was let by the gate, or its line is left out."""
    given = [
        node
        for module in modules()
        if module.path.startswith("registry/proofs/exports/")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("export_doc")
    ]
    assert given
    for node in given:
        told = {ast.unparse(one.annotation) for one in node.args.args if one.annotation}
        assert "ClearedDocuments" in told


def test_a_sealed_message_is_opened_for_others_by_what_the_gate_cleared() -> None:
    """Whoever reads the stored message itself is named with his reason; all others go through `load`."""
    allowed = {
        "registry/submissions/evidence.py": "holds its digest against the one that was signed off",
    }
    readers = {
        module.path
        for module in modules()
        for call in module.calls
        if dotted(call.func).endswith("files.get") and "message_file" in ast.unparse(call)
    }
    assert readers == set(allowed)


def names_of(module: Module) -> set[str]:
    """Give every name and attribute that a module speaks of."""
    found = {node.id for node in ast.walk(module.tree) if isinstance(node, ast.Name)}
    return found | {node.attr for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)}
