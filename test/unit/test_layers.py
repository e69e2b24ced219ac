"""Who may import whom, by reading every import in the project: the table of ARCHITECTURE.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("dialects", "frontend", "passes", "targets", "tools")
#: What each layer may import of the others. ``pyc`` itself is the vocabulary: values that every layer speaks.
MAY_IMPORT = {
    "pyc": set(),
    "dialects": {"pyc"},
    "frontend": {"pyc", "dialects"},
    "passes": {"pyc", "dialects"},
    "targets": {"pyc", "dialects", "passes"},
    "tools": {"pyc", "dialects", "frontend", "passes", "targets"},
}
#: The public names of ``import pyc`` reach into every layer, but only when they are first used.
PUBLIC = {"pyc/__init__.py", "pyc/__main__.py", "pyc/hook.py", "pyc/annotations.py", "pyc/module.py"}
#: Each foreign package that few files may import: (package, files or folders that may).
DOORS = {
    "torch_mlir": ("dialects/mlir.py",),
    "mlir": ("dialects/mlir.py",),
    "llvmlite": ("targets/llvm.py",),
    "cuda": ("targets/cuda/",),
    "onnx": ("targets/onnx/",),
    "onnx_ir": ("targets/onnx/",),
    "onnxruntime": ("targets/onnx/",),
    "click": ("tools/",),
}
FILES = sorted(
    p
    for layer in LAYERS
    for p in (ROOT / layer).rglob("*.py")
    # The library is programs in the language, not code of the compiler.
    if "library" not in p.relative_to(ROOT).parts
) + sorted(p for p in (ROOT / "pyc").rglob("*.py") if p.relative_to(ROOT / "pyc").parts[0] not in LAYERS)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def layer_of(path: str) -> str:
    return path.split("/")[0]


@cache
def imports(path: Path) -> tuple[tuple[str, int, bool], ...]:
    """(absolute dotted name, line, whether it runs when the file is imported) of each import of a file."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[tuple[str, int, bool]]:
    tree = parsed(path)
    package = ["pyc", *path.relative_to(ROOT).parts] if layer_of(str(path.relative_to(ROOT))) != "pyc" else None
    parts = package or [*path.relative_to(ROOT).parts]
    lazy = {id(n) for f in ast.walk(tree) if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef) for n in ast.walk(f)}
    lazy |= {
        id(n)
        for i in ast.walk(tree)
        if isinstance(i, ast.If) and ast.unparse(i.test) in ("TYPE_CHECKING", "__name__ == '__main__'")
        for n in ast.walk(i)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno, id(node) not in lazy
        elif isinstance(node, ast.ImportFrom):
            base = [*parts[: -node.level]] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield f"{module}.{alias.name}", node.lineno, id(node) not in lazy


def imported_layer(name: str) -> str | None:
    first, _, rest = name.partition(".")
    if first != "pyc":
        return None
    second = rest.partition(".")[0]
    return second if second in LAYERS else "pyc"


def test_there_is_something_to_look_at():
    assert {layer_of(str(p.relative_to(ROOT))) for p in FILES} == {*LAYERS, "pyc"}


@pytest.mark.parametrize("layer", ["pyc", *LAYERS])
def test_a_layer_imports_only_what_the_table_allows(layer):
    wrong = []
    for path in FILES:
        name = str(path.relative_to(ROOT))
        if layer_of(name) != layer:
            continue
        for imported, line, eager in imports(path):
            other = imported_layer(imported)
            if other is None or other == layer or other in MAY_IMPORT[layer]:
                continue
            if name in PUBLIC and not eager:
                continue
            wrong.append(f"{name}:{line} imports {imported}")
    assert not wrong, "\n".join(wrong)


def test_rooms_are_imported_through_pyc_only():
    """``import frontend`` works from the repository's root, and would load a second copy of every class."""
    bare = re.compile(rf"^\s*(?:import|from)\s+(?:{'|'.join(LAYERS)})\b", re.MULTILINE)
    others = [p for folder in ("test", "examples") for p in sorted((ROOT / folder).rglob("*.py"))]
    wrong = [str(p.relative_to(ROOT)) for p in [*FILES, *others] if bare.search(p.read_text(encoding="utf-8"))]
    assert not wrong


def test_relative_inside_a_folder_absolute_across_rooms():
    wrong = []
    for path in FILES:
        folder = path.relative_to(ROOT).parts[:-1]
        own = ".".join(folder if folder[0] == "pyc" else ("pyc", *folder))
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.ImportFrom):
                continue
            if node.level == 0 and folder[0] != "pyc" and f"{node.module}.".startswith(f"{own}."):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} imports its own folder absolutely")
            if node.level > len(folder):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} leaves its room with a relative import")
    assert not wrong, "\n".join(wrong)


def _run_first(path: Path) -> set[Path]:
    """The project's files whose names a file takes when it is imported: they have to be there then.

    A file that is imported whole, ``from . import x``, need not have run.
    """
    found: set[Path] = set()
    for imported, _, eager in imports(path):
        names = imported.split(".")
        if not eager or names[0] != "pyc":
            continue
        base = ROOT if len(names) > 1 and names[1] in LAYERS else ROOT / "pyc"
        for end in range(2, len(names) + 1):
            place = base.joinpath(*names[1:end])
            if place.is_dir() and place not in path.parents:
                found.add(place / "__init__.py")
            elif end < len(names) and place.with_suffix(".py").exists():
                found.add(place.with_suffix(".py"))
    return found & set(FILES) - {path}


def test_no_files_import_each_other():
    """Whichever file is imported first, all that it needs is there."""
    needs = {path: _run_first(path) for path in FILES if path.parts[-2:] != ("pyc", "__init__.py")}
    done: set[Path] = set()
    trail: list[Path] = []

    def follow(path: Path) -> None:
        if path in trail:
            circle = [str(p.relative_to(ROOT)) for p in trail[trail.index(path) :]]
            pytest.fail("these import each other: " + " -> ".join([*circle, circle[0]]))
        if path not in done:
            trail.append(path)
            for other in sorted(needs.get(path, ())):
                follow(other)
            trail.pop()
            done.add(path)

    for path in needs:
        follow(path)


@pytest.mark.parametrize("package", DOORS)
def test_foreign_packages_come_in_through_one_door(package):
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {imported}"
        for path in FILES
        for imported, line, _ in imports(path)
        if imported.partition(".")[0] == package and not str(path.relative_to(ROOT)).startswith(DOORS[package])
    ]
    assert not wrong, "\n".join(wrong)


def test_only_tools_print_or_exit():
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno} calls {ast.unparse(node.func)}"
        for path in FILES
        if layer_of(str(path.relative_to(ROOT))) != "tools"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "exit", "sys.exit", "os._exit", "quit")
    ]
    assert not wrong, "\n".join(wrong)


def test_what_needs_an_extra_is_imported_lazily():
    """A user without the extras can compile for the CPU: nothing outside targets/onnx needs onnx to be imported."""
    heavy = {"onnx", "onnx_ir", "onnxruntime", "cuda", "torch_mlir", "llvmlite", "safetensors", "sklearn"}
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {imported} when it is imported"
        for path in FILES
        if layer_of(str(path.relative_to(ROOT))) in ("pyc", "tools")
        for imported, line, eager in imports(path)
        if eager and imported.partition(".")[0] in heavy
    ]
    assert not wrong, "\n".join(wrong)
