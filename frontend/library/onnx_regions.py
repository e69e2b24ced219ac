"""Regions of images that ONNX samples between their elements, written in the language itself."""

# pyright: reportInvalidTypeForm=false, reportReturnType=false

import math

import numpy as np


def roi_align(x, rois, batches, height: int, width: int, ratio: int, scale: float, half_pixel=True, largest=False):
    """``height`` by ``width`` means, or largest elements, of each region of the images ``x``.

    Args:
        x: Images.
        rois: Left, top, right and bottom of each region.
        batches: The number of the image of each.
        height: Rows of a result.
        width: Columns of a result.
        ratio: Samples along each axis of a part; 0 for as many as its extent.
        scale: What the corners are multiplied by.
        half_pixel: Whether elements are the middles of pixels.
        largest: Whether the largest product of an element and its weight counts, and not their sum.
    """
    c = x.shape[1]
    out = np.zeros((rois.shape[0], c, height, width), dtype=x.dtype)
    shift = 0.5 if half_pixel else 0.0
    for r in range(rois.shape[0]):
        n = int(batches[r])
        left, top = float(rois[r, 0]) * scale - shift, float(rois[r, 1]) * scale - shift
        across, down = float(rois[r, 2]) * scale - shift - left, float(rois[r, 3]) * scale - shift - top
        if not half_pixel:
            across, down = max(across, 1.0), max(down, 1.0)
        rows = ratio if ratio > 0 else math.ceil(down / height)
        columns = ratio if ratio > 0 else math.ceil(across / width)
        for k in range(c):
            for i in range(height):
                for j in range(width):
                    total = -math.inf if largest and rows > 0 and columns > 0 else 0.0
                    for s in range(rows):
                        y = top + (i + (s + 0.5) / rows) * (down / height)
                        for t in range(columns):
                            z = left + (j + (t + 0.5) / columns) * (across / width)
                            found = _inside(x, n, k, y, z, largest)
                            total = max(total, found) if largest else total + found
                    out[r, k, i, j] = total if largest else total / max(rows * columns, 1)
    return out


def _inside(x, n, k, y, z, largest):
    """What an image has at a place: nothing where that is further than one element outside, at its edge else."""
    h, w = x.shape[2], x.shape[3]
    if y < -1.0 or y > h or z < -1.0 or z > w:
        return 0.0
    y, z = min(max(y, 0.0), h - 1.0), min(max(z, 0.0), w - 1.0)
    top, left = min(int(y), h - 1), min(int(z), w - 1)
    bottom, right = min(top + 1, h - 1), min(left + 1, w - 1)
    v, u = y - top, z - left
    a, b = (1 - v) * (1 - u) * float(x[n, k, top, left]), (1 - v) * u * float(x[n, k, top, right])
    c, d = v * (1 - u) * float(x[n, k, bottom, left]), v * u * float(x[n, k, bottom, right])
    return max(max(a, b), max(c, d)) if largest else a + b + c + d


def deform_conv(x, weight, offset, bias, mask, stride, before, dilation, groups, offset_groups):
    """The cross-correlation of images with filters whose elements are moved, each window's by ``offset``.

    ``mask`` has a factor for each element of each window; there may be none, and no ``bias``.
    """
    batch, c = x.shape[0], x.shape[1]
    count, per, tall, wide = weight.shape
    together, reach = c // offset_groups, count // groups
    out = np.zeros((batch, count, offset.shape[2], offset.shape[3]), dtype=np.float64)
    for n in range(batch):
        for k in range(c):
            for s in range(tall):
                for t in range(wide):
                    place = (k // together * tall + s) * wide + t
                    for i in range(offset.shape[2]):
                        for j in range(offset.shape[3]):
                            y = i * stride[0] - before[0] + s * dilation[0] + float(offset[n, 2 * place, i, j])
                            z = j * stride[1] - before[1] + t * dilation[1] + float(offset[n, 2 * place + 1, i, j])
                            found = _within(x, n, k, y, z)
                            if mask is not None:
                                found = found * float(mask[n, place, i, j])
                            first = k // per * reach
                            for f in range(first, first + reach):
                                out[n, f, i, j] += found * float(weight[f, k % per, s, t])
    if bias is not None:
        out += bias[None, :, None, None]
    return out.astype(x.dtype)


def _within(x, n, k, y, z):
    """What an image has at a place, zeros around it."""
    h, w = x.shape[2], x.shape[3]
    if y <= -1.0 or y >= h or z <= -1.0 or z >= w:
        return 0.0
    top, left = math.floor(y), math.floor(z)
    v, u = y - top, z - left
    total = 0.0
    if top >= 0 and left >= 0:
        total += (1 - v) * (1 - u) * float(x[n, k, top, left])
    if top >= 0 and left + 1 < w:
        total += (1 - v) * u * float(x[n, k, top, left + 1])
    if top + 1 < h and left >= 0:
        total += v * (1 - u) * float(x[n, k, top + 1, left])
    if top + 1 < h and left + 1 < w:
        total += v * u * float(x[n, k, top + 1, left + 1])
    return total
