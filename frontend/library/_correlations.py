"""What convolutions of the library are made of: products of filters with windows of images.

The compiler knows this function by heart, because a CPU gathers windows while it multiplies them; this is what it
means, for arrays of NumPy and of the language.
"""

from typing import Any

from .nn_correlations import gathered


def correlate(images: Any, filters: Any, height: int, width: int, stride: Any, dilation: Any) -> Any:
    """``[b, g, f, height, width]`` of ``images[b, g, c, h, w]`` and ``filters[g, f, c, r, q]``; pairs are of ints."""
    return gathered(images, filters, height, width, stride, dilation)
