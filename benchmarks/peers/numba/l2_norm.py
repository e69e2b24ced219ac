import numpy as np


def l2_norm(x):
    n, m = x.shape
    out = np.empty(n)
    for i in range(n):
        total = 0.0
        for j in range(m):
            total += x[i, j] * x[i, j]
        out[i] = np.sqrt(total)
    return out
