import numpy as np


def correlation(float_n, data):
    n, m = data.shape
    for j in range(m):
        mean = 0.0
        for i in range(n):
            mean += data[i, j]
        mean /= n
        square = 0.0
        for i in range(n):
            data[i, j] -= mean
            square += data[i, j] ** 2
        deviation = np.sqrt(square / n)
        if deviation <= 0.1:
            deviation = 1.0
        for i in range(n):
            data[i, j] /= np.sqrt(float_n) * deviation
    corr = data.T @ data
    for j in range(m):
        corr[j, j] = 1.0
    return corr
