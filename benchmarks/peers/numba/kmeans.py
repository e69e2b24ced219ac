import numpy as np


def kmeans(x, centroids, rounds):
    n, dims = x.shape
    k = len(centroids)
    labels = np.zeros(n, dtype=np.int64)
    sums = np.zeros((k, dims))
    counts = np.zeros(k)
    for _ in range(rounds):
        sums[:] = 0.0
        counts[:] = 0.0
        for i in range(n):
            best = np.inf
            for c in range(k):
                dist = 0.0
                for d in range(dims):
                    dist += (x[i, d] - centroids[c, d]) ** 2
                if dist < best:
                    best = dist
                    labels[i] = c
            counts[labels[i]] += 1
            for d in range(dims):
                sums[labels[i], d] += x[i, d]
        for c in range(k):
            if counts[c] > 0:
                for d in range(dims):
                    centroids[c, d] = sums[c, d] / counts[c]
    return labels
