"""Rules over the source text that no runtime test sees (lock 5 of DESIGN 3, and the bans of the house).

Each rule takes one file's text and yields `(line, sentence)`; tests/test_source.py runs them over the whole house, and
tests/test_mutants.py over changed copies of it.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("almanac", "ui", "organization", "customers", "maintenance", "crm")
Finding = tuple[int, str]

# After the manager of a scoped model only these: the first two say whose rows, the others read none.
_FIRST_STEPS = {"visible_to", "unscoped", "create", "none", "bulk_create"}
_MANAGERS = {"objects", "_default_manager", "_base_manager"}
_SHORTCUTS = {"get_object_or_404", "get_list_or_404"}
_READING_FILES = re.compile(r"(views|forms|queries|filters)(/|\.py$)")
_FORM_FILES = re.compile(r"(forms|filters)(/|\.py$)")


def python_files() -> list[Path]:
    """Every source file of the house, without migrations."""
    return [
        path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts
    ]  # fmt: skip


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def reads_rows(path: Path) -> bool:
    """Whether lock 5 holds for this file: views, forms, filters and queries of every app."""
    return bool(_READING_FILES.search(path.relative_to(ROOT).as_posix()))


def declares_choices(path: Path) -> bool:
    """Whether this file holds forms: their choices are declared whole and narrowed by ui.forms when the form is built
    for a person (lock 2); one that is not narrowed cannot be read in a request (lock 1)."""
    return bool(_FORM_FILES.search(path.relative_to(ROOT).as_posix()))


def unscoped_reads(text: str, scoped: set[str], *, is_form: bool = False) -> Iterator[Finding]:
    """A scoped model's manager that is followed by anything but a word about scope."""
    tree = ast.parse(text)
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _MANAGERS and _name(node.value) in scoped:
            step = above.get(node)
            is_scoped = isinstance(step, ast.Attribute) and step.attr in _FIRST_STEPS and node.attr == "objects"
            if not is_scoped and not (is_form and _is_whole_choice(step, above)):
                yield node.lineno, f"{_name(node.value)}.{node.attr} is not followed by visible_to() or unscoped()"
        if (
            isinstance(node, ast.Call)
            and _name(node.func) in _SHORTCUTS
            and node.args
            and _name(node.args[0]) in scoped
        ):
            yield node.lineno, f"{_name(node.func)}({_name(node.args[0])}, …) reads without a scope"


def _is_whole_choice(step: ast.AST | None, above: dict[ast.AST, ast.AST]) -> bool:
    """`Field(Customer.objects.all(), …)`: handed to a field as it is."""
    if not (isinstance(step, ast.Attribute) and step.attr == "all"):
        return False
    call = above.get(step)
    return isinstance(above.get(call), (ast.Call, ast.keyword)) if call else False


def nameless_reasons(text: str) -> Iterator[Finding]:
    """unscoped() without a reason that a reviewer can read in this file."""
    tree = ast.parse(text)
    constants = {_name(node.targets[0]): node.value for node in tree.body if isinstance(node, ast.Assign)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "unscoped":
            reason = node.args[0] if node.args else None
            if isinstance(reason, ast.Name):
                reason = constants.get(reason.id)
            if not (isinstance(reason, ast.Constant) and isinstance(reason.value, str) and len(reason.value) >= 8):
                yield node.lineno, "unscoped() needs its reason as text, in this file"


def banned_calls(text: str) -> Iterator[Finding]:
    """All fields of a model in a form, the whole POST as arguments, the host's clock instead of the business clock."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign) and _is_text(node.value, "__all__") and _name(node.targets[0]) == "fields":
            yield node.lineno, 'fields = "__all__" lets a new column into the form unseen'
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg is None and re.search(r"\brequest\.(POST|GET)\b", ast.unparse(keyword.value)):
                    yield node.lineno, "**request.POST passes on whatever was sent"
            called = ast.unparse(node.func)
            if re.fullmatch(
                r"(.*\.)?(date\.today|datetime\.(now|today|utcnow)|timezone\.(now|localdate)|time\.time)", called
            ):
                yield node.lineno, f"{called}() is not the business clock: take a date, or ask organization.clock"
            if re.fullmatch(r"(.*\.)?timezone\.localtime", called) and not (node.args or node.keywords):
                yield node.lineno, f"{called}() is not the business clock: take a date, or ask organization.clock"


def unexplained_safe_python(text: str) -> Iterator[Finding]:
    """mark_safe without a comment on its line or the one above."""
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and _name(node.func) in {"mark_safe", "SafeString"}:
            near = "\n".join(lines[max(0, node.lineno - 2) : node.lineno])
            if "#" not in near:
                yield node.lineno, "mark_safe() without a comment that says why it is"


_INLINE = re.compile(
    r"(?P<style>\sstyle\s*=)|(?P<block><style[\s>])|(?P<handler>\son[a-z]+\s*=)|(?P<hxon>\shx-on)|(?P<js>javascript:)"
    r"|(?P<values>hx-(vals|headers)\s*=\s*[\"']\s*js:)|(?P<script><script(?![^>]*\ssrc=)(?![^>]*application/json))",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"{#.*?#}|{% comment.*?%}.*?{% endcomment %}", re.DOTALL)


def inline_code(text: str) -> Iterator[Finding]:
    """What the strict CSP would refuse: inline style, script, handlers."""
    # Comments are blanked and not removed, so that line numbers stay.
    bare = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)
    for found in _INLINE.finditer(bare):
        yield text.count("\n", 0, found.start()) + 1, f"inline code: {found.group().strip()}"


def unexplained_safe_template(text: str) -> Iterator[Finding]:
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if re.search(r"\|\s*safe\b|{%\s*autoescape\s+off", line):
            near = "\n".join(lines[max(0, number - 2) : number])
            if "{#" not in near and "{% comment" not in near:
                yield number, "|safe without a comment that says why it is"


def _name(node: ast.AST) -> str:
    """`Customer` and `models.Customer` are both Customer."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_text(node: ast.AST, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text
