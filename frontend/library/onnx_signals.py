"""What ONNX makes of signals, written in the language itself."""

# pyright: reportInvalidTypeForm=false, reportReturnType=false

import math

import numpy as np

from .onnx_numbers import dft


def stft(signal, step: int, window, length: int, onesided=True):
    """Fourier transforms of parts of signals, ``step`` apart, ``length`` long, weighted by a window if there is one."""
    count = (signal.shape[1] - length) // step + 1
    at = np.arange(count)[:, None] * step + np.arange(length)
    parts = np.take(signal, at, axis=1)
    if window is not None:
        parts = parts * window[None, None, :, None]
    return dft(parts, 2, None, False, onesided)


def mel_weights(bins: int, length: int, rate: int, low: float, high: float, dtype):
    """Weights of the frequencies of a Fourier transform of ``length`` samples in each of ``bins`` mel bands."""
    first = 2595.0 * math.log1p(low / 700) / math.log(10.0)
    step = (2595.0 * math.log1p(high / 700) / math.log(10.0) - first) / (bins + 2)
    out = np.zeros((length // 2 + 1, bins))
    for i in range(bins):
        left, middle = _frequency(first + i * step, length, rate), _frequency(first + (i + 1) * step, length, rate)
        right = _frequency(first + (i + 2) * step, length, rate)
        if middle == left:
            out[middle, i] = 1.0
        for j in range(left, middle + 1 if middle > left else left):
            out[j, i] = (j - left) / (middle - left)
        for j in range(middle, right):
            out[j, i] = (right - j) / (right - middle)
    return out.astype(dtype)


def _frequency(mel, length, rate):
    """The number of the frequency that a mel value is."""
    return math.floor((length + 1) * 700.0 * math.expm1(mel / 2595 * math.log(10.0)) / rate)
