"""Operators of ONNX that NumPy has no word for, written in the language itself, as the standard defines them.

Programs that are made of models use them. Axes and flags are known when a program is compiled.
Source: https://onnx.ai/onnx/operators.
"""

# pyright: reportInvalidTypeForm=false, reportReturnType=false

import math

import numpy as np

from pyc.structure import attribute as attribute
from pyc.structure import function as function
from pyc.structure import graph as graph
from pyc.structure import model as model
from pyc.structure import node as node
from pyc.structure import tensor as tensor
from pyc.structure import value as value

from .onnx_images import grid_sample as grid_sample
from .onnx_images import resize as resize
from .onnx_numbers import batch_norm as batch_norm
from .onnx_numbers import batch_norm_training as batch_norm_training
from .onnx_numbers import dft as dft
from .onnx_numbers import expand as expand
from .onnx_numbers import instance_norm as instance_norm
from .onnx_numbers import lp_normalize as lp_normalize
from .onnx_numbers import lrn as lrn
from .onnx_numbers import non_max_suppression as non_max_suppression
from .onnx_positions import gather_elements as gather_elements
from .onnx_positions import gather_nd as gather_nd
from .onnx_positions import non_zero as non_zero
from .onnx_positions import one_hot as one_hot
from .onnx_positions import reverse_sequence as reverse_sequence
from .onnx_positions import scatter_elements as scatter_elements
from .onnx_positions import scatter_nd as scatter_nd
from .onnx_positions import tensor_scatter as tensor_scatter
from .onnx_positions import top_k as top_k
from .onnx_recurrent import gru as gru
from .onnx_recurrent import lstm as lstm
from .onnx_recurrent import rnn as rnn
from .onnx_regions import deform_conv as deform_conv
from .onnx_regions import roi_align as roi_align
from .onnx_signals import mel_weights as mel_weights
from .onnx_signals import stft as stft
from .onnx_training import adagrad as adagrad
from .onnx_training import adam as adam
from .onnx_training import momentum as momentum
from .onnx_windows import average_pool as average_pool
from .onnx_windows import col2im as col2im
from .onnx_windows import conv as conv
from .onnx_windows import conv_transpose as conv_transpose
from .onnx_windows import lp_pool as lp_pool
from .onnx_windows import max_pool as max_pool
from .onnx_windows import max_pool_places as max_pool_places
from .onnx_windows import max_unpool as max_unpool


def bit_cast(x, dtype):
    """The same bits as elements of another type of their width."""
    return x.view(dtype)


def divide(x, y):
    """The quotient of integers without its fraction."""
    whole = x // y
    return np.where((whole < 0) & (whole * y != x), whole + 1, whole)


def arange(start, stop, step):
    """Numbers from ``start``, ``step`` apart, before ``stop``."""
    count = max(math.ceil((float(stop) - float(start)) / float(step)), 0)
    return np.arange(count).astype(np.asarray(start).dtype) * step + start


def power(x, y):
    """A power in the type of its base, whatever type the exponent has."""
    return np.power(x.astype(np.float64), y.astype(np.float64)).astype(x.dtype)


def extent(wanted: int, own: int) -> int:
    """An extent as a shape wants it, where 0 is the operand's own."""
    return own if wanted == 0 else wanted


def root(x):
    """The square root in the type of its operand."""
    return np.sqrt(x) if x.dtype.kind == "f" else np.sqrt(x.astype(np.float64)).astype(x.dtype)


def log_sum_exp(x, axis=None, keepdims=False):
    """The logarithm of the sum of exponentials, without their overflow."""
    top = np.max(x, axis=axis, keepdims=True, initial=-math.inf)
    safe = np.where(np.isinf(top), 0, top)
    total = np.log(np.sum(np.exp(x - safe), axis=axis, keepdims=True)) + safe
    return total if keepdims else np.squeeze(total, axis)


def hardmax(x, axis):
    """1 where the first largest element along an axis is, and 0 elsewhere."""
    best = np.argmax(x, axis=axis, keepdims=True)
    return (np.cumsum(np.ones_like(x, dtype=np.int64), axis=axis) - 1 == best).astype(x.dtype)


def cumsum(x, axis, exclusive, reverse):
    """Running sums; ``exclusive`` ones leave their own element out, ``reverse`` ones begin at the end."""
    y = np.flip(x, axis) if reverse else x
    total = np.cumsum(y, axis=axis, dtype=x.dtype)
    if exclusive:
        total = total - y
    return np.flip(total, axis) if reverse else total


def cumprod(x, axis, exclusive, reverse):
    """Running products; ``exclusive`` ones leave their own element out, ``reverse`` ones begin at the end."""
    y = np.moveaxis(np.flip(x, axis) if reverse else x, axis, 0)
    if exclusive:
        shifted = np.ones_like(y)
        shifted[1:] = y[:-1]
        y = shifted
    total = np.moveaxis(np.cumprod(y, axis=0, dtype=x.dtype), 0, axis)
    return np.flip(total, axis) if reverse else total


def depth_to_space(x, size, rows_first=True):
    """Channels as blocks of ``size`` by ``size`` elements; the place in a block counts before the channel, or after."""
    b, c, h, w = x.shape
    if rows_first:
        y = np.transpose(np.reshape(x, (b, size, size, c // (size * size), h, w)), (0, 3, 4, 1, 5, 2))
    else:
        y = np.transpose(np.reshape(x, (b, c // (size * size), size, size, h, w)), (0, 1, 4, 2, 5, 3))
    return np.reshape(y, (b, c // (size * size), h * size, w * size))


def space_to_depth(x, size, rows_first=True):
    """Blocks of ``size`` by ``size`` elements as channels; the place in a block counts before the channel, or after."""
    b, c, h, w = x.shape
    y = np.reshape(x, (b, c, h // size, size, w // size, size))
    y = np.transpose(y, (0, 3, 5, 1, 2, 4)) if rows_first else np.transpose(y, (0, 1, 3, 5, 2, 4))
    return np.reshape(y, (b, c * size * size, h // size, w // size))
