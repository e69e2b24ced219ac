"""Programs of module classes, made twice: interpreted, and compiled on call."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pyc.source import Source
from pyc.tools.run import _Compiler


def twice(folder: Path, name: str, text: str) -> Iterator[list[Any]]:
    """The modules that a program gives, the interpreted one first; for a fixture: the cache is in ``folder``."""
    path = folder / f"{name}.py"
    path.write_text(text)
    made = []
    for interpret in (True, False):
        called = f"{name}_{interpret}"
        code, names = _Compiler(interpret=interpret)(Source(str(path), text))
        spec = importlib.util.spec_from_loader(called, None)
        assert spec is not None
        module = importlib.util.module_from_spec(spec)
        vars(module).update(names, __file__=str(path))
        sys.modules[called] = module
        exec(code, vars(module))
        made.append(module)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYC_CACHE_DIR", str(folder / "cache"))
        yield made
