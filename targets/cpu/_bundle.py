"""What a compiled file has, as Python objects: functions, modules with their weights, and the files of a bundle.

In bundles it is ``_bundle.py``, and must not import anything of pyc.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Mapping
from typing import Any, Self

from ._called import Described, Home, reopened
from ._weights import read_weights


class Module:
    """An instance of a module class: its ``__call__`` and its other methods as attributes, sharing weights."""

    def __init__(self, name: str, methods: Mapping[str, Described], weights: str | None) -> None:
        self.__name__ = self.__qualname__ = name
        self._methods = dict(methods)
        self._home: Home | None = None
        call = self._methods.get("__call__")
        self.__doc__ = f"Methods: {', '.join(self._methods)}"
        if call is not None:
            self.__doc__, self.__signature__ = call.__doc__, call.__signature__
        # A method of the user's stands before one of this class with its name.
        self.__dict__.update({k: m for k, m in self._methods.items() if k != "__call__"})
        if weights is not None and any(m._weight_names for m in methods.values()):
            Module.load(self, weights)

    def load(self, path: str | os.PathLike[str]) -> Self:
        """Take the weights from a ``.safetensors`` or ``.npz`` file: all of them, or none where one does not fit.

        Raises:
            ValueError: one is missing or has another shape, or the file is damaged.
            TypeError: one has another element type.
        """
        return self.bind(read_weights(path), os.fspath(path))

    def bind(self, arrays: Mapping[str, Any], origin: str = "the mapping") -> Self:
        """Take the weights from arrays by name; ``origin`` is what messages call these. Raises as :meth:`load`."""
        for m in self._methods.values():
            arrays = m._writable(arrays)  # one copy for all methods: what one writes, another reads
        checked = {m: m._checked(arrays, origin) for m in self._methods.values()}
        for method, found in checked.items():
            method._weights = found
        return self

    def __call__(self, /, *arguments: Any, **named: Any) -> Any:
        if "__call__" not in self._methods:
            raise TypeError(f"{self.__name__} has no __call__; its methods are {', '.join(self._methods)}")
        return self._methods["__call__"](*arguments, **named)

    def __copy__(self) -> Self:
        return self._with({k: copy.copy(m) for k, m in self._methods.items()})

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self._with({k: copy.deepcopy(m, memo) for k, m in self._methods.items()})

    def _with(self, methods: Mapping[str, Described]) -> Self:
        made = type(self)(self.__name__, methods, None)
        made._home = self._home
        return made

    def __reduce__(self) -> Any:
        """Pickled as its place in a bundle on disk, with the weights given to it."""
        if self._home is None:
            raise TypeError(
                f"{self.__name__} is code of this process and cannot be pickled: load the bundle where it goes"
            )
        given: dict[str, Any] = {}
        for method in self._methods.values():
            given |= method._given() or {}
        return reopened, (*self._home, given or None)

    def __repr__(self) -> str:
        return f"<compiled module {self.__name__}: {', '.join(self._methods)}>"


class Bundle:
    """The functions and modules of a compiled file, as attributes."""

    def __init__(
        self,
        manifest: Mapping[str, Any],
        make: Callable[[Mapping[str, Any]], Described],
        weights: str | None = None,
        home: tuple[Callable[[str], Any], str] | None = None,
    ) -> None:
        """``make`` gives the function of an entry of the manifest; ``weights`` is a file for the modules.

        ``home`` is what opens the bundle, and the folder that it is in, if it is on disk.
        """
        self._manifest, self._home = manifest, home
        self._functions: list[Described] = []
        self._exports: dict[str, Described | Module] = {}
        methods: dict[str, dict[str, Described]] = {}
        for entry in manifest["functions"]:
            made = make(entry)
            self._functions.append(made)
            if entry["method"] is None:
                self._exports[entry["attribute"]] = made
            else:
                methods.setdefault(entry["attribute"], {})[entry["method"]] = made
        for name, group in methods.items():
            self._exports[name] = Module(name, group, weights)
        if home is not None:
            self._settle(*home)
        self.__doc__ = f"{manifest['name']}, compiled for {manifest['target']}: {', '.join(self._exports)}"
        for made in self._functions:
            if made._composites is not None:
                self.__dict__.update({n: c for n, c in made._composites.records.items() if n.isidentifier()})
        self.__dict__.update(self._exports)

    def adopt(self, records: Mapping[str, Any]) -> Self:
        """Return records as instances of these classes, by the records' names."""
        for made in self._functions:
            made.adopt(records)
        return self

    def __getattr__(self, name: str) -> Any:
        exports = ", ".join(self.__dict__.get("_exports", ()))
        raise AttributeError(f"{self.__dict__.get('_manifest', {}).get('name')} has no '{name}'; it has {exports}")

    def _settle(self, opener: Callable[[str], Any], folder: str) -> None:
        """Tell functions and modules where they are found again, and which weights are there."""
        for name, export in self._exports.items():
            export._home = opener, folder, (name,)
            for method, made in export._methods.items() if isinstance(export, Module) else ():
                made._home, made._stored = (opener, folder, (name, method)), made._weights

    def __reduce__(self) -> Any:
        if self._home is None:
            raise TypeError("a bundle that is not on disk cannot be pickled")
        return reopened, (*self._home, (), None)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._exports})

    def __repr__(self) -> str:
        return f"<{self.__doc__}>"


def functions_of(bundle: Bundle) -> list[Any]:
    """All functions of a bundle, those of modules too."""
    found: list[Any] = []
    for export in bundle._exports.values():
        found += export._methods.values() if isinstance(export, Module) else [export]
    return found


def read_manifest(folder: str, key: str, machine: str) -> dict[str, Any]:
    """The manifest of a bundle's folder. It has ``key`` if the bundle is for ``machine``, words that messages use.

    Raises:
        OSError: there is none.
        ValueError: it is damaged, or not of such a bundle.
    """
    path = os.path.join(folder, "manifest.json")
    with open(path, encoding="utf-8") as file:
        try:
            manifest = json.load(file)
        except ValueError as error:
            raise ValueError(f"{path} is damaged: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != "pyc-bundle/1" or key not in manifest:
        raise ValueError(f"{path} is not the manifest of a bundle for {machine} (pyc-bundle/1)")
    return manifest


def check_files(folder: str, manifest: Mapping[str, Any]) -> None:
    """Hold the files of a bundle's folder against its manifest.

    Raises:
        OSError: one is missing.
        ValueError: one has another length.
    """
    for name, facts in manifest["files"].items():
        size = os.path.getsize(os.path.join(folder, name))
        if size != facts["bytes"]:
            raise ValueError(f"{os.path.join(folder, name)} is damaged: it has {size} bytes, not {facts['bytes']}")
