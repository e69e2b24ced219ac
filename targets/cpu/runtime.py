"""Compiled functions as Python functions on NumPy arrays.

Bundles carry this file as ``_runtime.py``: it needs NumPy and ctypes, and must not import anything of pyc. A function's
entry point takes a descriptor for each array, scalars by value, and a descriptor for each result; it returns 0, or the
number of the check that failed. Arrays are never copied.
"""

from __future__ import annotations

import copy
import ctypes
import functools
import os
import platform
from collections.abc import Callable, Mapping
from typing import Any

from ._allocated import AllocatedResult, arrays
from ._bundle import Bundle, check_files, read_manifest
from ._called import Described, Overlap
from ._described import python_types
from ._native import Native, attach, called_natively
from ._pool import share
from ._tell import Teller, listening
from ._values import ArrayResult, ScalarResult


@called_natively
class Function(Described, Native):
    """A compiled function. Calls release the interpreter lock, and may run in any number of threads at once."""

    def __init__(
        self, entry: Mapping[str, Any], address: int, owner: object, release: int = 0, teller: Teller | None = None
    ) -> None:
        """``entry`` is the function's part of the manifest, ``address`` its entry point in ``owner``.

        ``release`` is the address of what frees results that the function allocates; ``teller`` hears what it says.
        """
        super().__init__(entry)
        self.__annotations__ = python_types(entry)
        self._results: tuple[Any, ...] = tuple(map(_result, entry["results"]))
        self._strided = frozenset(k for k, v in enumerate(entry["results"]) if v.get("strided"))
        self._read_only = tuple((k, v["read_only"]) for k, v in enumerate(entry["results"]) if v.get("read_only"))
        allocates = any(isinstance(r, AllocatedResult) for r in self._results)
        self._teller = teller
        self._release = ctypes.CFUNCTYPE(None, ctypes.c_int64)(release) if allocates else None
        arguments = [p.ctype for p in self._parameters] + [ctypes.c_void_p] * len(self._results)
        self._entry = ctypes.CFUNCTYPE(ctypes.c_int32, *arguments)(address)
        self._owner = owner
        #: What takes the arguments of a call apart in compiled code, if there is such: its address, and what it needs.
        self.direct: tuple[int, tuple[str, ...]] | None = None
        #: Gives the function that is called when arguments overlap, if there is one.
        self._variant: Callable[[], Function] | None = None

    def call_for_overlap(self, variant: Callable[[], Function]) -> None:
        """Let arguments overlap that are written: ``variant`` gives, at each such call, the function that runs."""
        self._variant = variant

    def __call__(self, /, *arguments: Any, **named: Any) -> Any:
        if named or len(arguments) != self._plain:
            arguments = self._bind(arguments, named)
            if self.direct is not None:
                return self(*arguments)  # in order, they are plain perhaps
        return self.run(arguments)

    def fail(self, number: int) -> None:
        """Raise the exception of an error, by its number."""
        raise self._failure(number)

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
            values = arrays(self._results, places, seen, self._release, self._owner)
        else:
            values = [r.value(p) for r, p in zip(self._results, places)]  # noqa: B905 (made of them)
        for k, mode in self._read_only:
            if mode == "shared" and places[k][0]:
                continue  # a block of its own: it is a copy
            values[k].flags.writeable = False
        return self._give(values, arguments)


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
    direct = entry.get("call")
    if direct is not None and not function._fixed:  # compiled code binds by position, what is fixed besides
        function.direct = address(direct["symbol"]), tuple(direct["table"])
        attach(function, *function.direct, function.__call__, function.fail)
    return function


def symbols_of(manifest: Mapping[str, Any]) -> list[str]:
    """The symbols that a manifest names."""
    entries = [e for f in manifest["functions"] for e in (f, f.get("overlapping")) if e is not None]
    own = [manifest[name] for name in ("release", "teller", "pool") if manifest.get(name) is not None]
    calls = [e["call"]["symbol"] for e in entries if e.get("call") is not None]
    return [*(e["symbol"] for e in entries), *own, *calls]


def _result(value: Mapping[str, Any]) -> ScalarResult | ArrayResult | AllocatedResult:
    if value["dims"] is None:
        return ScalarResult(value)
    return AllocatedResult(value) if value["allocated"] else ArrayResult(value)


def may_be_called_with_overlap(entry: Mapping[str, Any]) -> bool:
    """Whether a function writes to an array that another argument may share memory with."""
    arrays = [v["dtype"] for v in entry["parameters"] if v["dims"] is not None]
    return any(v["written"] and arrays.count(v["dtype"]) > 1 for v in entry["parameters"])


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
    share(manifest, address, library)

    weights = manifest.get("weights")
    try:
        return Bundle(manifest, make, os.path.join(folder, weights) if weights else None, (open_bundle, folder))
    except (KeyError, AttributeError) as error:
        raise ValueError(f"{folder} is damaged: its manifest and its library do not agree on {error}") from error


def missing_features(manifest: Mapping[str, Any]) -> list[str]:
    """The processor features that a library needs and this machine does not have."""
    requires = manifest.get("requires", {})
    machine = {"arm64": "aarch64", "amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    if requires.get("machine", machine) != machine:
        return [requires["machine"]]
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            name = "flags" if machine == "x86_64" else "Features"  # an emulator may show those of another machine
            line = next((x for x in file if x.startswith(name)), "")
    except OSError:
        return []  # not Linux: there is no list to hold it against
    have = set(line.partition(":")[2].split())
    return [feature for feature in requires.get("features", ()) if have and feature not in have]
