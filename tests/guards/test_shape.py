"""A function fits on a screen, a file on a few; each says what it is for and is named for its subject."""

import ast

from tests.guards.source import ROOT, Function, Module, modules

LONGEST_FUNCTION = 40
LONGEST_FILE = 250
STANDS_ALONE = {"registry/proofs/check_bundle.py": 400}
"""What is one file by its purpose: an auditor reads and runs it without any other of ours."""
NAMES_FOR_ANYTHING = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc"}


def public_functions(module: Module) -> list[Function]:
    """Give the functions, and the methods of public classes, that others may call."""
    classes = [node for node in module.tree.body if isinstance(node, ast.ClassDef) and node.name[0] != "_"]
    bodies = [module.tree.body, *(one.body for one in classes)]
    return [
        node
        for body in bodies
        for node in body
        if isinstance(node, Function) and not node.name.startswith("_")
    ]


def test_a_function_fits_on_one_screen() -> None:
    long = [
        f"{module.path}:{function.lineno} {function.name}"
        for module in modules()
        for function in module.functions
        if (function.end_lineno or 0) - function.lineno + 1 > LONGEST_FUNCTION
    ]
    assert not long


def test_a_file_fits_on_a_few_screens() -> None:
    longest = {module.path: STANDS_ALONE.get(module.path, LONGEST_FILE) for module in modules()}
    assert not [one.path for one in modules() if len(one.text.splitlines()) > longest[one.path]]


def test_modules_and_public_functions_say_what_they_are_for() -> None:
    silent = [module.path for module in modules() if not ast.get_docstring(module.tree)]
    silent += [
        f"{module.path}:{function.lineno} {function.name}"
        for module in modules()
        for function in public_functions(module)
        if not ast.get_docstring(function)
    ]
    assert not silent


def test_no_module_is_named_for_anything_and_nothing() -> None:
    paths = [path.relative_to(ROOT) for path in (ROOT / "registry").rglob("*.py")]
    assert not [
        path for path in paths if NAMES_FOR_ANYTHING & {part.removesuffix(".py") for part in path.parts}
    ]
