"""Statements of random programs with slices of run-time steps, calls that write what they are given, and ``Mixed``."""

from __future__ import annotations

from drawn import Scope, Type
from drawn_calls import Calls

#: What the statements call.
CALLED = """

def swelled(v, by):
    v += by
    return v


def stirred(v: Tensor[T, N], w: Tensor[T, N], k: int) -> int:
    v[::-1] = w
    if k > 3:
        raise ValueError(f"no {k}")
    w[:1] = v[-1:]
    return k + len(v)


def crossed(v: Tensor[T, N], w: Tensor[T, M]) -> Tensor[T, N, M]:
    return v[:, None] * w


def twice_over(f, v, n):
    for _ in range(n):
        v[:] = f(v)
    return n + 1
"""
_GENERIC = ("i16", "i32", "i64", "f32", "f64")


class Wide(Calls):
    """Writes statements in which slices, calls and roundings meet."""

    def stepped(self, s: Scope) -> list[str]:
        """A slice whose bounds and step are known when it runs: steps may be 0."""
        to = self.arrays(s)
        if to is None or to.type.dtype == "bool":
            return [f"a = {self.integer(s)}"]
        assert to.type.dims is not None
        step = self.of("k", "-2", "-3", "(b % 3)", f"({self.integer(s, 2)}) % 5 - 2", "3")
        low, high = (self.of("", "", "a", "k", "-1", "-2", "1") for _ in range(2))
        part = f"{to.text}[{low}:{high}:{step}]"
        number = self.integer(s, 2) if to.type.kind in "iu" else self.real(s, 2)
        by = f"(({number}) & 7)" if to.type.kind in "iu" else number
        if to.type.dtype == "bf16":
            return [f"a = len({part})"]
        return [self.of(f"{part} = {by}", f"{part} += {by}", f"a = len({part})", f"{part} = {part}[::-1]")]

    def written(self, s: Scope) -> list[str]:
        """Calls inside each other that write the arrays that they are given, perhaps the same one twice."""
        x = self.pick(s, lambda t: t.dims is not None and len(t.dims) == 1 and t.dtype in _GENERIC)
        if x is None:
            return [f"a = {self.integer(s)}"]
        assert x.type.dims is not None
        by = f"{x.type.dtype}({self.integer(s, 2)} & 7)"
        y = self.viewed(s, x.type.dims, lambda t: t.dtype == x.type.dtype)
        assert y is not None
        f = self.of("lambda v: v + v", "lambda v: v[::-1]", "backwards", "lambda v: abs(v)")
        return [
            self.of(
                f"swelled(swelled({x.text}, {by})[::-1][:2], {by})",
                f"{x.text}[:] = swelled({x.text}, {by}) + {y.text}",
                f"{x.text}[1:] = {y.text}[1:] - swelled({x.text}, {by})[:-1]",
                f"a = stirred({x.text}, {y.text}, {self.integer(s, 1)} % 6)",
                f"b = len(swelled({x.text}, {by})) + stirred({x.text}[::-1], {y.text}.copy(), a % 6)",
                f"a = twice_over({f}, {x.text}, {self.of('2', 'b % 4')})",
                f"np.add.at({x.text}, [0, -1, 0, a % 3], {by})",
                f"b = int(crossed({x.text}, {y.text}).sum()) % 997" if x.type.kind == "i" else "b = 3",
            )
        ]

    def mixed(self, s: Scope) -> list[str]:
        """Arithmetic in the precision of a ``Mixed`` array, and its rounding where it is stored."""
        i, j = self.position(s, "N"), self.position(s, "N")
        x = self.pick(s, lambda t: t == Type("f16", ("N",)))
        other = x.text if x is not None else "v"
        real = self.real(s, 2)
        t = self.fresh("t")
        return self.of(
            [f"v[:] = v * {real} + {other}"],
            [f"v[{i}] = v[{j}] * {real}"],
            [f"v[{i}] += {real}"],
            [f"{t} = v / 3.0", f"v[::-1] = {t} * {t} - v"],
            [f"{t} = v.copy()", f"v += {t} * v", f"v -= {t}"],
            ["r = float(np.sum(v))"],
            [f"r = float(v[{i}] * v[{j}] + {real})"],
            [f"v[v > {real}] = {real}"],
            [f"v[...] = np.where(v > {other}, v * 0.1, {other})"],
            [f"v *= np.sqrt(np.abs(v)) + {other}"],
            ["v[:] = np.cumsum(v)"],
            [f"for {t} in v:", f"    r += float({t} * {real})"],
            [f"a = int(np.argmax(v * {real}))" if self.chance(0.5) else f"r = float(v.max() - v[{i}])"],
        )
