"""The interpreter: the language run by CPython on :class:`Array`, with the roundings that compiled code has."""

from .array import Array, array, dot, erf, erfc
from .calls import typed

__all__ = ["Array", "array", "dot", "erf", "erfc", "typed"]
