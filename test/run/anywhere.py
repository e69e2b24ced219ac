"""The functions that are called from anywhere."""

PROGRAM = '''\
from collections.abc import Callable

import numpy as np
import pyc
from pyc import Dim, Tensor, TypeVar, bf16, f32, f64, i8, i32, i64, u8

N = Dim("N")
M = Dim("M")
T = TypeVar("T", f32, f64)
LIMIT = 40


@pyc.jit
def scale(x: Tensor[f32, N], s: f32 = 3.0) -> Tensor[f32, N]:
    """Scale it."""
    return x * s


@pyc.jit
def options(a: int, /, b: int = 2, *, c: int = LIMIT + 1, d: float = -0.5, e: bool = True) -> tuple[int, float]:
    if e:
        return a * 100 + b * 10 + c, d
    return a, d


@pyc.jit
def limits(low: float = float("-inf"), high: float = float("inf"), n: i8 = -128) -> tuple[float, float, i8]:
    return low, high, n


@pyc.jit
def chosen_ahead(
    x: Tensor[f32, N],
    bias: Tensor[f32, N] | None = None,
    mode: str = "sum",
    scale: float = 1.0,
    pair: tuple[int, float] = (1, 0.5),
    *,
    act: Callable[[f32], f32] = np.tanh,
    times=3,
) -> float:
    s = 0.0
    for i in range(len(x)):
        s += x[i] * scale
    if bias is not None:
        s += bias[0]
    if mode == "mean":
        s /= len(x)
    return s + pair[0] * pair[1] + act(x[0]) * times


@pyc.jit
def bump(x: Tensor[f32, N], k: float) -> Tensor[f32, N]:
    for i in range(len(x)):
        x[i] = x[i] + f32(k)
    return x


@pyc.jit
def total(x: Tensor[f64, M, N]) -> float:
    return float(np.sum(x))


@pyc.jit
def bytes_sum(x: Tensor[u8, N]) -> int:
    n = 0
    for i in range(len(x)):
        n += int(x[i])
    return n


@pyc.jit
def double(x: Tensor[bf16, N]) -> None:
    for i in range(len(x)):
        x[i] = x[i] + x[i]


@pyc.jit
def trues(c: Tensor[bool, N]) -> int:
    n = 0
    for i in range(len(c)):
        if c[i]:
            n += 1
    return n


@pyc.jit
def chosen(c: Tensor[bool, N], x: Tensor[f32, N]) -> Tensor[f32, N]:
    return np.where(c, x, -x)


@pyc.jit
def negated(c: Tensor[bool, N]) -> Tensor[bool, N]:
    return ~c


@pyc.jit
def single(x: Tensor[f32]) -> Tensor[f32]:
    return x * 2


@pyc.jit
def axpy(a: T, x: Tensor[T, N], y: Tensor[T, N]) -> Tensor[T, N]:
    return a * x + y


@pyc.jit
def into(x: Tensor[f32, N], y: Tensor[f32, N]) -> None:
    y += x


@pyc.jit
def nested(x: Tensor[f32, N]) -> tuple[tuple[f32, int], Tensor[f32, N], tuple[tuple[bool, float], i32]]:
    return (x[0], 3), x + 1, ((True, 0.5), i32(7))


@pyc.jit
def meet(x: Tensor[i64, N], mine: int, other: int, rounds: int) -> bool:
    # What it writes could be what it reads next: both are done in each round.
    for _ in range(rounds):
        x[mine] += 1
        if x[other] != 0:
            return True
    return False


axpy_f32 = axpy[f32]
'''
