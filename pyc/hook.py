"""``import pyc.hook``: from then on, files with type parameters can be imported on every supported Python.

A file that this Python compiles is imported as ever. One that it refuses (``def f[N](...)`` on 3.11) is read by pyc's
own pre-pass, which keeps lines and columns. Files of the standard library and of installed packages are left alone.
"""

from __future__ import annotations

import ast
import sys
import sysconfig
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyc.source import Source

#: A function from a source to the code to run, and the names that the code expects in its module.
Compiler = Callable[["Source"], tuple[CodeType, dict[str, Any]]]


def install() -> None:
    """Let the imports of this process read files with type parameters. A second call changes nothing."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder(None))


def portable_code(
    source: Source, change: Callable[[ast.Module], None] | None = None
) -> tuple[CodeType, dict[str, Any]]:
    """The code of a source in the newest syntax, and the names that it expects in its module.

    ``change`` may edit the tree before it is compiled.

    Raises:
        CompileError: the text is not Python.
    """
    from pyc.annotations import GenericAlias
    from pyc.frontend.syntax import ALIAS, GENERIC, LAZY_ANNOTATIONS, PARAMETER, runnable_tree
    from pyc.module import declare, stand_in

    tree = runnable_tree(source)
    if change is not None:
        change(tree)
    code = compile(tree, source.path, "exec", flags=LAZY_ANNOTATIONS, dont_inherit=True)
    return code, {GENERIC: declare, PARAMETER: stand_in, ALIAS: GenericAlias}


class Finder(MetaPathFinder):
    """Finds the user's own files for :class:`Loader`. With ``always``, every one of them goes through it."""

    def __init__(self, always: Compiler | None) -> None:
        self._always = always
        paths = sysconfig.get_paths()
        self._foreign = tuple(str(Path(paths[k]).resolve()) for k in ("stdlib", "platstdlib", "purelib", "platlib"))
        self._foreign += (str(Path(__file__).parent),)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where a module is, as Python finds it; with our loader if it is the user's own."""
        if fullname.partition(".")[0] in ("pyc", *sys.stdlib_module_names):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or type(spec.loader) is not SourceFileLoader or self._is_foreign(spec.loader.path):
            return None
        spec.loader = Loader(fullname, spec.loader.path, self._always)
        return spec

    def _is_foreign(self, path: str) -> bool:
        return str(Path(path).resolve()).startswith(self._foreign) or "site-packages" in path


class Loader(SourceFileLoader):
    """Loads a file whose syntax may be newer than this Python."""

    def __init__(self, fullname: str, path: str, always: Compiler | None) -> None:
        super().__init__(fullname, path)
        self._always = always
        self._names: dict[str, Any] = {}

    def get_code(self, fullname: str) -> CodeType | None:
        """The code of the module. What the pre-pass made is not kept: without this loader it would not run."""
        if self._always is None:
            try:
                return super().get_code(fullname)
            except SyntaxError as error:
                return self._compiled(portable_code, error)
        return self._compiled(self._always, None)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, with the names that its code expects."""
        code = self.get_code(module.__name__)
        vars(module).update(self._names)
        if code is not None:
            exec(code, vars(module))

    def _compiled(self, how: Compiler, refused: SyntaxError | None) -> CodeType:
        from pyc.diagnostics import CompileError
        from pyc.source import Source

        text = self.get_source(self.name) or ""
        try:
            code, self._names = how(Source(self.path, text))
        except CompileError as error:
            raise (refused or _syntax_error(error)) from None
        return code


def _syntax_error(error: Any) -> SyntaxError:
    """What Python would have said about a file that is not Python."""
    found = error.diagnostics[0]
    if found.span is None:
        return SyntaxError(found.message)
    (line, column), (last, stop) = found.span.begin, found.span.stop
    text = found.span.source.line(line)
    return SyntaxError(found.message, (found.span.source.path, line, column, text, last, stop))


install()
