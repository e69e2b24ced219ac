import numpy as np


def softmax(x):
    b, h, s, n = x.shape
    out = np.empty_like(x)
    for i in range(b):
        for j in range(h):
            for k in range(s):
                largest = x[i, j, k, 0]
                for m in range(n):
                    largest = max(largest, x[i, j, k, m])
                total = np.float32(0.0)
                for m in range(n):
                    e = np.exp(x[i, j, k, m] - largest)
                    out[i, j, k, m] = e
                    total += e
                for m in range(n):
                    out[i, j, k, m] /= total
    return out
