"""A hundred small functions of arrays: values, types, shapes, what shares memory, what was written, and exceptions.

Each is compiled at -O0 or -O3, run on arrays of the language, and compared with NumPy on four sets of arguments.
``PYC_LEVELS=1 pytest test/run/test_array_functions.py`` compiles each at both, which takes a minute.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from language import HEADER, Twice, same

from pyc.targets.interpreter.array import wrapped

KINDS = {
    "v": "Tensor[f64, N]", "w": "Tensor[f64, N]", "m": "Tensor[f64, N, M]", "q": "Tensor[i32, N]",
    "b": "Tensor[bool, N]", "i": "Tensor[i64, K]", "z": "Tensor[f64]", "c": "Tensor[f64, 2, N, M]", "s": "int",
    "e": "Tensor[u8, N]",
}  # fmt: skip

#: The parameters by their kinds, and the statements, of functions.
FUNCTIONS = (
    # Views, given back and written through.
    ("v", "return v"),
    ("v", "return v[1:], v[:-1]"),
    ("v", "return v[::-1]"),
    ("v s", "return v[s:], v[:s], v[::s]"),
    ("v s", "return v[s]"),
    ("v s", "v[s] = 9.0"),
    ("v s", "v[s:] = v[:s].sum()"),
    ("v", "y = v[::2]; y += 1.0; return y"),
    ("v", "y = v[::-1]; y[:2] = 7.0; return y, v"),
    ("v", "y = v; y = y * 2.0; y[:1] = 1.0; return y"),
    ("v", "y = v; y *= 2.0; return y"),
    ("v", "y = v.copy(); y[:] = 0.0; return y"),
    ("v", "return v[:], v[...], v[()]"),
    ("v", "return v[None], v[:, None], v[None, :, None]"),
    ("v", "y = v[:, None]; y[:, 0] = 3.0"),
    ("v", "return v[..., None].T"),
    ("v", "return v[2:2], v[5:1], v[100:], v[-100:2]"),
    ("v", "v[2:2] = 1.0; v[5:1:-1] = 2.0"),
    ("v s", "v[::s] = 0.5"),
    ("m", "return m.T"),
    ("m", "m.T[0] = 1.0"),
    ("m", "return m[0], m[-1], m[:, 0]"),
    ("m", "return m[::-1, ::-1]"),
    ("m", "return m[..., 0], m[0, ...], m[...]"),
    ("m s", "return m[s], m[:, s], m[s, s]"),
    ("m s", "m[s] = m[:, s].sum()"),
    ("m", "y = m[1:]; y[:, 0] = -1.0; return y[0]"),
    ("m", "return m.reshape(-1), m.ravel(), m.flatten()"),
    ("m", "y = m.reshape(-1); y[:1] = 8.0; return y"),
    ("m", "y = m.ravel(); y[:1] = 8.0"),
    ("m", "return m.diagonal(), np.diag(m)"),
    ("m", "return np.swapaxes(m, 0, 1), np.moveaxis(m, 0, -1), np.transpose(m)"),
    ("m", "return np.flip(m), np.flipud(m), np.fliplr(m), np.rot90(m)"),
    ("m", "np.flip(m, axis=0)[0] = 4.0"),
    ("m", "return np.expand_dims(m, 1), np.atleast_2d(m), np.atleast_1d(m)"),
    ("m", "for r in m:\n        r[:] = r[::-1].copy()"),
    ("m", "for r in m.T:\n        r += 1.0"),
    ("m", "t = 0.0\n    for k in range(len(m)):\n        t += m[k].sum()\n    return float(t)"),
    ("c", "return c[0], c[:, 0], c[..., 0]"),
    ("c", "return c[1, ::-1, None, :-1]"),
    ("c", "return c.transpose(2, 0, 1), c.sum(axis=(0, 2))"),
    ("c", "u, v = c; u[:] = v; return u, v"),
    ("c", "c[0], c[1] = c[1].copy(), c[0].copy()"),
    ("c", "c[:, :, 0] = 5.0; return c.reshape(2, -1)"),
    # What overlaps inside one array.
    ("v", "v[1:] = v[:-1]"),
    ("v", "v[:-1] = v[1:]"),
    ("v", "v[:] = v[::-1]"),
    ("v", "v[1:] += v[:-1]"),
    ("v", "v += v[::-1]"),
    ("v", "v[:] = v[::-1] + v"),
    ("v s", "v[0], v[s] = v[s], v[0]"),
    ("m", "m[:] = m[::-1]"),
    ("m", "m[1:] -= m[0]"),
    ("m", "m[:, 0] = m[:, -1]"),
    # Two arguments, which may overlap.
    ("v w", "v[:] = w"),
    ("v w", "v += w; return v"),
    ("v w", "w[:] = v[::-1]; return w"),
    ("v w", "for k in range(len(v)):\n        v[k] = w[k] + 1.0"),
    ("v w", "return (v, w)"),
    ("v w", "y = v if len(v) > 5 else w; y[:1] = 0.0; return y"),
    ("v w", "v, w = w, v; v[:1] = 5.0; return v, w"),
    ("v w", "np.add(v, w, out=v); return v"),
    ("v w", "return np.multiply(v, w, out=w)"),
    ("v w", "np.add(v[1:], w[:-1], out=w[1:])"),
    ("v w", "np.negative(v, out=w); np.sqrt(np.abs(v), out=v)"),
    ("v w", "np.cumsum(v, out=w); return w"),
    ("v w", "np.copyto(v, w); return np.maximum(v, w, out=v[:])"),
    ("v w", "y = np.where(v > w, v, w); y[:1] = 1.0; return y"),
    # Masks.
    ("v b", "return v[b], v[~b]"),
    ("v b", "v[b] = 0.0"),
    ("v b", "v[b] += 1.0"),
    ("v b", "v[b] = v[b][::-1]"),
    ("v b", "v[b] = [1.0, 2.0]"),
    ("v w b", "v[b] = w[b]"),
    ("v w b", "v[b] = w[~b]"),
    ("v", "v[v > 0] = -v[v > 0]; return v[v < 0]"),
    ("m b", "return m[b], m[b, 0]"),
    ("m b", "m[b] = 1.0; m[~b, 0] = 2.0"),
    ("m", "m[m > 1] = 1.0; return m[m < 1]"),
    ("m", "return np.nonzero(m > 0), np.argwhere(m > 0), np.flatnonzero(m > 0)"),
    ("v b", "return np.where(b, v, 0.0), np.count_nonzero(b), bool(np.any(b)), bool(np.all(b))"),
    ("v b", "return np.compress(b, v), np.extract(b, v)"),
    ("v b", "np.putmask(v, b, 3.0); np.place(v, ~b, [1.0, 2.0])"),
    # Arrays of indices, with some of them twice.
    ("v i", "return v[i]"),
    ("v i", "v[i] = 1.0"),
    ("v i", "v[i] += 1.0"),
    ("v i", "v[i] = np.arange(len(i))"),
    ("v i", "np.add.at(v, i, 1.0)"),
    ("v i", "v[i] = v[i[::-1]]; return v"),
    ("v i", "y = v[i]; y[:1] = 77.0; return y"),
    ("v i", "return v[i[:, None]], v[i[None, ::2]]"),
    ("v i", "y = v if len(v) else np.ones(1); return np.take(y, i), y.take(i)"),
    ("v i", "if len(v):\n        np.put(v, i, 2.5)"),
    ("m i", "return m[i], m[:, i], m[i, i]"),
    ("m i", "m[i] = 2.0; m[:, i] += 1.0"),
    ("m i", "return m[i, 0], m[0, i], m[i, 1:], m[i[:, None], i]"),
    ("m i", "m[i, i] = 6.0"),
    ("m", "return m[[0, 0, -1]], m[[0, 1], [1, 0]]"),
    ("m", "m[[0, 0]] += 1.0; m[:, [0, -1]] = m[:, [-1, 0]]"),
    # Without axes, and of other types.
    ("z", "return z, z[()], z[...], z[None]"),
    ("z", "z[...] = 2.0; z += 1.0; return z.copy()"),
    ("z", "z[()] = 4.0; return z.reshape(1), z.ravel()"),
    ("v z", "v *= z; v[:1] = z; return v + z, float(z * z)"),
    ("q", "q += 1; q[:2] <<= 3; return q // 2, q % 3, q / 2"),
    ("q", "q[:] = q * 1000003; return q.sum(), q.astype(np.int8)"),
    ("q v", "v[:] = q; return q + v, q * 2.0"),
    ("q v", "q[:] = v.astype(np.int32); return q"),
    ("e", "e -= 200; return e, e + e, e.sum(), ~e, e[::-1] * e.dtype.type(3)"),
    ("e b", "e[b] ^= e[b] >> 1; return e.astype(bool) & b"),
    ("e v", "e[:] = np.clip(v, 0, 255).astype(np.uint8); return e.max(initial=0), e.astype(np.float32)"),
    ("v", "return v.astype(np.float64), v.astype(np.float32), np.asarray(v), np.array(v), np.ascontiguousarray(v)"),
    ("v", "return np.zeros_like(v), np.empty((0, 3)), np.full((2, 0), 1.0), np.ones(())"),
    ("v", "return np.concatenate((v[:0], v, v[::-1])), np.stack((v, v[::-1])), np.hstack((v, v)), np.tile(v, 2)"),
    ("v", "return np.roll(v, 1), np.repeat(v, 2), np.append(v, 1.0), np.delete(v, 0), np.insert(v, 0, 9.0)"),
    ("v", "v.sort(); return np.sort(v)[::-1], np.argsort(v), np.unique(v)"),
    ("v", "v.fill(3.0); return v.max(), v.argmin()"),
    ("c", "a, b = c[:, 0]; return a + b, a"),
    ("m", "a, b = m[:2]; a += b; return a"),
    ("m", "return np.broadcast_to(m[0], (2, m.shape[1])), np.broadcast_to(m, m.shape)"),
    ("m", "return m.sum(axis=0), m.max(axis=1), m.mean(), m.argmax(), m.prod(axis=-1, keepdims=True)"),
    ("m", "np.sum(m, axis=1, out=m[:, 0]); return m"),
    ("m", "return np.split(m, 2), np.array_split(m, 2, axis=1)"),
    ("m", "m[0][0] = 1.0; m[0, 1:][0] = 2.0; m[1:][0][:1] = 3.0"),
    ("m", "m.flat[1] = 5.0; return m.flat[2], m.size, m.ndim, m.shape, len(m)"),
    ("m", "return m @ m.T, m[0] @ m[1], np.outer(m[0], m[0])"),
    ("m", "np.fill_diagonal(m, 0.0); return np.tril(m), np.triu(m, 1), np.trace(m)"),
    ("v", "x = v\n    for k in range(3):\n        x = x[1:]\n        x[:1] = k\n    return x"),
    ("v w", "for k in range(3):\n        v, w = w, v\n        v[:1] += k\n    return v"),
    ("v", "x = v[:2]; y = v[1:3]; x += 1.0; y *= 2.0; x -= y; return x, y"),
    ("v", "x = v\n    if v.size > 5:\n        x = v[::-1]\n    x[:2] = 1.5\n    return x"),
)
SOURCE = "".join(
    f"def run{k}({', '.join(f'{n}: {KINDS[n]}' for n in names.split())}):\n    {body.replace('; ', chr(10) + '    ')}\n"
    for k, (names, body) in enumerate(FUNCTIONS)
)
EVERY = "PYC_LEVELS" in os.environ
NAMES = [f"run{k}" for k in range(len(FUNCTIONS))]


def _usual() -> dict[str, Any]:
    v = np.array([-2.5, 4.0, 0.0, 1.5, np.nan, -1.0])
    return _rest(v, np.arange(6.0), np.arange(24.0).reshape(6, 4) - 9, [0, 2, 2, -1], 1)


def _strided() -> dict[str, Any]:
    base, grid = np.arange(10.0) - 4, np.arange(70.0).reshape(10, 7)
    return _rest(base[::-2], np.arange(15.0)[::3], grid[::-2, 5::-2], [1, 1, 0, 9], -2)


def _overlapping() -> dict[str, Any]:
    base = np.arange(9.0) - 3
    return _rest(base[:-1], base[1:], np.arange(24.0).reshape(3, 8).T, [], 0)


def _empty() -> dict[str, Any]:
    return _rest(np.zeros(0), np.zeros(0), np.zeros((0, 3)), [0], 3)


def _rest(v: Any, w: Any, m: Any, places: list[int], s: int) -> dict[str, Any]:
    n = len(v)
    b = np.arange(n) % 3 == 0
    c = np.arange(4.0 * n * m.shape[1]).reshape(2, n, -1)[:, ::1, ::2] if n else np.zeros((2, 0, 3))
    q, e = np.arange(n, dtype=np.int32) * 700 - 5, np.arange(n, dtype=np.uint8) * 37
    i = np.array(places, dtype=np.int64)
    return {"v": v, "w": w, "m": m, "i": i, "s": s, "b": b, "c": c, "q": q, "e": e, "z": np.array(1.25)}


SETS: dict[str, Callable[[], dict[str, Any]]] = {
    "usual": _usual, "strided": _strided, "overlapping": _overlapping, "empty": _empty,
}  # fmt: skip


def _called(function: Any, arguments: list[Any]) -> tuple[Any, ...]:
    """The result, the exception, the arguments afterwards, and which of all these share memory."""
    result, error = None, None
    try:
        with np.errstate(all="ignore"):
            result = function(*arguments)
    except Exception as raised:
        error = (type(raised).__name__, str(raised))
    arrays = [a for a in (*arguments, *_flat(result)) if isinstance(a, np.ndarray)]
    shared = [np.shares_memory(a, b) for a, b in combinations(arrays, 2)]
    return result, error, tuple(arguments), shared


def _flat(result: Any) -> list[Any]:
    return [a for r in result for a in _flat(r)] if isinstance(result, tuple | list) else [result]


def _plain(result: Any) -> Any:
    """A result without classes of the language, lists as tuples."""
    if isinstance(result, tuple | list):
        return tuple(map(_plain, result))
    return np.asarray(result) if isinstance(result, np.ndarray) else result


def _agree(python: dict[str, Any], functions: dict[str, Any], argument: Callable[[Any], Any]) -> None:
    """Fail with all that differ between ``functions``, which take ``argument(x)`` for x, and those of ``python``."""
    wrong = []
    for name, function in functions.items():
        names, body = FUNCTIONS[NAMES.index(name)]
        for given, made in SETS.items():
            where = f"{given} {names}: {body!r}"
            expected = _called(python[name], _chosen(made(), names))
            found = _called(function, [argument(x) for x in _chosen(made(), names)])
            try:
                assert found[1] == expected[1], f"{where}: {found[1]}, not {expected[1]}"
                same(_plain(found[0]), _plain(expected[0]), where)
                same(_plain(found[2]), _plain(expected[2]), f"{where} writes")
                assert found[3] == expected[3], f"{where} shares {found[3]}, not {expected[3]}"
            except AssertionError as problem:
                wrong.append(str(problem).split("\nassert")[0])
    assert not wrong, "\n".join(wrong)


def _chosen(made: dict[str, Any], names: str) -> list[Any]:
    return [made[n] for n in names.split()]


@pytest.mark.parametrize("level", [0, 3], ids=["O0", "O3"])
def test_functions_of_arrays_do_what_they_do_in_numpy(level: int) -> None:
    few = NAMES[::5]
    chosen = NAMES if EVERY else few if level else [n for n in NAMES if n not in few]
    several = [name for name in chosen if "v w" in FUNCTIONS[NAMES.index(name)][0]]
    one = Twice(SOURCE, *(n for n in chosen if n not in several), level=level)
    two = Twice(SOURCE, *several, overlapping="also", level=level)
    compiled = {n: getattr((two if n in several else one).compiled, n) for n in chosen}
    _agree(one.python, compiled, lambda x: x)


def test_functions_of_arrays_of_the_language_do_what_they_do_in_numpy() -> None:
    program: dict[str, Any] = {"__name__": "program"}
    exec(HEADER + SOURCE, program)
    _agree(
        program, {n: program[n] for n in NAMES}, lambda x: wrapped(x, None, None) if isinstance(x, np.ndarray) else x
    )
