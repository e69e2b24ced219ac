"""What ``pyc.Quantization`` says: which integers, or small floats, may stand for the numbers of a tensor.

A number is ``(stored - zero_point) * scale``. There is one scale for a tensor, one for each place on an ``axis``, or
one for each ``block`` of so many elements along it. It is an annotation: nothing is computed by it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from .dataclass import dataclass

#: The name under which annotations say how a tensor is quantised.
KEY = "quantization"
#: The least and the largest number that each type stores. Floats have no zero points.
INTEGERS: Mapping[str, tuple[int, int]] = {
    **{f"i{bits}": (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) for bits in (4, 8, 16, 32)},
    **{f"u{bits}": (0, (1 << bits) - 1) for bits in (4, 8, 16)},
}
#: The largest number of each float.
LARGEST = {"f8e4m3": 448.0, "f8e5m2": 57344.0, "f4e2m1": 6.0}
FLOATS = tuple(LARGEST)
#: The names of these types by NumPy's, or by those of ml_dtypes.
NUMPY: Mapping[str, str] = {
    **{f"{'u' * (d[0] == 'u')}int{d[1:]}": d for d in INTEGERS},
    "float8_e4m3fn": "f8e4m3", "float8_e5m2": "f8e5m2", "float4_e2m1fn": "f4e2m1",
}  # fmt: skip
#: What there is to say where neither a type nor a zero point of one is given.
NO_TYPE = "what it is quantised to is not said: `dtype=i8`, or a zero point of that type"
#: What scales may be: those of the formats of microscaling are powers of two.
SCALES = ("f32", "f16", "bf16", "f8e8m0")
#: What a quantisation says, in the order in which it is written.
FIELDS: tuple[str, ...] = ("dtype", "scale", "zero_point", "axis", "block", "scale_dtype")
#: The exponents of the powers of two that f8e8m0 has.
_POWERS = (-127, 127)


@dataclass(frozen=True)
class Quantization:
    """How a tensor is quantised: ``Quantization(i8, scale=0.02, zero_point=3)``.

    ``dtype`` is an element type, or its name. Without a ``scale``, nothing but the type is said: others find the scale.
    With an ``axis`` it is a list with a number for each place on it; with a ``block`` as well, lists in each other,
    with the extents of the tensor but on the axis, where there is one for each block. ``zero_point`` is like the scale.
    ``scale_dtype`` is what the scale is stored in.

    Raises:
        ValueError: what is said contradicts itself.
    """

    dtype: Any
    scale: Any = None
    zero_point: Any = None
    axis: int | None = None
    block: int | None = None
    scale_dtype: Any = "f32"

    def __post_init__(self) -> None:
        found = problem(self.record())
        if found:
            raise ValueError(found)

    def record(self) -> dict[str, Any]:
        """What is said, as the record that artifacts have."""
        return recorded({name: getattr(self, name) for name in FIELDS})


def recorded(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The record of fields: types by name, lists for tuples, and nothing that says only what is usual."""
    types = {name: str(fields[name]) for name in ("dtype", "scale_dtype") if fields.get(name) is not None}
    given = {**fields, **types}
    usual = {"scale_dtype": "f32"}
    return {k: _plain(v) for k, v in sorted(given.items()) if v is not None and v != usual.get(k)}


def is_record(said: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether this is what an artifact has of a :class:`Quantization`, and no annotation of the user's own."""
    return isinstance(said, Mapping) and said.get("dtype") in (*INTEGERS, *FLOATS) and set(said) <= set(FIELDS)


def problem(said: Mapping[str, Any]) -> str:
    """What a record contradicts itself in; empty if it does not."""
    dtype, scale, zero = said.get("dtype"), said.get("scale"), said.get("zero_point")
    axis, block, stored = said.get("axis"), said.get("block"), said.get("scale_dtype", "f32")
    if dtype not in INTEGERS and dtype not in FLOATS:
        return f"{dtype} is no type that numbers are quantised to: these are {', '.join((*INTEGERS, *FLOATS))}"
    if stored not in SCALES:
        return f"a scale is one of {', '.join(SCALES)}, not {stored}"
    for name, value in (("axis", axis), ("block", block)):
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            return f"the {name} is an int, not {value!r}"
    if block is not None and block < 1:
        return f"a block has 1 element or more, not {block}"
    if block is not None and axis is None:
        return "blocks lie along an axis: `axis=` says along which"
    return _of_scale(scale, stored, axis, block) or _of_zero_point(zero, dtype, scale)


def _of_scale(scale: Any, stored: str, axis: int | None, block: int | None) -> str:
    if scale is None:
        return ""
    shape = shape_of(scale)
    if shape is None:
        return "the lists of a scale have different lengths"
    wrong = next((s for s in flat(scale) if not _is_number(s) or not math.isfinite(s) or s <= 0), None)
    if wrong is not None:
        return f"a scale is a number above zero, not {wrong!r}"
    if stored == "f8e8m0" and (odd := next((s for s in flat(scale) if not _is_power(s)), None)) is not None:
        return f"a scale in f8e8m0 is a power of two, and {odd!r} is none"
    if axis is None and shape:
        return "a list of scales needs an axis that they stand along"
    if axis is not None and not shape:
        return f"along axis {axis} there is a scale for each place: a list of them"
    if axis is not None and block is None and len(shape) != 1:
        return f"scales along an axis are one list, and these are lists {len(shape)} deep"
    return ""


def _of_zero_point(zero: Any, dtype: Any, scale: Any) -> str:
    if zero is None:
        return ""
    if dtype not in INTEGERS:
        return f"{dtype} has no zero point: floats have a zero"
    if scale is None:
        return "a zero point needs a scale"
    low, high = INTEGERS[dtype]
    wrong = next((z for z in flat(zero) if not isinstance(z, int) or isinstance(z, bool) or not low <= z <= high), None)
    if wrong is not None:
        return f"a zero point of {dtype} is an int from {low} to {high}, not {wrong!r}"
    if shape_of(zero) != shape_of(scale):
        return f"there are {_counted(shape_of(scale))} and {_counted(shape_of(zero), 'zero point')}"
    return ""


def misfit(said: Mapping[str, Any], dims: Sequence[int | None]) -> str:
    """Why a tensor of these extents (``None``: not known) cannot be quantised as a record says; empty if it can."""
    scale = said.get("scale")
    shape = None if scale is None else shape_of(scale)
    return shape_problem(shape, said.get("axis"), said.get("block"), dims)


def shape_problem(
    shape: Sequence[int | None] | None, axis: int | None, block: int | None, dims: Sequence[int | None]
) -> str:
    """Why scales of these extents are none of a tensor of these; empty if they are. ``None`` is what is not known."""
    rank = len(dims)
    if axis is None:
        return "scales that are several need an axis that they stand along" if shape else ""
    if not -rank <= axis < rank:
        return f"there is no axis {axis}: the tensor has {rank}"
    if shape is None:
        return ""
    if not shape:
        return f"along axis {axis} there is a scale for each place: a list of them"
    extent = dims[axis]
    if block is None:
        if len(shape) != 1:
            return f"scales along an axis have one axis themselves, and these have {len(shape)}"
        fits = None in (extent, shape[0]) or extent == shape[0]
        return "" if fits else f"axis {axis} has {extent} places, and there are {_counted(shape)}"
    if len(shape) != rank:
        return f"scales of blocks have as many axes as the tensor: {rank}, not {len(shape)}"
    for i, (d, s) in enumerate(zip(dims, shape, strict=True)):
        if d is None or s is None:
            continue
        wanted = -(-d // block) if i == axis % rank else d
        if wanted != s:
            what = f"{d} elements in blocks of {block} have" if i == axis % rank else f"axis {i} of the tensor has"
            return f"{what} {wanted} scales, and there are {s}"
    return ""


def call_problem(
    dtype: str,
    scale: Sequence[int | None],
    zero_point: Sequence[int | None] | None,
    known: int | None,
    axis: int | None,
    block: int | None,
    dims: Sequence[int | None],
) -> str:
    """Why a tensor of the extents ``dims`` cannot be stored as ``dtype``, or what is stored stand for numbers; empty if
    it can. The others are the extents of the scale and of the zero point, and this itself where it is ``known``."""
    if dtype not in INTEGERS and dtype not in FLOATS:
        return f"{dtype} is no type that numbers are quantised to: these are {', '.join((*INTEGERS, *FLOATS))}"
    if block is not None and axis is None:
        return "blocks lie along an axis: `axis=` says along which"
    if block is not None and block < 1:
        return f"a block has 1 element or more, not {block}"
    found = shape_problem(scale, axis, block, dims)
    if found or zero_point is None:
        return found
    if dtype not in INTEGERS:
        return f"{dtype} has no zero point: floats have a zero"
    low, high = INTEGERS[dtype]
    if known is not None and not low <= known <= high:
        return f"a zero point of {dtype} is an int from {low} to {high}, not {known}"
    same = len(scale) == len(zero_point) and all(None in p or p[0] == p[1] for p in zip(scale, zero_point, strict=True))
    return "" if same else f"there are {_counted(scale)} and {_counted(zero_point, 'zero point')}"


def limits(dtype: str) -> tuple[float, float]:
    """The least and the largest number that a type stores."""
    if dtype in INTEGERS:
        low, high = INTEGERS[dtype]
        return float(low), float(high)
    return -LARGEST[dtype], LARGEST[dtype]


def shape_of(nested: Any) -> tuple[int, ...] | None:
    """The extents of lists in each other; ``None`` where they differ in length."""
    if not isinstance(nested, list | tuple):
        return ()
    inner = {shape_of(v) for v in nested}
    first = inner.pop() if inner else ()
    return None if inner or first is None else (len(nested), *first)


def flat(nested: Any) -> Iterator[Any]:
    """The numbers in lists in each other."""
    if isinstance(nested, list | tuple):
        for v in nested:
            yield from flat(v)
    else:
        yield nested


def _counted(shape: Sequence[int | None] | None, what: str = "scale") -> str:
    if shape is None:
        return f"lists of {what}s of different lengths"
    extents = " by ".join(map(str, shape))
    return f"{extents or 'one'} {what}{'' if extents in ('', '1') else 's'}"


def _plain(value: Any) -> Any:
    return [_plain(v) for v in value] if isinstance(value, list | tuple) else value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_power(value: float) -> bool:
    fraction, exponent = math.frexp(value)
    return fraction == 0.5 and _POWERS[0] <= exponent - 1 <= _POWERS[1]
