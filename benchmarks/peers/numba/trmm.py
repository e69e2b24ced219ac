def trmm(alpha, a, b):
    m, n = b.shape
    for i in range(m):
        for k in range(i + 1, m):
            factor = a[k, i]
            for j in range(n):
                b[i, j] += factor * b[k, j]
        for j in range(n):
            b[i, j] *= alpha
