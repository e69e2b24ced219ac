"""A function as its manifest describes it: arguments bound, checked and named, results given, errors raised.

In bundles it is ``_called.py``, and must not import anything of pyc.
"""

from __future__ import annotations

import ast
import copy
import functools
import inspect
import linecache
import os
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self, TypeAlias

import numpy as np

from ._composites import Composites
from ._described import (
    Groups,
    declared,
    default_of,
    describe,
    fixed_value,
    grouped,
    groups_of,
    python_signature,
    spelled,
)
from ._tell import Teller, exception
from ._values import NUMPY_NAMES, SAME, ArrayParameter, Dims, ScalarParameter
from ._weights import read_weights, stored

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
        self._fixed = tuple(entry.get("fixed", ()))
        self._plain = self._arity if self._by_position == self._arity and not self._fixed else -1
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
        """The arrays in their types, with copies of those that the function writes and that cannot be written."""
        types = {v["weight"]: v["dtype"] for v in self._description["parameters"] if v["weight"] is not None}
        arrays = {n: stored(a, types[n]) if n in types else a for n, a in arrays.items()}
        buffers = {v["weight"] for v in self._description["parameters"] if v["weight"] is not None and v["written"]}
        read_only = {n for n in buffers if n in arrays and not getattr(arrays[n], "flags", arrays[n]).writeable}
        return {**arrays, **{n: arrays[n].copy() for n in read_only}}

    def _checked(self, arrays: Mapping[str, Any], origin: str) -> tuple[Any, ...]:
        problems: list[TypeError | ValueError] = []
        missing = [name for name in self._weight_names if name not in arrays]
        if missing:
            text = f"{origin} has no weight {', '.join(missing)}; it has {', '.join(arrays) or 'none'}"
            problems.append(ValueError(text))
        dims: dict[str, int] = {}
        for parameter, weight in zip(self._parameters[self._own :], self._weight_names, strict=True):
            if weight in arrays:
                try:
                    self._take_weight(parameter, arrays[weight], dims)
                except (TypeError, ValueError) as error:
                    problems.append(error)
        if len(problems) == 1:
            raise problems[0]
        if problems:
            kind = TypeError if all(isinstance(p, TypeError) for p in problems) else ValueError
            raise kind("\n  ".join((f"{origin} does not fit {self.__name__}:", *map(str, problems))))
        return tuple(arrays[name] for name in self._weight_names)

    def _take_weight(self, parameter: Any, array: Any, dims: dict[str, int]) -> None:
        for number, (kind, name) in enumerate(parameter.plan):
            if kind == SAME and self._plan.origin[name] in self._names[: self._own] and number < array.ndim:
                dims.setdefault(name, array.shape[number])  # known only at the call
        parameter.take(array, dims)

    def _bound_weights(self) -> tuple[Any, ...]:
        if self._weights is None:
            raise RuntimeError(f"{self.__name__} has no weights yet: call .load(path) with a safetensors or npz file")
        return self._weights

    def _bind(self, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> tuple[Any, ...]:
        """All arguments by position, with the defaults, as Python binds them and with its messages."""
        if not self._fixed and len(arguments) <= self._by_position and self._by_name.issuperset(named):
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
        for v in self._fixed:
            given = bound.arguments.pop(v["name"])
            chosen = fixed_value(v) if v["value"] else self.__signature__.parameters[v["name"]].default
            if given is not chosen and (type(given), repr(given)) != (type(chosen), repr(chosen)):
                raise TypeError(
                    f"{self.__name__}() is compiled for {v['name']} = {v['words']} alone, and {_shown(given)} is given"
                )
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
        for caller in (entry.get("caller", 0), *(() if self._teller is None else self._teller.steps(number))):
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
            raised = self._teller.raised(number)
            if raised is not None:
                return raised
        return exception(entry["kind"])(*filter(None, [entry["message"]]))

    def __reduce__(self) -> Any:
        """Pickled as its place in a bundle on disk, which is opened where the pickle goes; with weights given to it."""
        if self._home is None:
            raise TypeError(
                f"{self.__name__} is code of this process and cannot be pickled: load the bundle where it goes"
            )
        return reopened, (*self._home, self._given())

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


def reopened(
    opener: Callable[[str], Any], folder: str, path: tuple[str, ...], weights: Mapping[str, Any] | None
) -> Any:
    """What a pickle names: a bundle, or a function or module of one, with the weights that travelled with it."""
    found: Any = opener(folder)
    for name in path:
        parts = vars(found)
        found = parts["_exports" if "_exports" in parts else "_methods"][name]
    return found if weights is None else found.bind(weights, "the pickle")


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


def _shown(value: Any) -> str:
    """An argument in a message: what is long or large as its type."""
    return repr(value) if value is None or isinstance(value, str | bool | int | float) else f"a {type(value).__name__}"


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
