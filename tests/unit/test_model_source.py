"""Code of our own never reads what can run code, never builds code from text, and takes models from its own folder alone."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(file for room in ("bot", "coach", "actions") for file in (ROOT / room).rglob("*.py")
               if "node_modules" not in file.parts)  # fmt: skip
RUNS_CODE = {"eval", "exec", "compile", "__import__"}
UNPACKS = {
    "pickle",
    "cPickle",
    "dill",
    "jsonpickle",
    "marshal",
    "shelve",
    "skops",
    "joblib",
    "cloudpickle",
}
NOT_HERE = {
    "directories (LDAP)": {"ldap", "ldap3", "bonsai"},
    "XPath and XML": {"lxml", "xpath", "elementpath", "xml.etree", "xml.dom", "xml.sax"},
    "LaTeX": {"pylatex", "latex"},
    "Java (JNDI)": {"jpype", "jnius", "py4j"},
    "memcache": {"memcache", "pymemcache", "pylibmc", "aiomcache", "bmemcached"},
    "GraphQL": {"graphql", "graphene", "strawberry", "ariadne"},
    "WebRTC": {"aiortc", "aioice", "pylibsrtp"},
    "SAML": {"saml2", "onelogin", "pysaml2"},
    "telephone": {"twilio", "vonage", "messagebird"},
    "archives": {"zipfile", "tarfile", "shutil.unpack_archive", "bz2", "lzma"},
    "foreign memory": {"ctypes", "cffi"},
}
"""Techniques that a requirement is about and this product has none of, by the modules that would bring them."""


@cache
def _parsed() -> tuple[tuple[str, ast.Module], ...]:
    return tuple(
        (str(f.relative_to(ROOT)), ast.parse(f.read_text(encoding="utf-8"))) for f in FILES
    )


@cache
def _sources() -> tuple[tuple[str, str], ...]:
    """Without comments, as Python writes them itself."""
    return tuple((file, ast.unparse(tree)) for file, tree in _parsed())


WRITES_AN_ARCHIVE = ("bot/channels/teams/package.py", "zipfile")
"""It makes the package for Teams, and never opens one."""


def _imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _imports(
    modules: set[str], allowed: set[tuple[str, str]] = frozenset()
) -> list[tuple[str, str]]:
    return [
        (file, name)
        for file, tree in _parsed()
        for name in sorted(_imported(tree))
        if any(name == module or name.startswith(f"{module}.") for module in modules)
        and (file, name) not in allowed
    ]


def test_the_files_of_the_product_are_looked_at() -> None:
    assert len(FILES) > 200


def test_no_text_becomes_code() -> None:
    found = [
        (file, node.func.id)
        for file, tree in _parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in RUNS_CODE
    ]
    assert found == []


def test_nothing_is_unpacked_that_can_run_code() -> None:
    assert _imports(UNPACKS) == []


def test_yaml_is_only_read_in_its_safe_form() -> None:
    loads = [
        (file, ast.unparse(node.func))
        for file, tree in _parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("yaml.load", "yaml.load_all", "yaml.unsafe_load")
        and not any("Safe" in ast.unparse(word.value) for word in node.keywords)
        and not any(
            "Safe" in ast.unparse(given) or "Lines" in ast.unparse(given) for given in node.args[1:]
        )
    ]
    assert loads == []


@pytest.mark.parametrize("what", NOT_HERE)
def test_a_technique_that_is_not_used_is_not_there(what: str) -> None:
    assert _imports(NOT_HERE[what], {WRITES_AN_ARCHIVE}) == []


def test_no_command_goes_through_a_shell() -> None:
    found = []
    for file, tree in _parsed():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if called in (
                "os.system",
                "os.popen",
                "subprocess.getoutput",
                "subprocess.getstatusoutput",
            ):
                found.append((file, called))
            if any(word.arg == "shell" for word in node.keywords):
                found.append((file, called))
    assert found == []


def test_no_statement_is_glued_together_from_texts() -> None:
    """SQL as text has no place for a value but a bound one: it is a constant wherever it is given."""
    found = [
        (file, node.lineno)
        for file, tree in _parsed()
        if "migrations" not in file
        for has_text in ["sqlalchemy.text" in _imported(tree)]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _takes_sql(node, has_text)
        if node.args and not _is_constant(node.args[0])
    ]
    assert found == []


def _takes_sql(call: ast.Call, has_text: bool) -> bool:
    called = ast.unparse(call.func)
    raw = called.endswith((".exec_driver_sql", "sqlalchemy.text", "literal_column"))
    return raw or (called == "text" and has_text)


def _is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return _is_constant(node.body) and _is_constant(node.orelse)
    return isinstance(node, ast.Constant)


def test_no_template_is_made_of_a_text_that_came_in() -> None:
    found = [
        (file, ast.unparse(node.func))
        for file, tree in _parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] in ("from_string", "Template")
        and not isinstance(node.args[0], ast.Constant)
    ]
    assert found == []


def test_every_template_escapes_by_itself() -> None:
    made = [
        (file, {word.arg: ast.unparse(word.value) for word in node.keywords})
        for file, tree in _parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Environment")
    ]
    assert made and all(given.get("autoescape") not in (None, "False") for _, given in made), made


def test_no_certificate_is_taken_unseen() -> None:
    loose = (
        "verify=False",
        "ssl=False",
        "CERT_NONE",
        "check_hostname=False",
        "_create_unverified_context",
    )
    assert [(f, word) for f, source in _sources() for word in loose if word in source] == []


def test_no_weak_hash_no_cipher_and_no_weak_chance_is_used() -> None:
    """What is signed or hashed is SHA-256 or Argon2; nothing is encrypted by hand; what must not be guessed is from `secrets`."""
    weak = (
        "md5",
        "sha1",
        "hashlib.new",
        "uuid1",
        "random.random(",
        "random.choice(",
        "random.randint(",
    )
    found = [(f, word) for f, source in _sources() for word in weak if word in source]
    assert found == []
    assert (
        _imports({"Crypto", "cryptography", "Cryptodome", "nacl", "random"}, ALLOWED_CHANCE) == []
    )


ALLOWED_CHANCE = {("coach/usecases/interview.py", "random"), ("coach/cli/voice.py", "random")}
"""Files that draw lots where anybody may know the outcome."""
