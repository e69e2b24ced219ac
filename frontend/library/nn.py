"""Layers of neural networks, written in the language itself: the compiler reads this file as it reads a user's.

They are generic over precision and shape. In a plain precision each operation rounds; in a mixed one the whole function
stays in compute precision and rounds its result.
"""

# A pack of dimensions is no type argument to type checkers.
# pyright: reportInvalidTypeForm=false

from typing import TypeVarTuple

import numpy as np

from pyc import Dim, Precision, Tensor, TypeVar, erf

P = TypeVar("P", bound=Precision)
S = TypeVarTuple("S")
N = Dim("N")


def relu(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``max(x, 0)``; NaN stays NaN."""
    return np.maximum(x, 0)


def gelu(x: Tensor[P, *S]) -> Tensor[P, *S]:
    """``x * Phi(x)``, exact: with the error function, not the tanh approximation."""
    return x * 0.5 * (1.0 + erf(x * 0.7071067811865476))


def softmax(x: Tensor[P, *S], axis=-1) -> Tensor[P, *S]:
    """``exp(x) / sum(exp(x))`` along an axis, shifted by the maximum so that nothing overflows."""
    exponentials = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return exponentials / np.sum(exponentials, axis=axis, keepdims=True)


def layer_norm(x: Tensor[P, *S, N], weight: Tensor[P, N], bias: Tensor[P, N], eps: float = 1e-5) -> Tensor[P, *S, N]:
    """``x`` normalised along its last axis to mean 0 and variance 1, times ``weight``, plus ``bias``."""
    centred = x - np.mean(x, axis=-1, keepdims=True)
    variance = np.mean(centred * centred, axis=-1, keepdims=True)
    return centred / np.sqrt(variance + eps) * weight + bias
