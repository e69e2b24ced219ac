import numpy as np


def l1_norm(x):
    n, m = x.shape
    out = np.empty_like(x)
    for i in range(n):
        total = 0.0
        for j in range(m):
            total += abs(x[i, j])
        for j in range(m):
            out[i, j] = x[i, j] / total
    return out
