"""The arguments that functions of the tables are called with: extents, layouts, and values of each element type."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ml_dtypes
import numpy as np

from pyc.precision import DTYPES

if TYPE_CHECKING:
    from surface_cases import Case

#: The parameters that a call may name, and their types: ``T`` is the element type that is tried.
PARAMETERS = {
    "x0": "Tensor[T]", "y0": "Tensor[T]", "x1": "Tensor[T, N]", "y1": "Tensor[T, N]", "x2": "Tensor[T, N, M]",
    "y2": "Tensor[T, N, M]", "x3": "Tensor[T, N, M, K]", "y3": "Tensor[T, N, M, K]", "w1": "Tensor[T, M]",
    "h2": "Tensor[T, N, 3]", "p2": "Tensor[T, N, N]", "s": "T", "t": "T",
    "b1": "Tensor[bool, N]", "b2": "Tensor[bool, N, M]", "i1": "Tensor[i64, N]", "j1": "Tensor[i64, N]",
    "c1": "Tensor[i64, N]", "u1": "Tensor[u8, N]",
    "r1": "Tensor[f64, N]", "r2": "Tensor[f64, N, M]", "q1": "Tensor[f64, 3]",
    "n": "int", "k": "int", "f": "float", "g": "float",
}  # fmt: skip
#: How arguments lie: extents, and what becomes of contiguous arrays; ``special`` and ``extreme`` are values.
LAYOUTS: dict[str, tuple[int, int, int]] = {
    "contiguous": (5, 3, 2), "one": (1, 1, 1), "reversed": (7, 2, 3), "stepped": (3, 4, 2), "transposed": (4, 5, 3),
    "empty": (0, 2, 3), "no columns": (3, 0, 2), "prime": (13, 2, 1), "special": (11, 3, 2), "extreme": (11, 3, 2),
}  # fmt: skip
#: Element types that are Python's own numbers.
_PYTHON = ("int", "float", "complex")
_SPECIAL = (np.nan, 0.0, -0.0, np.inf, 1.0, -1.0, 0.5, -2.5, 3.5, -np.inf, 2.0)
_NUMBERS = (*_SPECIAL, 0.25, -0.75, 10.0, 100.25, 1e-3, -7.0)


def _quarters(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Numbers whose sums are exact, also in f16."""
    return np.round(rng.standard_normal(shape) * 8) / 4


def _whole(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return np.round(rng.standard_normal(shape) * 3)


VALUES: dict[str, Callable[[np.random.Generator, tuple[int, ...]], Any]] = {
    "quarters": _quarters,
    "whole": _whole,
    "reals": lambda rng, shape: rng.standard_normal(shape) * 3,
    "unit": lambda rng, shape: rng.uniform(-1, 1, shape),
    "positive": lambda rng, shape: rng.uniform(0.25, 4, shape),
    "places": lambda rng, shape: rng.integers(0, 3, shape),
}


def numpy_type(element: str) -> np.dtype[Any]:
    if element in _PYTHON:
        return np.dtype(element)
    name = DTYPES[element].numpy
    return np.dtype(getattr(ml_dtypes, name, name))


def arguments(case: Case, layout: str) -> tuple[object, ...]:
    """The arguments of a case's parameters, always the same."""
    if layout.isdigit():
        return tuple(_number(case, p, int(layout)) for p in case.parameters)
    return tuple(_argument(case, p, layout) for p in case.parameters)


def of_numbers(case: Case) -> int:
    """How many arguments a case without arrays is called with."""
    return len(_NUMBERS) if case.parameters else 1


def _number(case: Case, parameter: str, number: int) -> object:
    at = number + 5 * (parameter in ("t", "g", "k"))
    value = _NUMBERS[(at * (3 if parameter in ("t", "g") else 1)) % len(_NUMBERS)]
    if parameter in ("n", "k"):
        return (3, 1, 0, 7, 2, 5, 12)[at % 7]
    if parameter in ("f", "g"):
        return float(value)
    found: Any = _cast(np.asarray(value), case.element)[()]
    return found.item() if case.element in (*_PYTHON, "bool") else found


def _argument(case: Case, parameter: str, layout: str) -> object:
    n, m, k = LAYOUTS[layout]
    rng = np.random.default_rng(zlib.crc32(f"{parameter} {layout}".encode()))
    if parameter in ("n", "k"):
        return {"n": n, "k": 2}[parameter]
    if parameter in ("f", "g"):
        return {"f": 0.75, "g": -1.5}[parameter]
    if parameter == "q1":
        return np.array([0.1, 0.5, 0.875])
    shape = {"0": (), "1": (n,), "2": (n, m), "3": (n, m, k)}.get(parameter[-1], ())
    shape = {"w1": (m,), "h2": (n, 3), "p2": (n, n)}.get(parameter, shape)
    if layout == "transposed":
        return _elements(case, parameter, rng, shape[::-1], layout).T
    if layout == "stepped":
        wide = _elements(case, parameter, rng, tuple(2 * e for e in shape), layout)
        return wide[tuple(slice(None, None, 2) for _ in shape)]
    a = _elements(case, parameter, rng, shape, layout)
    a = a[tuple(slice(None, None, -1) for _ in shape)] if layout == "reversed" and shape else a
    return a[()] if parameter in ("s", "t") else a


def _elements(case: Case, parameter: str, rng: np.random.Generator, shape: tuple[int, ...], layout: str) -> Any:
    match parameter[0]:
        case "b":
            return rng.random(shape) < 0.6
        case "i" | "j":
            # Positions in an axis of N, counted from either end.
            extent = max(LAYOUTS[layout][0], 1)
            return rng.integers(-extent, extent, shape)
        case "c":
            return rng.integers(0, 4, shape)
        case "u":
            return rng.integers(0, 256, shape).astype(np.uint8)
        case "r":
            return _quarters(rng, shape)
    element = case.element
    kind = numpy_type(element).kind
    if kind == "b":
        return rng.random(shape) < 0.5
    if kind in "iu":
        return _integers(case, rng, shape, layout)
    values = VALUES[case.row.values](rng, shape).astype(float)
    if kind == "c":
        values = values + 1j * VALUES[case.row.values](rng, shape)
    if layout in ("special", "extreme") and values.size:
        special = np.resize(np.array(_special(element, layout)), 11 * (shape[-1] if shape else 1))
        rng.shuffle(special)
        flat: Any = np.array(values).reshape(-1)
        places = rng.permutation(flat.size)[: max(1, flat.size * 2 // 3)]
        flat[places] = np.resize(special, places.size)
        if kind == "c":
            flat.imag[rng.permutation(flat.size)[: flat.size // 2]] = np.resize(special[::-1], flat.size // 2)
        values = flat.reshape(shape)
    return _cast(values, element)


def _integers(case: Case, rng: np.random.Generator, shape: tuple[int, ...], layout: str) -> Any:
    dtype = numpy_type(case.element)
    low = 0 if dtype.kind == "u" or case.row.values in ("positive", "places") else -9
    values = rng.integers(low, 3 if case.row.values == "places" else 10, shape).astype(dtype)
    if layout == "extreme":
        limits = np.iinfo(dtype)
        flat = np.array(values).reshape(-1)
        extremes = np.array([limits.min, limits.max, limits.max - 1, 0, limits.min + 1, limits.max // 2 + 1], dtype)
        places = rng.permutation(flat.size)[: max(1, flat.size * 2 // 3)]
        flat[places] = np.resize(extremes, places.size)
        values = flat.reshape(shape)
    return values


def _special(element: str, layout: str) -> tuple[float, ...]:
    if layout == "special":
        return _SPECIAL
    limits = ml_dtypes.finfo(numpy_type(element))
    largest, tiny, least = (float(v) for v in (limits.max, limits.smallest_normal, limits.smallest_subnormal))
    return (largest, -largest, tiny, -tiny, least, -least, float(limits.eps), 1e4, -1e4, -0.0, 1 / 3)


def _cast(values: Any, element: str) -> Any:
    dtype = numpy_type(element)
    with np.errstate(all="ignore"):
        if dtype.kind in "biu":
            values = np.nan_to_num(values, nan=3, posinf=7, neginf=5)
            values = np.abs(values) if dtype.kind == "u" else values
        return np.asarray(values).astype(dtype)
