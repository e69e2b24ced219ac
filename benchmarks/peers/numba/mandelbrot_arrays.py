import numpy as np


def mandelbrot_arrays(x, y, limit, horizon):
    h, w = len(y), len(x)
    z = np.zeros((h, w), np.complex128)
    n = np.zeros((h, w), np.int64)
    for i in range(h):
        for j in range(w):
            c = complex(x[j], y[i])
            v = 0j
            for step in range(limit):
                if abs(v) >= horizon:
                    break
                n[i, j] = step
                v = v * v + c
            z[i, j] = v
            if n[i, j] == limit - 1:
                n[i, j] = 0
    return z, n
