"""The tables of NumPy's normal and exponential draws, computed as NumPy's were: 256 layers of equal area below a curve.

Layer ``i`` reaches from the curve to ``x[i]``: ``w`` is its width as a multiple of what is drawn, ``k`` the draws that
are below the curve for certain, ``f`` the height of the curve. In double precision, the normal table was made by double
arithmetic, step by step, the one of exponential draws in single precision from nine decimal digits, the others from
exact numbers. Logarithms and exponentials are rounded correctly here: the tables do not depend on a C library.

Source: G. Marsaglia and W. W. Tsang, The ziggurat method for generating random variables, 2000.
"""

from __future__ import annotations

import math
from decimal import Context, Decimal, localcontext
from functools import cache
from itertools import pairwise

#: Where the tail begins, and the area of a layer, for which the topmost layer ends at the height 1.
_NORMAL_END = Decimal("3.6541528853610087963519472518")
_NORMAL_AREA = Decimal("0.0049286732339746549315909134318")
_EXPONENTIAL_END = Decimal("7.6971174701310497140446280481")
#: The area that NumPy's table in double precision was made with.
_DOUBLE_AREA = 0.004928673233974652
#: The layer whose height the C library of the time rounded up.
_ROUNDED_UP = 38

Table = tuple[int, ...] | tuple[float, ...]


@cache
def tables(law: str, dtype: str) -> dict[str, Table]:
    """The tables ``k``, ``w`` and ``f`` of ``law`` (``normal`` or ``exponential``) for draws in ``f64`` or ``f32``."""
    with localcontext(Context(prec=40)):
        if (law, dtype) == ("normal", "f64"):
            return _double_normal()
        exact = _normal() if law == "normal" else _exponential()
        if dtype == "f64":
            # Of the 53 bits, the last is never set.
            return _scaled(exact, 2**53, lambda share: 2 * int(share * 2**52), float)
        return _scaled(
            exact,
            2**23,
            lambda share: int((share * 2**23).to_integral_value()),
            _single if law == "normal" else _single_of_digits,
        )


Layers = tuple[list[Decimal], list[Decimal], Decimal]


def _normal() -> Layers:
    """Ends and heights of the layers, from the outermost to the innermost, and the end of the base."""
    x, f = [_NORMAL_END], [(-_NORMAL_END * _NORMAL_END / 2).exp()]
    for _ in range(254):
        x.append((-2 * (_NORMAL_AREA / x[-1] + f[-1]).ln()).sqrt())
        f.append((-x[-1] * x[-1] / 2).exp())
    return x, f, _NORMAL_AREA / f[0]


def _exponential() -> Layers:
    area = (_EXPONENTIAL_END + 1) * (-_EXPONENTIAL_END).exp()
    x, f = [_EXPONENTIAL_END], [(-_EXPONENTIAL_END).exp()]
    for _ in range(254):
        x.append(-(area / x[-1] + f[-1]).ln())
        f.append((-x[-1]).exp())
    return x, f, area / f[0]


def _scaled(layers: Layers, draws: int, whole, rounded) -> dict[str, Table]:
    """Tables for so many different draws, from exact layers."""
    x, f, base = layers
    shares = [x[0] / base, Decimal(0), *reversed([inner / outer for outer, inner in pairwise(x)])]
    return {
        "k": tuple(whole(s) for s in shares),
        "w": tuple(rounded(v / draws) for v in (base, *reversed(x))),
        "f": tuple(rounded(v) for v in (Decimal(1), *reversed(f))),
    }


def _double_normal() -> dict[str, Table]:
    x = [float(_NORMAL_END)]
    f = [float(Decimal(-0.5 * x[0] * x[0]).exp())]
    for i in range(254, 0, -1):
        x.append(math.sqrt(-2.0 * float(Decimal(_DOUBLE_AREA / x[-1] + f[-1]).ln())))
        height = float(Decimal(-0.5 * x[-1] * x[-1]).exp())
        f.append(math.nextafter(height, 1.0) if i == _ROUNDED_UP else height)
    base = _DOUBLE_AREA / f[0]
    shares = [x[0] * f[0] / _DOUBLE_AREA, 0.0]
    shares += reversed([inner / outer for outer, inner in pairwise(x)])
    return {
        "k": tuple(round(s * 2.0**52) for s in shares),
        "w": tuple(v / 2.0**52 for v in (base, *reversed(x))),
        "f": (1.0, *reversed(f)),
    }


def _single(x: Decimal) -> float:
    """The number in single precision that is closest to ``x``."""
    unit = Decimal(2) ** (math.frexp(float(x))[1] - 24)
    return float((x / unit).to_integral_value() * unit)


def _single_of_digits(x: Decimal) -> float:
    """The number in single precision that is closest to nine decimal digits of ``x``."""
    return _single(Context(prec=9).plus(x))
