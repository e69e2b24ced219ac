import numpy as np


def convolution_1d(x, h):
    n, m = len(x), len(h)
    y = np.zeros(n + m - 1, np.float32)
    for i in range(m):
        factor = h[i]
        for j in range(n):
            y[i + j] += factor * x[j]
    return y
