"""Compiled functions as Python functions on NumPy arrays.

Bundles carry this file as ``_runtime.py``: it needs NumPy and ctypes, and must not import anything of pyc. A function's
entry point takes a descriptor for each array, scalars by value, and a descriptor for each result; it returns 0, or the
number of the check that failed. Arrays are never copied.
"""

from __future__ import annotations

import ast
import copy
import ctypes
import functools
import inspect
import json
import linecache
import os
import platform
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self, TypeAlias

import numpy as np

from ._allocated import AllocatedResult, arrays
from ._composites import Composites
from ._described import Groups, declared, default_of, describe, grouped, groups_of, python_signature, spelled
from ._tell import Teller, exception, listening
from ._values import NUMPY_NAMES, SAME, ArrayParameter, ArrayResult, Dims, ScalarParameter, ScalarResult
from ._weights import read_weights

#: What opens a bundle, its folder, and the attributes that lead to a function or a module of it.
Home: TypeAlias = "tuple[Callable[[str], Any], str, tuple[str, ...]]"


class Overlap(ValueError):
    """Arguments share memory, one of them is written, and the function assumes that they do not."""


class Described:
    """A function as its part of a manifest describes it: what binds, checks and names the arguments of a call."""

    _teller: Teller | None = None

    def __init__(self, entry: Mapping[str, Any]) -> None:
        values = entry["parameters"]
        self._plan = Dims(values)
        self._parameters = tuple(
            ScalarParameter(v)
            if v["dims"] is None
            else ArrayParameter(v, self._plan.plans[v["name"]], self._plan.origin)
            for v in values
        )
        self._names = tuple(p.name for p in self._parameters)
        self._weight_names = tuple(v["weight"] for v in values if v["weight"] is not None)
        own = declared(entry)
        #: How many arguments the user's function takes, and how many numbers and arrays they consist of.
        self._arity, self._own = len(own), len(values) - len(self._weight_names)
        self._declared_names = tuple(v["name"] for v in own)
        self._defaults = {v["name"]: default_of(v) for v in own if v.get("default") is not None}
        only = [v.get("only", "") for v in own]
        self._by_position = self._arity - only.count("keyword")
        #: How many arguments are a call that needs no binding.
        self._plain = self._arity if self._by_position == self._arity else -1
        self._by_name = frozenset(v["name"] for v in own if v.get("only") != "positional")
        self._weights: tuple[Any, ...] | None = None if self._weight_names else ()
        #: Where a bundle has the function, if it is of one on disk; and the weights that are stored there.
        self._home: Home | None = None
        self._stored = self._weights
        self._written = tuple(i for i, p in enumerate(self._parameters) if p.written)
        self._may_overlap = bool(entry.get("may_overlap"))
        self._returns, self._tuple = tuple(entry["returns"]), entry["returns_tuple"]
        self._groups: Groups | None = groups_of(entry["nesting"]) if entry.get("nesting") else None
        self._errors = {e["number"]: e for e in entry["errors"]}
        self._calls = {c["number"]: c for c in entry.get("calls", ())}
        structure = entry.get("structure")
        self._composites = None if structure is None else Composites(structure, NUMPY_NAMES)
        self._description = entry
        self.__name__ = self.__qualname__ = entry["name"]
        self.__doc__ = describe(entry)

    def __call__(self, /, *arguments: Any, **named: Any) -> Any:
        raise NotImplementedError

    def adopt(self, records: Mapping[str, Any]) -> Self:
        """Return records as instances of these classes, by the records' names."""
        if self._composites is not None:
            self._composites.adopt({n: c for n, c in records.items() if n in self._composites.records})
        return self

    def _take(self, arguments: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...], list[Any], dict[str, int]]:
        """Arguments, all by position and with the weights; as NumPy sees them; as compiled code takes them; dimensions.

        What NumPy sees must live as long as compiled code runs: it may be all that keeps the memory. Tuples and records
        are taken apart.
        """
        given = arguments
        if self._composites is not None:
            arguments = self._composites.taken(arguments)
        if self._weight_names:
            arguments += self._bound_weights()
        dims: dict[str, int] = {}
        seen = arguments
        try:
            taken: list[Any] = [p.take(v, dims) for p, v in zip(self._parameters, arguments)]  # noqa: B905 (_bind counts)
        except (TypeError, ValueError, OverflowError):
            # An array of another library, perhaps. If not, all that is wrong is said at once.
            dims.clear()
            seen, taken = self._examined(arguments, dims)
        if self._plan.later:
            self._plan.check(dims, dict(zip(self._names, seen, strict=True)))
        if self._written:
            self._refuse_overlap(seen)
        if self._composites is not None:
            arguments = TakenApart(arguments)
            arguments.given = given
        return arguments, seen, taken, dims

    def _examined(self, arguments: tuple[Any, ...], dims: dict[str, int]) -> tuple[tuple[Any, ...], list[Any]]:
        """Arguments as NumPy sees them, and as compiled code takes them; ``dims`` is filled.

        Raises:
            TypeError, ValueError, OverflowError: an argument does not fit. One message names all that do not.
        """
        problems: list[Exception] = []
        seen: list[Any] = []
        taken: list[Any] = []
        for parameter, value in zip(self._parameters, arguments, strict=True):
            try:
                seen.append(parameter.seen(value))
                taken.append(parameter.take(seen[-1], dims))
            except (TypeError, ValueError, OverflowError) as error:
                problems.append(error)
            except KeyError:
                continue  # held against a dimension that an argument would have given that was refused
        if problems:
            raise _together(self.__name__, problems) from None
        return tuple(seen), taken

    def _give(self, results: Sequence[Any], arguments: Sequence[Any]) -> Any:
        """What the user's ``return`` gives: results, or arguments themselves."""
        values = [results[k] if k >= 0 else arguments[-(k + 1)] for k in self._returns]
        if self._composites is not None:
            return self._composites.given(values, arguments.given, arguments)  # type: ignore[attr-defined]
        if self._tuple:
            return grouped(self._groups, values) if self._groups else tuple(values)
        return values[0] if values else None

    def load(self, path: str | os.PathLike[str]) -> Self:
        """Take the weights from a ``.safetensors`` or ``.npz`` file.

        Raises:
            ValueError: one is missing or has another shape, or the file is damaged.
            TypeError: one has another element type.
        """
        return self.bind(read_weights(path), os.fspath(path))

    def bind(self, arrays: Mapping[str, Any], origin: str = "the mapping") -> Self:
        """Take the weights from arrays by name; ``origin`` is what messages call these. Raises as :meth:`load`."""
        self._weights = self._checked(self._writable(arrays), origin)
        return self

    def _writable(self, arrays: Mapping[str, Any]) -> Mapping[str, Any]:
        """The arrays, with copies of those that the function writes and that cannot be written: mapped files."""
        buffers = {v["weight"] for v in self._description["parameters"] if v["weight"] is not None and v["written"]}
        read_only = {n for n in buffers if n in arrays and not getattr(arrays[n], "flags", arrays[n]).writeable}
        return {**arrays, **{n: arrays[n].copy() for n in read_only}}

    def _checked(self, arrays: Mapping[str, Any], origin: str) -> tuple[Any, ...]:
        missing = [name for name in self._weight_names if name not in arrays]
        if missing:
            raise ValueError(f"{origin} has no weight {', '.join(missing)}; it has {', '.join(arrays) or 'none'}")
        found = tuple(arrays[name] for name in self._weight_names)
        dims: dict[str, int] = {}
        for parameter, array in zip(self._parameters[self._own :], found, strict=True):
            for kind, name in parameter.plan:
                if kind == SAME and self._plan.origin[name] in self._names[: self._own]:
                    dims.setdefault(name, array.shape[parameter.plan.index((kind, name))])  # known only at the call
            parameter.take(array, dims)
        return found

    def _bound_weights(self) -> tuple[Any, ...]:
        if self._weights is None:
            raise RuntimeError(f"{self.__name__} has no weights yet: call .load(path) with a safetensors or npz file")
        return self._weights

    def _bind(self, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> tuple[Any, ...]:
        """All arguments by position, with the defaults, as Python binds them and with its messages."""
        if len(arguments) <= self._by_position and self._by_name.issuperset(named):
            values, left = list(arguments), len(named)
            for name in self._declared_names[len(arguments) :]:
                if name in named:
                    values.append(named[name])
                    left -= 1
                elif name in self._defaults:
                    values.append(self._defaults[name])
            if not left and len(values) == self._arity:
                return tuple(values)
        try:
            bound = self.__signature__.bind(*arguments, **named)
        except TypeError as error:
            raise TypeError(f"{self.__name__}(): {error}") from None
        bound.apply_defaults()
        return tuple(bound.arguments.values())

    @functools.cached_property
    def __signature__(self) -> inspect.Signature:
        return python_signature(self._description)

    def _refuse_overlap(self, arguments: Sequence[Any]) -> None:
        """Refuse a written array that shares memory with another argument, or with itself."""
        names = self._names
        for i in self._written:
            written = arguments[i]
            if _overlaps_itself(written):
                raise ValueError(f"{names[i]} is written to, and several of its elements share memory: pass a copy")
            for k, other in enumerate(arguments) if not self._may_overlap else ():
                if k == i or not isinstance(other, np.ndarray):
                    continue
                if self._composites is not None and self._composites.together(i, k):
                    continue
                if _share_memory(written, other):
                    raise Overlap(
                        f"{names[i]} and {names[k]} overlap, and {names[i]} is written to: pass a copy of one"
                    )

    def _failure(self, number: int) -> BaseException:
        """The exception of a check that failed; its traceback is the user's calls, and ends in the line that failed."""
        entry = self._errors.get(number)
        if entry is None:
            return RuntimeError(f"{self.__name__} failed with number {number}, which its manifest does not know")
        error = self._error(number, entry)
        step: Any = types.FunctionType(_line(entry, "raise error"), {"error": error})
        caller = entry.get("caller", 0)
        while caller in self._calls:
            step = types.FunctionType(_line(self._calls[caller], "step()"), {"step": step})
            caller = self._calls[caller]["caller"]
        try:
            step()
        except BaseException as raised:
            trace = raised.__traceback__
            return raised.with_traceback(trace.tb_next if trace is not None else None)
        return error

    def __copy__(self) -> Self:
        """This function where it has no weights, as for functions of Python's; else one whose weights are its own."""
        if not self._weight_names:
            return self
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        made = self.__copy__()
        if made is not self:
            made._weights = copy.deepcopy(self._weights, memo)
        return made

    def _error(self, number: int, entry: Mapping[str, Any]) -> BaseException:
        """The exception, with the values that are in its message."""
        if self._teller is not None and entry["template"]:
            interruption = self._teller.interruption(number)
            if interruption is not None:
                return interruption
            arguments = self._teller.arguments(number)
            if arguments is not None:
                return exception(entry["kind"])(*arguments)
        return exception(entry["kind"])(*filter(None, [entry["message"]]))

    def __reduce__(self) -> Any:
        """Pickled as its place in a bundle on disk, which is opened where the pickle goes; with weights given to it."""
        if self._home is None:
            raise TypeError(
                f"{self.__name__} is code of this process and cannot be pickled: load the bundle where it goes"
            )
        return _reopened, (*self._home, self._given())

    def _given(self) -> dict[str, Any] | None:
        """The weights by name, unless they are the bundle's own."""
        if self._weights is None or self._weights is self._stored:
            return None
        return dict(zip(self._weight_names, self._weights, strict=True))

    def __repr__(self) -> str:
        return f"<compiled function {spelled(self._description)} for {self._description['target']}>"


class TakenApart(tuple[Any, ...]):
    """The numbers and arrays that arguments consist of; ``given`` are the arguments."""

    given: tuple[Any, ...]


class Function(Described):
    """A compiled function. Calls release the interpreter lock, and may run in any number of threads at once."""

    def __init__(
        self, entry: Mapping[str, Any], address: int, owner: object, release: int = 0, teller: Teller | None = None
    ) -> None:
        """``entry`` is the function's part of the manifest, ``address`` its entry point in ``owner``.

        ``release`` is the address of what frees results that the function allocates; ``teller`` hears what it says.
        """
        super().__init__(entry)
        self._results: tuple[Any, ...] = tuple(map(_result, entry["results"]))
        self._strided = frozenset(k for k, v in enumerate(entry["results"]) if v.get("strided"))
        allocates = any(isinstance(r, AllocatedResult) for r in self._results)
        self._teller = teller
        self._release = ctypes.CFUNCTYPE(None, ctypes.c_int64)(release) if allocates else None
        arguments = [p.ctype for p in self._parameters] + [ctypes.c_void_p] * len(self._results)
        self._entry = ctypes.CFUNCTYPE(ctypes.c_int32, *arguments)(address)
        self._owner = owner
        #: Gives the function that is called when arguments overlap, if there is one.
        self._variant: Callable[[], Function] | None = None

    def call_for_overlap(self, variant: Callable[[], Function]) -> None:
        """Let arguments overlap that are written: ``variant`` gives, at each such call, the function that runs."""
        self._variant = variant

    def __call__(self, /, *arguments: Any, **named: Any) -> Any:
        if named or len(arguments) != self._plain:
            arguments = self._bind(arguments, named)
        return self.run(arguments)

    def run(self, arguments: tuple[Any, ...]) -> Any:
        """The result of a call with all arguments by position, those without a default or only by keyword too."""
        try:
            arguments, seen, taken, dims = self._take(arguments)
        except Overlap as overlap:
            if self._variant is None:
                raise ValueError(str(overlap)) from None
            variant = self._variant
        else:
            return self._called(arguments, seen, taken, dims)
        return self._with_weights(variant()).run(arguments)

    def _with_weights(self, other: Function) -> Function:
        """Another form of this function, with the same weights."""
        if not self._weight_names:
            return other
        made = copy.copy(other)
        made._weights = self._weights
        return made

    def _called(
        self, arguments: tuple[Any, ...], seen: tuple[Any, ...], taken: list[Any], dims: Mapping[str, int]
    ) -> Any:
        places = []
        parts: Mapping[int, Any] = {}
        if self._strided:
            parts = self._composites.places(lambda k: self._results[k].shape(dims), self._returns, self._strided)  # type: ignore[union-attr]
        for k, result in enumerate(self._results):
            place, descriptor = result.filling(parts[k]) if k in parts else result.make(dims)  # type: ignore[union-attr]
            places.append(place)
            taken.append(descriptor)
        number = self._entry(*taken)
        if number:
            raise self._failure(number)
        if self._release is not None:
            return self._give(arrays(self._results, places, seen, self._release, self._owner), arguments)
        return self._give([r.value(p) for r, p in zip(self._results, places)], arguments)  # noqa: B905 (made of them)


def made_function(
    entry: Mapping[str, Any],
    address: Callable[[str], int],
    owner: object,
    release: str | None,
    teller: Teller | None = None,
) -> Function:
    """The function of an entry of a manifest, and what it calls for arguments that overlap.

    ``address`` gives that of a symbol in ``owner``; ``release`` is the symbol of what frees results.
    """
    freeing = 0 if release is None else address(release)

    def made(described: Mapping[str, Any]) -> Function:
        return Function(described, address(described["symbol"]), owner, freeing, teller)

    function, other = made(entry), entry.get("overlapping")
    if other is not None:
        function.call_for_overlap(functools.cache(lambda: made(other)))
    return function


def symbols_of(manifest: Mapping[str, Any]) -> list[str]:
    """The symbols that a manifest names."""
    entries = [e for f in manifest["functions"] for e in (f, f.get("overlapping")) if e is not None]
    own = [manifest[name] for name in ("release", "teller") if manifest[name] is not None]
    return [*(e["symbol"] for e in entries), *own]


def _result(value: Mapping[str, Any]) -> ScalarResult | ArrayResult | AllocatedResult:
    if value["dims"] is None:
        return ScalarResult(value)
    return AllocatedResult(value) if value["allocated"] else ArrayResult(value)


def may_be_called_with_overlap(entry: Mapping[str, Any]) -> bool:
    """Whether a function writes to an array that another argument may share memory with."""
    arrays = [v["dtype"] for v in entry["parameters"] if v["dims"] is not None]
    return any(v["written"] and arrays.count(v["dtype"]) > 1 for v in entry["parameters"])


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
        return _reopened, (*self._home, given or None)

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
        return _reopened, (*self._home, (), None)

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


def open_bundle(folder: str | os.PathLike[str]) -> Bundle:
    """The functions of a bundle's folder.

    Raises:
        OSError: a file is missing or cannot be loaded.
        ValueError: the manifest is damaged, or not of a bundle for a CPU.
        RuntimeError: this machine lacks instructions that the library was compiled for.
    """
    folder = os.path.abspath(folder)
    manifest = read_manifest(folder, "library", "a CPU")
    missing = missing_features(manifest)
    if missing:
        raise RuntimeError(f"{folder} was compiled for {manifest['target']}; this machine lacks {', '.join(missing)}")
    check_files(folder, manifest)
    library = ctypes.CDLL(os.path.join(folder, manifest["library"]))

    def address(symbol: str) -> int:
        return ctypes.cast(getattr(library, symbol), ctypes.c_void_p).value or 0

    def make(entry: Mapping[str, Any]) -> Function:
        return made_function(entry, address, library, manifest["release"], teller)

    teller = listening(manifest, address(manifest["teller"]) if manifest["teller"] is not None else 0)

    weights = manifest.get("weights")
    try:
        return Bundle(manifest, make, os.path.join(folder, weights) if weights else None, (open_bundle, folder))
    except (KeyError, AttributeError) as error:
        raise ValueError(f"{folder} is damaged: its manifest and its library do not agree on {error}") from error


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


def _reopened(
    opener: Callable[[str], Any], folder: str, path: tuple[str, ...], weights: Mapping[str, Any] | None
) -> Any:
    """What a pickle names: a bundle, or a function or module of one, with the weights that travelled with it."""
    found: Any = opener(folder)
    for name in path:
        found = found._methods[name] if isinstance(found, Module) else found._exports[name]
    return found if weights is None else found.bind(weights, "the pickle")


def missing_features(manifest: Mapping[str, Any]) -> list[str]:
    """The processor features that a library needs and this machine does not have."""
    requires = manifest.get("requires", {})
    machine = {"arm64": "aarch64", "amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    if requires.get("machine", machine) != machine:
        return [requires["machine"]]
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            line = next((x for x in file if x.startswith(("flags", "Features"))), "")
    except OSError:
        return []  # not Linux: there is no list to hold it against
    have = set(line.partition(":")[2].split())
    return [feature for feature in requires.get("features", ()) if have and feature not in have]


def _together(name: str, problems: Sequence[Exception]) -> Exception:
    """One exception for all arguments that do not fit: a TypeError where one of them is."""
    if len(problems) == 1:
        return problems[0]
    kind = next(k for k in (TypeError, ValueError, OverflowError) if any(isinstance(p, k) for p in problems))
    return kind(f"{name}(): {len(problems)} arguments do not fit" + "".join(f"\n  {p}" for p in problems))


def _line(place: Mapping[str, Any], does: str) -> types.CodeType:
    """Code of one statement that looks, in a traceback, as the user's line does."""
    file, line, column = place["file"], max(place["line"], 1), max(place["column"], 1)
    before = linecache.getline(file, line)[: column - 1]
    offset = len(before.encode()) if before else column - 1
    tree = ast.parse(does)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt | ast.expr):
            node.lineno = node.end_lineno = line
            node.col_offset, node.end_col_offset = offset, offset + 1
    # An instance is the function that it is of.
    full = place["function"].partition("[")[0]
    name = "<lambda>" if full == "lambda" else full.rpartition(".")[2]
    return compile(tree, file, "exec").replace(co_name=name, co_qualname=full)


def _overlaps_itself(array: np.ndarray[Any, Any]) -> bool:
    """Whether two elements of an array may share memory: in order of stride, one axis does not clear those below it."""
    if array.flags.c_contiguous or array.size == 0:
        return False
    reach = array.itemsize
    for stride, extent in sorted((abs(s), n) for s, n in zip(array.strides, array.shape, strict=True) if n > 1):
        if stride < reach:
            return True
        reach = stride * (extent - 1) + reach
    return False


def _share_memory(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    """Whether two arrays have a byte in common. Interleaved ones, such as ``x[::2]`` and ``x[1::2]``, have none."""
    if not np.may_share_memory(a, b):
        return False
    try:
        return np.shares_memory(a, b, max_work=1000)  # pyright: ignore[reportArgumentType]
    except (np.exceptions.TooHardError, MemoryError):
        return True
