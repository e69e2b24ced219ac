"""The names of a file, found without running it, and the files that imports lead to."""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import Literal

from pyc.dataclass import dataclass
from pyc.diagnostics import CompileError, Note
from pyc.source import Source, Span

from .check_definitions import refuse_coroutine
from .import_cycles import check_cycle
from .report import Invalid, Report, closest, fix
from .syntax import Parsed, parse
from .values import Library, Value

#: Modules that the compiler knows by heart, by every name they are imported under.
LIBRARIES = {
    "numpy": "numpy", "numpy.linalg": "numpy.linalg", "numpy.fft": "numpy.fft", "numpy.random": "numpy.random",
    "numpy.typing": "numpy.typing",
    "math": "math", "cmath": "cmath", "pyc": "pyc", "pyc.structure": "pyc.structure",
    "typing": "typing", "typing_extensions": "typing",
    "functools": "functools", "dataclasses": "dataclasses", "collections.abc": "typing",
}  # fmt: skip
#: Where the functions are that are written in the language itself.
LIBRARY = Path(__file__).parent / "library"
#: Modules of pyc that are written in the language, by import name.
WRITTEN = {"pyc.nn": LIBRARY / "nn.py", "pyc.onnx": LIBRARY / "onnx.py"}


@dataclass(frozen=True)
class Binding:
    """A statement that binds a name at module level. ``conditional`` says that it stands under an ``if`` or ``try``."""

    name: str
    kind: Literal["import", "from", "value", "definition", "opaque"]
    node: ast.stmt
    conditional: bool
    value: ast.expr | None = None
    origin: str = ""


class Part(ast.expr):
    """One item of a constant that is unpacked: ``index`` of ``count``."""

    def __init__(self, whole: ast.expr, index: int, count: int) -> None:
        super().__init__()
        self.whole, self.index, self.count = whole, index, count


@dataclass(eq=False)
class Namespace:
    """A parsed file and the names bound at its top level, each with the statements that bind it."""

    parsed: Parsed
    bindings: dict[str, list[Binding]]
    wildcards: tuple[ast.ImportFrom, ...] = ()
    values: dict[str, Value] = field(default_factory=dict)

    def offers(self, name: str) -> bool:
        """Whether ``from ... import *`` brings a name: those in ``__all__``, else those without an underscore."""
        listed = self.bindings.get("__all__")
        if listed and isinstance(listed[0].value, ast.List | ast.Tuple):
            return any(isinstance(e, ast.Constant) and e.value == name for e in listed[0].value.elts)
        return not name.startswith("_")

    @property
    def path(self) -> str:
        return self.parsed.source.path

    def span(self, node: ast.AST) -> Span:
        return self.parsed.span_of(node)

    @property
    def in_library(self) -> bool:
        """Whether this is a file of pyc's own functions."""
        return Path(self.path).parent == LIBRARY

    @property
    def is_nn(self) -> bool:
        """Whether this is ``pyc.nn``."""
        return Path(self.path) == WRITTEN["pyc.nn"]


def namespace_of(parsed: Parsed) -> Namespace:
    """The names of a file."""
    bindings: dict[str, list[Binding]] = {}
    for b in _bindings(parsed.tree.body, conditional=False):
        bindings.setdefault(b.name, []).append(b)
    # A function that declares a name global may assign it at any time: it is not a constant.
    for node in ast.walk(parsed.tree):
        if isinstance(node, ast.Global):
            for name in node.names:
                bindings.setdefault(name, []).append(Binding(name, "opaque", node, conditional=True))
    wildcards = tuple(
        n for n in parsed.tree.body if isinstance(n, ast.ImportFrom) and any(a.name == "*" for a in n.names)
    )
    return Namespace(parsed, bindings, wildcards)


def _bindings(body: list[ast.stmt], *, conditional: bool) -> Iterator[Binding]:
    for node in body:
        match node:
            case ast.Import():
                for a in node.names:
                    # `import a.b` binds `a`; `import a.b as c` binds c to a.b.
                    name = a.asname or a.name.split(".")[0]
                    yield Binding(name, "import", node, conditional, origin=a.name if a.asname else name)
            case ast.ImportFrom():
                for a in node.names:
                    if a.name != "*":
                        yield Binding(a.asname or a.name, "from", node, conditional, origin=a.name)
            case ast.FunctionDef() | ast.ClassDef():
                yield Binding(node.name, "definition", node, conditional)
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                yield Binding(name, "value", node, conditional, value)
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from _assigned(node, target, value, conditional=conditional)
            case ast.AugAssign(target=target) | ast.For(target=target) | ast.AsyncFor(target=target):
                yield from _opaque(node, [target])
            case ast.AsyncFunctionDef():
                yield Binding(node.name, "opaque", node, conditional)
            case ast.With() | ast.AsyncWith():
                yield from _opaque(node, [i.optional_vars for i in node.items if i.optional_vars])
            case _:
                pass
        for inner in _blocks(node):
            yield from _bindings(inner, conditional=True)


def _assigned(node: ast.stmt, target: ast.expr, value: ast.expr, *, conditional: bool) -> Iterator[Binding]:
    """What one target of an assignment binds; ``M, (N, K) = 2, (3, 4)`` binds each name to its part."""
    match target, value:
        case ast.Name(id=name), _:
            yield Binding(name, "value", node, conditional, value)
        case ast.Tuple(elts=names) | ast.List(elts=names), ast.Tuple(elts=values) | ast.List(elts=values) if len(
            names
        ) == len(values) and not any(isinstance(e, ast.Starred) for e in (*names, *values)):
            for name, part in zip(names, values, strict=True):
                yield from _assigned(node, name, part, conditional=conditional)
        case ast.Tuple(elts=names) | ast.List(elts=names), _ if not any(isinstance(e, ast.Starred) for e in names):
            # `ROWS, COLUMNS = SIZES`: what each is, and whether it is one for each, is known where one is used.
            for i, name in enumerate(names):
                part = ast.copy_location(Part(value, i, len(names)), value)
                yield from _assigned(node, name, part, conditional=conditional)
        case _:
            yield from _opaque(node, [target])


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for name in ("body", "orelse", "finalbody"):
        if inner := getattr(node, name, None):
            yield inner
    for handler in getattr(node, "handlers", []):
        yield handler.body


def _opaque(node: ast.stmt, targets: list[ast.expr]) -> Iterator[Binding]:
    for target in targets:
        for name in ast.walk(target):
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                yield Binding(name.id, "opaque", node, conditional=True)


@dataclass(eq=False)
class Files:
    """The files of a program, each parsed once; imports are resolved next to the file that imports."""

    report: Report
    loaded: dict[str, Namespace] = field(default_factory=dict)

    def imported(
        self, module: str, importer: Namespace, span: Span, *, level: int = 0, use: Span | None = None
    ) -> Value:
        """What ``import module`` gives in a file; ``level`` counts the dots of a relative import.

        ``use`` is where compiled code needs it.

        Raises:
            Invalid: E114, the module is neither known nor a file next to the importer.
        """
        if module in LIBRARIES and not level:
            return Library(LIBRARIES[module])
        if module in WRITTEN and not level:
            return self.written(module, span)
        if (found := self._file(module, importer, span, level)) is not None:
            return self.checked(importer, found, span)
        folder = Path(importer.path).parent
        known = [*LIBRARIES, *WRITTEN, *(p.stem for p in _siblings(folder))]
        from . import habits

        meant = habits.of_use(importer, use) if use is not None else ()
        raise self.report.error(
            "E114",
            f"compiled code cannot use the module {module}: there is no {module.replace('.', '/')}.py next to"
            f" {importer.path}",
            use or span,
            *(meant or closest(module, known)),
            fix(f"use numpy, math or pyc.nn here, or call {module.partition('.')[0]} in a function marked @pyc.python"),
            *((Note("it is imported here", span),) if use is not None and use != span else ()),
        )

    def _file(self, module: str, importer: Namespace, span: Span, level: int) -> Namespace | None:
        """The file or package that is a module for a file.

        Raises:
            Invalid: E114, there is no such place, or the file cannot be read.
        """
        folder = Path(importer.path).parent
        # Python looks in the folder of the program; a file that is checked alone has its own.
        program = Path(next(iter(self.loaded), importer.path)).parent
        for _ in range(level - 1):
            if folder == program and not (folder / "__init__.py").is_file():
                message = f"a relative import in {importer.path} goes beyond the top-level package"
                raise self.report.error(
                    "E114", message, span, fix("packages are the folders below that of the program")
                )
            folder = folder.parent if folder.name not in ("", "..") else folder / ".."
        for place in (folder,) if level else (program, folder):
            if (found := self._at(place.joinpath(*module.split(".")) if module else place, span)) is not None:
                return found
        return None

    def checked(self, importer: Namespace, imported: Namespace, span: Span) -> Namespace:
        """``imported``, which does not import the importer again.

        Raises:
            Invalid: E116, it does.
        """
        check_cycle(importer, imported, span, self._quietly, self.report)
        return imported

    def _quietly(self, module: str, importer: Namespace, level: int) -> Namespace | None:
        """The user's file that is a module for a file, if there is one that can be read."""
        if not level and (module in LIBRARIES or module in WRITTEN or importer.in_library):
            return None
        before = self.report.mark()
        try:
            return self._file(module, importer, Span(importer.parsed.source, 0, 0), level)
        except Invalid:
            self.report.rewind(before)
            return None

    def _at(self, place: Path, span: Span) -> Namespace | None:
        """The module or package at a place without its suffix."""
        named = (place.with_name(f"{place.name}.py"),) if place.name not in ("", "..") else ()
        for candidate in (*named, place / "__init__.py"):
            if candidate.is_file():
                return self.load(candidate, span)
        if place.is_dir() and any(place.glob("*.py")):
            key = str(place / "__init__.py")  # a package without that file: nothing but its modules
            return self.loaded.setdefault(key, namespace_of(parse(Source(key, ""))))
        return None

    def submodule(self, package: Namespace, name: str, span: Span) -> Namespace | None:
        """The module of a package that ``package.name`` is."""
        place = Path(package.path)
        return self._at(place.parent / name, span) if place.name == "__init__.py" else None

    def written(self, module: str, span: Span) -> Namespace:
        """A module of pyc that is written in the language."""
        return self.load(WRITTEN[module], span)

    def load(self, path: Path, span: Span | None) -> Namespace:
        """The names of a file."""
        key = str(path)
        if key not in self.loaded:
            try:
                with tokenize.open(path) as file:
                    source = Source(key, file.read())
                self.loaded[key] = namespace_of(parse(source))
            except (OSError, SyntaxError, UnicodeDecodeError) as error:
                raise self.report.error("E114", f"{path} cannot be read: {error}", span) from None
            except CompileError as error:
                self.report.errors.extend(d for d in error.diagnostics if d not in self.report.errors)
                raise Invalid(key) from None
        return self.loaded[key]


def _siblings(folder: Path) -> list[Path]:
    try:
        return [p for p in folder.iterdir() if p.suffix == ".py"]
    except OSError:
        return []


def single_binding(namespace: Namespace, name: str, report: Report, use: Span) -> Binding:
    """The one statement that binds a name at module level.

    Raises:
        Invalid: E113, several statements bind it, or one that need not run.
    """
    found = namespace.bindings[name]
    plain = [b for b in found if b.kind in ("import", "from")]
    if len(plain) == len(found):
        return plain[0]  # `try: import x` and `if TYPE_CHECKING: import x` mean x
    if len(found) == 1 and not found[0].conditional and found[0].kind != "opaque":
        return found[0]
    if len(found) == 1 and isinstance(coroutine := found[0].node, ast.AsyncFunctionDef):
        raise refuse_coroutine(report, coroutine, namespace.parsed, use)
    if len(found) == 1:
        message = f"{name} is not a constant of the file: it is bound by a statement that the compiler does not run"
    else:
        message = f"{name} is not a constant of the file: it is bound {len(found)} times"
    notes = tuple(Note("bound here", namespace.span(b.node)) for b in found[:3])
    raise report.error("E113", message, use, *notes, fix("bind it once, at the top level of the file"))
