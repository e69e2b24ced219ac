"""Module classes that derive from each other: ``super()``, methods by their class; compiled on call and interpreted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from language import CPU
from module_programs import twice

from pyc.diagnostics import CompileError
from pyc.frontend import Request, lower
from pyc.source import Source

PROGRAM = """\
from __future__ import annotations
import numpy as np
import pyc
from pyc import Dim, Tensor, f64
N = Dim("N")

class Base(pyc.Module):
    w: Tensor[f64, 3]
    RATE = 2.0
    def __call__(self, x: Tensor[f64, 3]) -> Tensor[f64, 3]:
        return x * self.w
    def scale(self, k: float) -> float:
        return k * self.RATE
    @property
    def total(self) -> float:
        return float(np.sum(self.w))
    @staticmethod
    def twice(k):
        return k * 2

class Child(Base):
    b: Tensor[f64, 3]
    RATE = 5.0
    def __call__(self, x: Tensor[f64, 3]) -> Tensor[f64, 3]:
        y = super().__call__(x) + self.b
        y = y + Base.__call__(self, x) + super().scale(2.0) + super(Child, self).scale(k=3.0)
        return y + super().RATE + super().total + Base.twice(2.0) + super().twice(1.0) + self.scale(1.0)
    def scale(self, k: float) -> float:
        return super().scale(k) + 1

class Grand(Child):
    def scale(self, k: float) -> float:
        return super().scale(k) * 10 + super(Child, self).scale(k) + Base.scale(self, k)

class Sized[N](pyc.Module):
    w: Tensor[f64, N]
    def __call__(self, x: Tensor[f64, N]) -> Tensor[f64, N]:
        return x + self.w

class Pair(Sized[2]):
    other: Grand
    def __call__(self, x: Tensor[f64, 2]) -> Tensor[f64, 2]:
        return super().__call__(x) * self.other.scale(1.0) + Child.scale(self.other, 2.0)
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The program, interpreted and compiled on call."""
    yield from twice(tmp_path_factory.mktemp("inheritance"), "inheritance", PROGRAM)


def test_methods_of_the_classes_above(both):
    said = []
    w, b, x = np.arange(3.0), np.ones(3), np.array([1.0, 2.0, 3.0])
    for m in both:
        child, grand = m.Child(w=w, b=b), m.Grand(w=w, b=b)
        pair = m.Pair(w=np.ones(2), other=grand)
        results = [np.asarray(child(x)).tolist(), np.asarray(grand(x)).tolist(), child.scale(2.0), grand.scale(2.0)]
        said.append([*results, np.asarray(pair(np.arange(2.0))).tolist()])
    assert said[0] == said[1]
    assert said[0][2:4] == [11.0, 130.0]


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ("super().scal(2.0)", "E217", "no class that D derives from has a method scal"),
        ("super().w", "E217", "no class that D derives from has a method w"),
        ("super(D).scale(2.0)", "E122", "super takes a module class and self"),
        ("Base.scale(2.0)", "E202", "the first argument of Base.scale is a Base"),
        ("Base.nothing(self)", "E217", "the module class Base has no method nothing"),
        ("Pair.__call__(self, x)", "E202", "the first argument of Pair.__call__ is a Pair"),
        ("1.0 + super()", "E223", "`super()`"),
        ("(lambda v: super().scale(v))(2.0)", "E122", "stands in methods"),
    ],
)
def test_what_is_not_above_is_said(body, code, words):
    method = f"    def f(self, x: Tensor[f64, 3]) -> float:\n        y = {body}\n        return 1.0\n"
    with pytest.raises(CompileError) as error:
        lower(Source("d.py", f"{PROGRAM}\nclass D(Base):\n{method}"), Request(CPU, ("D.f",)))
    assert [d.code for d in error.value.diagnostics] == [code]
    assert words in error.value.diagnostics[0].message
