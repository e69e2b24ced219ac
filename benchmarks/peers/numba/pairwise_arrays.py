import numpy as np


def pairwise_arrays(x):
    n, dims = x.shape
    out = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            d = 0.0
            for k in range(dims):
                d += (x[i, k] - x[j, k]) ** 2
            out[i, j] = np.sqrt(d)
    return out
