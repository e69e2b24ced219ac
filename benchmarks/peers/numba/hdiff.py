import numpy as np


def hdiff(src, out, coeff):
    ni, nj, nk = out.shape
    lap = np.empty((ni + 2, nj + 2, nk))
    for i in range(ni + 2):
        for j in range(nj + 2):
            for k in range(nk):
                lap[i, j, k] = 4.0 * src[i + 1, j + 1, k] - (
                    src[i + 2, j + 1, k] + src[i, j + 1, k] + src[i + 1, j + 2, k] + src[i + 1, j, k]
                )
    flx = np.empty((ni + 1, nj, nk))
    for i in range(ni + 1):
        for j in range(nj):
            for k in range(nk):
                res = lap[i + 1, j + 1, k] - lap[i, j + 1, k]
                step = src[i + 2, j + 2, k] - src[i + 1, j + 2, k]
                flx[i, j, k] = 0.0 if res * step > 0 else res
    fly = np.empty((ni, nj + 1, nk))
    for i in range(ni):
        for j in range(nj + 1):
            for k in range(nk):
                res = lap[i + 1, j + 1, k] - lap[i + 1, j, k]
                step = src[i + 2, j + 2, k] - src[i + 2, j + 1, k]
                fly[i, j, k] = 0.0 if res * step > 0 else res
    for i in range(ni):
        for j in range(nj):
            for k in range(nk):
                out[i, j, k] = src[i + 2, j + 2, k] - coeff[i, j, k] * (
                    flx[i + 1, j, k] - flx[i, j, k] + fly[i, j + 1, k] - fly[i, j, k]
                )
