"""What convolutions and pools of ``pyc.nn`` have in common: pairs of numbers, and what windows look at."""

import numpy as np


def pair(given):
    """One number for rows and columns, or one for each."""
    return given if isinstance(given, tuple) else (given, given)


def framed(images, high, wide, value):
    """Images with so many rows of ``value`` above and below them, and so many columns before and behind."""
    if high[0] == 0 and high[1] == 0 and wide[0] == 0 and wide[1] == 0:
        return images
    if high[0] < 0 or high[1] < 0 or wide[0] < 0 or wide[1] < 0:
        raise ValueError("index can't contain negative values")
    number, channels, rows, columns = images.shape
    out = np.empty_like(images, shape=(number, channels, high[0] + rows + high[1], wide[0] + columns + wide[1]))
    below, behind = high[0] + rows, wide[0] + columns
    out[:, :, : high[0]] = value
    out[:, :, below:] = value
    out[:, :, high[0] : below, : wide[0]] = value
    out[:, :, high[0] : below, behind:] = value
    out[:, :, high[0] : below, wide[0] : behind] = images
    return out


def steps(images, size, stride, dilation):
    """How many windows lie below each other in images, and beside each other; all but ``images`` are pairs."""
    height = (images.shape[2] - (size[0] - 1) * dilation[0] - 1) // stride[0] + 1
    width = (images.shape[3] - (size[1] - 1) * dilation[1] - 1) // stride[1] + 1
    if height < 1 or width < 1:
        raise ValueError("the window is larger than the padded input")
    return height, width


def seen(images, top, left, steps, stride):
    """A view of what one element of all windows looks at: the first at ``top`` and ``left``, then ``stride`` apart."""
    return images[
        :,
        :,
        top : top + (steps[0] - 1) * stride[0] + 1 : stride[0],
        left : left + (steps[1] - 1) * stride[1] + 1 : stride[1],
    ]
