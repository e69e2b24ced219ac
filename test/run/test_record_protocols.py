"""What Python asks of records by special methods, and class methods; CPython judges."""

from __future__ import annotations

from functools import cache

import pytest
from records import Programs

from pyc.diagnostics import CompileError

CLASSES = """
@pyc.record
class V:
    x: f64
    y: f64 = 0.5
    n: int = 3
    def __int__(self): return int(self.x)
    def __float__(self): return self.x + self.y
    def __bool__(self): return self.x != 0.0
    def __len__(self): return 3
    def __getitem__(self, i: int) -> f64:
        if i == 0: return self.x
        if i == 1: return self.y
        raise IndexError("no")
    def __contains__(self, k: f64) -> bool: return self.x == k or self.y == k
    def __call__(self, k: f64) -> f64: return self.x * k
    def __neg__(self): return V(-self.x, -self.y)
    def __pos__(self): return V(self.x, self.y)
    def __invert__(self): return V(self.y, self.x)
    def __abs__(self): return abs(self.x)
    def __pow__(self, k): return V(self.x ** k, self.y ** k)
    def __rpow__(self, k): return V(k ** self.x, k ** self.y)
    def __matmul__(self, o): return self.x * o.x
    def __rmatmul__(self, o): return self.x * o
    def __add__(self, o): return V(self.x + o.x, self.y + o.y)
    def __radd__(self, o): return V(self.x + o, self.y)
    def __rsub__(self, o): return V(o - self.x, self.y)
    def __lt__(self, o): return self.x < o.x
    def __le__(self, o): return self.x <= o.x
    def __round__(self, n): return V(round(self.x, n), self.y)
    def __floor__(self): return math.floor(self.x)
    def __ceil__(self): return math.ceil(self.x)
    def __trunc__(self): return int(self.x)
    def __complex__(self): return complex(self.x, self.y)
    def __divmod__(self, k): return (self.x // k, self.x % k)
    def __rdivmod__(self, k): return (k // self.x, k % self.x)
    def __iter__(self):
        yield self.x
        yield self.y / (self.x - 7.0)
        yield self.y
    @classmethod
    def make(cls, k: f64): return cls(k, k)
    @staticmethod
    def one(): return V(1.0, 1.0)
    @property
    def s(self): return self.x + self.y
@pyc.record
class P:
    x: f64
    y: f64 = 0.5
@pyc.record
class Few:
    n: int
    def __len__(self) -> int: return self.n
"""
EXPRESSIONS = {
    "int": "int(v)", "float": "float(v)", "bool": "bool(v)", "len": "len(v)", "contains": "2.0 in v",
    "not_contains": "2.0 not in v", "call": "v(2.0)", "item": "v[0]", "no_item": "v[2]", "neg": "(-v).x",
    "pos": "(+v).x", "invert": "(~v).x", "abs": "abs(v)", "pow": "(v ** 2).x", "rpow": "(2.0 ** v).y",
    "pow_of": "pow(v, 2).x", "matmul": "v @ w", "rmatmul": "2.0 @ v", "radd": "(2.0 + v).x", "rsub": "(2.0 - v).x",
    "lt": "v < w", "le": "v <= w", "gt": "v > w", "ge": "v >= w", "chain": "v < w < v", "chain_le": "v <= w <= w",
    "mixed_chain": "0.0 < v.x <= w.x", "round": "round(v, 1).x", "floor": "math.floor(v)", "ceil": "math.ceil(v)",
    "trunc": "math.trunc(v)", "complex": "complex(v)", "divmod": "divmod(v, 2.0)", "rdivmod": "divmod(2.0, v)",
    "min": "min(v, w).x", "max": "max(v, w, V(1.75)).x", "min_key": "min(v, w, V(0.1, 0.2), key=lambda a: a.y).x",
    "max_key": "max(v, w, key=lambda a: a).x", "class_method": "V.make(2.0).x", "class_method_of": "v.make(2.0).y",
    "static": "V.one().x", "static_of": "v.one().y", "property": "v.s", "and_": "(v and w).x", "or_": "(v or w).x",
    "three": "(v and w and v).x", "not_": "not v", "plain_and": "(p and q).x",
    "plain_or": "(p or q).x", "plain_not": "not p", "plain_if": "1 if p else 2", "plain_bool": "bool(p)",
    "both": "1 if v and w else 0", "either": "1 if v or k > 1.0 else 0", "none": "v is None", "some": "v is not None",
    "is_v": "isinstance(v, V)", "is_p": "isinstance(v, P)", "is_any": "isinstance(v, (P, V))",
    "sum": "sum(v)", "max_of": "max(v)", "any": "any(v)", "generator": "sum(a * 2.0 for a in v)",
    "comprehension": "np.array([a for a in v]).sum()", "replace": "replace(v, x=3.0).x", "few": "bool(few)",
    "few_len": "len(few)",
}  # fmt: skip
FUNCTIONS = """
def loop(v: V, w: V, p: P, q: P, k: f64, few: Few):
    total = 0.0
    try:
        for a in v:
            total = total * 10.0 + a
    except ZeroDivisionError:
        total += 0.125
    return total
def numbered(v: V, w: V, p: P, q: P, k: f64, few: Few):
    total = 0.0
    for i, (a, b) in enumerate(zip(v, w)):
        if i == 2:
            break
        total += i * a - b
    else:
        total = -1.0
    return total
def unpacked(v: V, w: V, p: P, q: P, k: f64, few: Few):
    a, b, c = v
    (d, *e), f = w, k
    return a + 2 * b + 3 * c + 4 * d + f
def elements(v: V, w: V, p: P, q: P, k: f64, few: Few):
    vs = np.zeros(3, dtype=V)
    vs[0], vs[1] = v, w
    low, other, last = min(vs[0], vs[1]), vs[0] or vs[1], max(vs[0], vs[1], vs[2], key=lambda e: e.y)
    vs[0].x = 11.0
    vs[1].x = 12.0
    vs[2].x = 13.0
    return low.x + 100.0 * other.x + 10000.0 * last.x
def rebound(v: V, w: V, p: P, q: P, k: f64, few: Few):
    u, total = V(v.x, v.y), 0.0
    for a in u:
        u = V(a, total)
        total += u.y + a
    return total
"""
HEAD = "(v: V, w: V, p: P, q: P, k: f64, few: Few):\n    return "
#: Where a division by zero is one of NumPy's numbers, which does not raise.
SEVEN = 7.0


@cache
def program() -> Programs:
    return Programs(CLASSES + FUNCTIONS + "".join(f"def do_{n}{HEAD}{e}\n" for n, e in EXPRESSIONS.items()))


@pytest.mark.parametrize(
    "name", [*(f"do_{n}" for n in EXPRESSIONS), "loop", "numbered", "unpacked", "elements", "rebound"]
)
def test_methods_say_what_python_asks(name):
    t = program()
    v, p, few = (t.python[n] for n in ("V", "P", "Few"))
    for arguments in [
        (v(2.0, 3.0), v(1.5, 0.25), p(1.0, 2.0), p(3.0, 4.0), 1.5, few(0)),
        (v(0.0, 2.0), v(0.0, 1.0, 2), p(1.0, 2.0), p(1.0, 2.0), -1.5, few(3)),
        (v(SEVEN, 1.0), v(-2.5, 1.0), p(0.0, 0.0), p(1.0, 2.0), 2.0, few(-1)),
    ]:
        t.agree(name, *arguments)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("def f(v: A) -> float:\n    return float(v)\n", "E201", "__float__"),
        ("def f(v: A) -> int:\n    return int(v)\n", "E201", "wants an int"),
        ("def f(v: A) -> bool:\n    return v in (v, v)\n", "E121", "same object"),
        ("def f(v: A) -> bool:\n    return v is v\n", "E121", "which object"),
        ("def f(v: A) -> bool:\n    return 1.0 in v\n", "E121", "__contains__"),
        ("def f(v: A) -> bool:\n    return bool(v)\n", "E218", "__bool__"),
        ("def f(v: A) -> float:\n    return sum(v)\n", "E120", "__iter__"),
        ("def f(v: A) -> None:\n    v[0] = 1.0\n", "E120", "value"),
        ("def f(v: A) -> None:\n    v[0] += 1.0\n", "E120", "value"),
        ("def f(v: A) -> None:\n    v.put(1.0)\n", "E410", "caller's record"),
        ("def f(v: A) -> A:\n    return min(v, B(1.0))\n", "E201", "__lt__"),
        ("def f(v: A) -> A:\n    return v or 1.0\n", "E208", "A or a float"),
    ],
)
def test_what_is_refused_names_the_way_out(text, code, words):
    classes = """
@pyc.record
class B:
    x: f64
@pyc.record
class A:
    x: f64
    def __int__(self) -> float: return 1.0
    def __bool__(self) -> int: return 1
    def __getitem__(self, i: int) -> f64: return self.x
    def put(self, x: f64) -> None: self.x = x
    def __iter__(self):
        for i in range(3):
            yield self.x
"""
    if "v or" in text:
        classes = classes.replace("    def __bool__(self) -> int: return 1\n", "")
    with pytest.raises(CompileError) as caught:
        Programs(classes + text, "f")
    (found,) = caught.value.diagnostics
    assert found.code == code
    assert words in found.message + " ".join(n.message for n in found.notes)
