"""Statements of random programs that call: functions defined inside, unpacked arguments, packs of extents."""

from __future__ import annotations

from drawn import Scope, Type, Value, Writer

#: What the statements call.
CALLED = """

def together(*args: int) -> int:
    total = len(args)
    for v in args:
        total = (total * 3 + v) % 1009
    return total


def blended(x: Tensor[T, *S], y: Tensor[T, *S], by: T) -> Tensor[T, *S]:
    return x * by - y


def ordered(a: int, b: int, c: int = 4) -> tuple[int, int]:
    return (a - c, b) if a > b else (b, a + c)
"""


class Calls(Writer):
    """Writes calls in which more than the arguments counts."""

    def unpacked(self, s: Scope) -> list[str]:
        """A call whose arguments are, in part, the items of tuples."""
        one, two, three = (self.integer(s, 1) for _ in range(3))
        pair = self.fresh("t")
        lines = [f"{pair} = ({one}, {two})"]
        call = self.of(
            f"a = together(*{pair}, {three})",
            f"a = together({three}, *{pair}, *{pair})",
            f"a = together(*{pair}[::-1])",
            f"a, b = ordered(*{pair})",
            f"b = together(*ordered(*{pair}, {three}))",
            f"a, b = ordered(*{pair}, c={three})",
            f"a = max(*{pair}, {three})",
            f"b, *_ = {pair}",
            f"a = sum({pair}) - min(*{pair})",
        )
        return [*lines, call]

    def packed(self, s: Scope) -> list[str]:
        """A call of a function for any extents, its result put into a name of the same type."""
        x = self.pick(s, lambda t: bool(t.dims) and t.dtype in ("i16", "i32", "i64", "f32", "f64"))
        if x is None or s.guarded:
            return self.unpacked(s)
        assert x.type.dims is not None
        y = self.viewed(s, x.type.dims, lambda t: t.dtype == x.type.dtype)
        assert y is not None
        by = f"{x.type.dtype}({self.integer(s, 2)} & 7)"
        call = f"blended({x.text}, {y.text}, {by})"
        return [f"{x.text} = {call}" if x.text.isidentifier() else f"a = {call}.shape[0]"]

    def inner(self, s: Scope) -> list[str]:
        """A function inside, which may change names of the function around it or read them, and calls of it."""
        f, v, c = self.fresh("f"), self.fresh("v"), self.fresh("c")
        own = s.inside(Value(v, Type("int")))
        begin = self.integer(s, 1)
        # What a function rebinds outside does not come back to a handler: it is refused in `try`.
        match self.of(1, 3) if s.guarded else self.r.randrange(4):
            case 0:
                return [
                    f"{c} = {begin}",
                    f"def {f}({v}):",
                    f"    nonlocal {c}",
                    f"    {c} {self.of('+=', '-=', '^=')} ({self.integer(own, 1)}) % 1000",
                    f"    return {c} - {v}",
                    f"a = {f}({self.integer(s, 1)}) {self.of('+', '-')} {f}({c})",
                    f"b = {c} % 977",
                ]
            case 1:
                return [
                    f"{c} = {begin}",
                    f"def {f}({v}, by=3):",
                    f"    if {self.condition(own, 1)}:",
                    f"        return {v} * by",
                    f"    return ({self.integer(own, 1)}) - {c}",
                    f"a = applied({f}, {self.integer(s, 1)} % 50)",
                    f"{c} = {self.integer(s, 1)}",
                    f"b = {f}({self.integer(s, 1)} % 50, by={self.of('2', 'a % 5')})",
                ]
            case 2:
                i = self.fresh("i")
                return [
                    f"{c} = 0",
                    f"def {f}({v}: int) -> None:",
                    f"    nonlocal {c}, b",
                    f"    if {v} % 2:",
                    f"        {c} += {v}",
                    "        return",
                    f"    b = (b + {c}) % 1000",
                    f"for {i} in range(4):",
                    f"    {f}({i} + ({self.integer(s, 2)}) % 3)",
                    f"a = {c}",
                ]
            case _:
                return [
                    f"def {f}({v}):",
                    f"    def {c}(w):",
                    f"        return w * {v} % 101",
                    f"    return {c}({v} + 1) + {c}({self.integer(own, 1)})",
                    f"a = {f}({self.integer(s, 1)} % 90)",
                ]
