def lu(a):
    n = a.shape[0]
    for i in range(n):
        for j in range(i):
            total = a[i, j]
            for k in range(j):
                total -= a[i, k] * a[k, j]
            a[i, j] = total / a[j, j]
        for k in range(i):
            factor = a[i, k]
            for j in range(i, n):
                a[i, j] -= factor * a[k, j]
