"""Products of filters with windows of images, as products of matrices for some rows of an image at a time."""

import numpy as np

#: Elements that a cache of level 2 holds besides other things; windows that a product of matrices has at least.
_CACHED, _SEVERAL = 100_000, 192


def gathered(images, filters, height, width, stride, dilation):
    """``[b, g, f, height, width]`` of ``images[b, g, c, h, w]`` and ``filters[g, f, c, r, q]``."""
    groups, channels = images.shape[1], images.shape[2]
    each, rows, columns = filters.shape[1], filters.shape[3], filters.shape[4]
    inner = channels * rows * columns
    own = np.reshape(filters, (groups, each, inner))
    out = np.empty_like(images, shape=(images.shape[0], groups, each, height, width))
    # What the windows of some rows look at stays in a cache until it is multiplied.
    block = min(max(_CACHED // max(groups * inner * width, 1), _SEVERAL // width + 1), height)
    for b in range(images.shape[0]):
        for top in range(0, height, block):
            count = min(block, height - top)
            patches = np.empty_like(images, shape=(groups, channels, rows, columns, count, width))
            for i in range(rows):
                high = top * stride[0] + i * dilation[0]
                for j in range(columns):
                    left = j * dilation[1]
                    patches[:, :, i, j, :, :] = images[
                        b,
                        :,
                        :,
                        high : high + (count - 1) * stride[0] + 1 : stride[0],
                        left : left + (width - 1) * stride[1] + 1 : stride[1],
                    ]
            flat = own @ np.reshape(patches, (groups, inner, count * width))
            out[b, :, :, top : top + count, :] = np.reshape(flat, (groups, each, count, width))
    return out
