"""The interpreter: the language run by CPython on :class:`Array`, with the roundings that compiled code has."""

from .array import Array, array, dot
from .calls import typed
from .elementwise import erf, erfc, gelu, gelu_tanh, rsqrt, sigmoid

__all__ = ["Array", "array", "dot", "erf", "erfc", "gelu", "gelu_tanh", "rsqrt", "sigmoid", "typed"]
