"""The record of pyc.nn: each expression of the tables compiled, interpreted, and by its definition in float64."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from language import outcome
from nn_references import IMAGES, ROWS, Reference
from surface import Surface, words

import pyc
from pyc import Mixed, bf16, f16, f32, f64, nn
from pyc.targets.interpreter import typed
from pyc.tools.declared_locals import converting

#: Names of element types, and how far a result may be from its definition: plain small floats round at each operation.
KINDS = {"f64": f64, "f32": f32, "f16": f16, "bf16": bf16, "Mixed[f16, f32]": Mixed[f16, f32]}
TOLERANCE = {"f64": 1e-12, "f32": 3e-5, "f16": 6e-2, "bf16": 0.4, "Mixed[f16, f32]": 6e-3}
#: How far compiled code may be from the interpreter, in units in the last place of the largest element.
ULPS = {"f64": 64, "f32": 64, "f16": 4, "bf16": 4, "Mixed[f16, f32]": 1}
EPSILON = {"f64": 2.0**-52, "f32": 2.0**-23, "f16": 2.0**-10, "bf16": 2.0**-7, "Mixed[f16, f32]": 2.0**-10}
#: Of infinities and numbers that are none: functions of each element alone, and those along an axis.
SPECIAL = (
    "celu elu gelu hardshrink hardsigmoid hardswish hardtanh leaky_relu log_softmax logsigmoid mish relu relu6 selu"
    " sigmoid silu softmax softmin softplus softshrink softsign tanh tanhshrink threshold dropout"
)
TABLES: dict[str, Mapping[str, Reference]] = {
    "rows": ROWS,
    "images": IMAGES,
    "specials": {e: r for e, r in ROWS.items() if e.split("(")[0] in words(SPECIAL)},
}
PRELUDE = f"from pyc import Mixed, bf16\nfrom pyc.nn import {', '.join(nn.__all__)}\n" + "".join(
    f'{n} = Dim("{n}")\n' for n in "BCHWORQ"
)


def rows(n: int, m: int) -> dict[str, Any]:
    rng = np.random.default_rng(n)
    x, w, b = rng.uniform(-3, 3, (n, m)), rng.random(m) + 0.5, rng.random(m)
    return {"x": x, "w": w, "b": b, "t": np.arange(n) * 2 % max(min(n, m), 1)}


def images(x: tuple[int, ...], w: tuple[int, ...]) -> dict[str, Any]:
    rng = np.random.default_rng(1)
    made = {k: rng.uniform(-1, 1, s) for k, s in {"x": x, "w": w, "b": w[:1]}.items()}
    return {**made, "m": rng.random(x[1]) + 1, "s": np.arange(x[0] * x[2] * x[3]).reshape(x[0], *x[2:]) % x[1]}


def specials() -> dict[str, Any]:
    """In lines of their own, so that what a line has does not reach all others."""
    numbers = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e4, -1e4, 1e-3, 20.0, -20.0]
    return {"x": np.array([numbers, [np.inf, *numbers[3:], 1, 2], numbers[3:] + [1, 2, 3]]), **_UNUSED}


_UNUSED = {"w": np.ones(10), "b": np.ones(10), "t": np.zeros(3, np.int64)}
#: Arguments of ordinary shapes, on which nothing may raise, and of those that have few elements, or none.
ORDINARY = {
    "rows": [rows(3, 5), rows(2, 4), rows(11, 7)],
    "images": [images((2, 2, 7, 6), (4, 2, 3, 2)), images((1, 2, 8, 10), (2, 2, 3, 2))],
    "specials": [specials()],
}
SMALL = {
    "rows": [rows(1, 4), rows(3, 1), rows(1, 1), rows(0, 5)],
    "images": [
        images((3, 2, 8, 1), (2, 2, 3, 1)),
        images((1, 2, 1, 1), (2, 2, 1, 1)),
        images((0, 2, 6, 6), (2, 2, 3, 2)),
    ],
    "specials": [],
}


def spread(a: Any) -> Any:
    """The same elements with gaps between them, and backwards along each axis."""
    out = np.zeros([2 * n for n in a.shape], a.dtype)[tuple(slice(None, None, -2) for _ in a.shape)]
    out[...] = a
    return out


def apart(a: Any, e: Any, limit: float) -> str | None:
    """What is different between two results: type, shape, or by more than ``limit`` times the largest element."""
    if (a.dtype, a.shape) != (e.dtype, e.shape):
        return f"{a.dtype}{a.shape}, not {e.dtype}{e.shape}"
    a, e = a.astype(np.float64), e.astype(np.float64)
    largest = np.max(np.abs(e), initial=1.0, where=np.isfinite(e))
    return None if np.allclose(a, e, rtol=0, atol=limit * largest, equal_nan=True) else f"{a}, not {e}"


@dataclass(frozen=True)
class Record:
    """Expressions of a table, compiled for an element type."""

    kind: str
    table: str
    surface: Surface

    def problems(self, given: Mapping[str, Any], *, ordinary: bool) -> Iterator[str]:
        """What is not as defined, or not the same compiled and interpreted, with these arguments."""
        stored = {k: pyc.array(v, KINDS[self.kind]) if v.dtype == np.float64 else v for k, v in given.items()}
        plain = tuple(np.asarray(v) for v in stored.values())
        spread_out = tuple(map(spread, plain))
        exact = SimpleNamespace(
            **{k: np.asarray(v, v.dtype if v.dtype == np.int64 else np.float64) for k, v in stored.items()}
        )
        for i, e in enumerate(self.surface.expressions):
            where = f"{e} of {self.kind}, {given['x'].shape}"
            call = getattr(self.surface.twice.compiled, f"case{i}")
            compiled, strided = outcome(call, plain), outcome(call, spread_out)
            meant = outcome(typed(converting(self.surface.twice.python[f"case{i}"])), tuple(stored.values()))
            outcomes = (compiled, strided, meant)
            if any(o.error for o in outcomes):
                if ordinary or len({o.error and o.error[0] for o in outcomes}) > 1:
                    yield f"{where}: {[o.error for o in outcomes]}"
                continue
            found, backwards, interpreted = (np.asarray(o.result) for o in outcomes)
            limit = ULPS[self.kind] * EPSILON[self.kind]
            for how, value in (("compiled", found), ("with strides", backwards)):
                if problem := apart(value, interpreted, limit):
                    yield f"{where}: {how} {problem} as interpreted"
            if problem := self._undefined(e, found, exact):
                yield f"{where}: {problem}"

    def _undefined(self, e: str, found: Any, exact: SimpleNamespace) -> str | None:
        """How a result is not what the definition says; ``None`` if it is."""
        try:
            with np.errstate(all="ignore"):
                wanted = np.asarray(TABLES[self.table][e](exact), np.float64)
        except (ValueError, ZeroDivisionError) as error:
            return f"the definition has nothing to give: {error}" if found.size else None
        return apart(found.astype(np.float64), wanted, TOLERANCE[self.kind])


def record(
    kind: str, table: str, expressions: Sequence[str], *, level: int = 1, static: Mapping[str, Any] | None = None
) -> Record:
    """Expressions compiled for an element type, of symbolic extents or, where arguments are given, of theirs."""
    declared = {
        "rows": {"x": "N, M", "w": "M", "b": "M", "t": "N"},
        "images": {"x": "B, C, H, W", "w": "O, C, R, Q", "b": "O", "m": "C", "s": "B, H, W"},
    }["images" if table == "images" else "rows"]
    if static is not None:
        declared = {k: ", ".join(map(str, static[k].shape)) for k in declared}
    elements = {k: "i64" if k in "ts" else kind for k in declared}
    signature = ", ".join(f"{k}: Tensor[{elements[k]}, {dims}]" for k, dims in declared.items())
    return Record(kind, table, Surface(signature, expressions, PRELUDE, level=level))
