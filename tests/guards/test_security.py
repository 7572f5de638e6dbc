"""What no line of the registry does: the dangerous things that a reader would otherwise have to look for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from registry.storage.every_table import import_tables
from registry.storage.schema import metadata
from tests.guards.source import ROOT, Module, dotted, modules

SHELLS = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"}
RUNS_TEXT = {"eval", "exec", "compile", "__import__", "render_template_string"}
RUNS_BYTES = {"pickle", "marshal", "shelve", "dill", "yaml", "code", "codeop"}
PUT_TOGETHER = {
    "registry/storage/grants.py": "rights are given to quoted names of roles and tables, by who sets up",
    "registry/storage/migrate.py": "a number of ours",
    "registry/storage/policies.py": "rules of ours for tables of ours, while migrating",
    "registry/storage/reach.py": "keywords of ours, and ids that are UUIDs by their type",
    "registry/trail/fence.py": "triggers of tables of ours, while migrating",
}
"""Where a statement is put together, and why nobody's words get into it."""
ABOUT_CHANCE = {
    "registry/jobs/retries.py": "a pause, which nobody gains by guessing",
    "registry/sandbox/demo/plan.py": "invented people",
    "registry/sandbox/sample/families.py": "invented people",
    "registry/sandbox/sample/numbers.py": "invented people",
}
SECRET = re.compile(r"(?:^|_)(?:code_hash|token|password|passphrase|csrf|secret)$")
DIGESTS = {"sha256", "sha384", "sha512", "file_digest"}
CIPHERS = {"cryptography.hazmat.primitives.ciphers.aead"}
QUESTIONS = re.compile(r"hint|question|secret_answer")


def findings(modules_: tuple[Module, ...], found: str) -> set[str]:
    return {f"{module.path}:{line}" for module in modules_ for line in globals()[found](module)}


def is_plain(node: ast.expr) -> bool:
    """Tell whether a text stands in the source as it is: no value is put into it."""
    if isinstance(node, ast.JoinedStr):
        values = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        return all(isinstance(one, ast.Call) and dotted(one.func) == "re.escape" for one in values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add) and is_plain(node.left) and is_plain(node.right)
    return isinstance(node, ast.Constant)


def put_together(module: Module) -> Iterator[int]:
    """Find statements of SQL that are made of values."""
    if module.path in PUT_TOGETHER:
        return
    for call in module.calls:
        name = dotted(call.func)
        driver = name.endswith("exec_driver_sql")
        words = name in {"text", "sqlalchemy.text"} and "sqlalchemy" in module.text
        if (driver or words) and call.args and not is_plain(call.args[0]):
            yield call.lineno


def through_a_shell(module: Module) -> Iterator[int]:
    """Find programs that a shell starts."""
    for call in module.calls:
        shell = any(
            keyword.arg == "shell"
            and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
            for keyword in call.keywords
        )
        if shell or dotted(call.func) in SHELLS:
            yield call.lineno


def runs_a_text(module: Module) -> Iterator[int]:
    """Find calls that run what was a text, and libraries that make objects of bytes."""
    for call in module.calls:
        if dotted(call.func) in RUNS_TEXT:
            yield call.lineno
    for name in module.imports:
        if name.partition(".")[0] in RUNS_BYTES:
            yield 1


def makes_a_template(module: Module) -> Iterator[int]:
    """Find templates that do not come from a file of ours."""
    for call in module.calls:
        name = dotted(call.func).rpartition(".")[2]
        if name in {"from_string", "render_template_string"}:
            yield call.lineno


def pattern_of_a_value(module: Module) -> Iterator[int]:
    """Find patterns that are made while a function runs."""
    for function in module.functions:
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            owner, _, name = dotted(call.func).rpartition(".")
            if owner == "re" and name != "escape" and call.args and not is_plain(call.args[0]):
                yield call.lineno


def by_chance(module: Module) -> Iterator[int]:
    """Find uses of the randomness that can be guessed."""
    if module.path not in ABOUT_CHANCE and "random" in set(module.imports):
        yield 1


def compared_step_by_step(module: Module) -> Iterator[int]:
    """Find comparisons of secrets that end at the first difference; a database's own do not count."""
    asked = {one for call in module.calls if is_condition(call) for one in call.args}
    for node in ast.walk(module.tree):
        if (
            node in asked
            or not isinstance(node, ast.Compare)
            or not isinstance(node.ops[0], ast.Eq | ast.NotEq)
        ):
            continue
        names = [dotted(side) for side in (node.left, *node.comparators)]
        if any(SECRET.search(name) and ".c." not in name for name in names):
            yield node.lineno


def is_condition(call: ast.Call) -> bool:
    """Tell whether a call makes a condition of a statement."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func)
    return name in {"where", "and_", "or_"}


def strange_digest(module: Module) -> Iterator[int]:
    """Find digests of another family."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and dotted(node.value) == "hashlib" and node.attr not in DIGESTS:
            yield node.lineno
        is_hmac = isinstance(node, ast.Call) and dotted(node.func) in {"hmac.digest", "hmac.new"}
        if is_hmac and not (isinstance(node.args[-1], ast.Constant) and node.args[-1].value == "sha256"):
            yield node.lineno


def in_debug_mode(module: Module) -> Iterator[int]:
    """Find what would show the inside of a process."""
    for call in module.calls:
        if any(keyword.arg in {"debug", "use_debugger", "use_reloader"} for keyword in call.keywords):
            yield call.lineno


def templates() -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / "registry").rglob("*.html")):
        yield path, path.read_text()


def test_no_statement_is_put_together_from_values() -> None:
    assert findings(modules(), "put_together") == set()


def test_no_program_is_started_through_a_shell() -> None:
    assert findings(modules(), "through_a_shell") == set()


def test_nothing_is_run_that_was_a_text() -> None:
    assert findings(modules(), "runs_a_text") == set()


def test_no_template_is_made_of_a_text() -> None:
    assert findings(modules(), "makes_a_template") == set()


def test_no_pattern_is_made_of_what_somebody_typed() -> None:
    assert findings(modules(), "pattern_of_a_value") == set()


def test_what_is_secret_is_drawn_from_the_systems_randomness() -> None:
    assert findings(modules(), "by_chance") == set()
    assert {path for path in ABOUT_CHANCE if not (ROOT / path).is_file()} == set()


def test_secrets_are_compared_in_constant_time() -> None:
    assert findings(modules(), "compared_step_by_step") == set()


def test_the_only_digests_are_of_the_sha_2_family() -> None:
    assert findings(modules(), "strange_digest") == set()


def test_the_only_cipher_is_aes_in_galois_counter_mode() -> None:
    """Signatures are Ed25519, passphrases go through scrypt; nothing else of the library is used."""
    ciphers = {name for module in modules() for name in module.imports if ".ciphers" in name}
    assert ciphers == CIPHERS
    named = {
        alias.name
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module in CIPHERS
        for alias in node.names
    }
    assert named == {"AESGCM"}


def test_nothing_runs_in_debug_mode() -> None:
    assert findings(modules(), "in_debug_mode") == set()


def test_the_guards_see_what_they_look_for() -> None:
    bad = Module("registry/x.py", BAD, ast.parse(BAD))
    for name in LOOKED_FOR:
        assert list(globals()[name](bad)), name


LOOKED_FOR = (
    *("put_together", "through_a_shell", "runs_a_text", "makes_a_template", "pattern_of_a_value"),
    *("by_chance", "compared_step_by_step", "strange_digest", "in_debug_mode"),
)
BAD = """
import hashlib, random, re, subprocess, pickle
from sqlalchemy import text
def f(c, typed, code_hash):
    c.execute(text(f"SELECT {typed}"))
    subprocess.run("ls", shell=True)
    eval(typed)
    env.from_string(typed)
    re.match(typed, "x")
    hashlib.md5(b"")
    app.run(debug=True)
    return code_hash == typed
"""


def test_no_template_puts_a_value_into_a_script() -> None:
    """A script of a page is a text of ours; what a page says goes into its elements."""
    for path, said in templates():
        for inside in re.findall(r"<script[^>]*>(.*?)</script>", said, re.DOTALL):
            values = set(re.findall(r"\{\{(.*?)\}\}", inside))
            assert all(value.strip().startswith("asset_url(") for value in values), path
        assert "|safe" not in said.replace(" ", ""), path
        assert not re.search(r"\son[a-z]+=|javascript:", said), path


def test_no_script_of_ours_listens_to_other_windows() -> None:
    scripts = [said for _, said in templates()]
    scripts += [path.read_text() for path in (ROOT / "registry/web/static").rglob("*.js")]
    assert not [said[:80] for said in scripts if re.search(r"postMessage|['\"]message['\"]", said)]


def test_every_field_of_a_password_is_masked_and_may_be_filled_in_by_a_manager() -> None:
    macro = (ROOT / "registry/web/templates/web/macros.html").read_text()
    assert "govukPasswordInput" in macro
    for path, said in templates():
        if "password_field(" in said:
            assert not re.search(r"autocomplete=[\"']off|onpaste", said), path
        for name in re.findall(r"text_field\(\"([a-z_]+)\"", said):
            assert "password" not in name, path


def test_nobody_is_asked_a_secret_question() -> None:
    import_tables()
    names = {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns}
    assert not {name for name in names if QUESTIONS.search(name)}
