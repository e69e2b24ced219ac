import numpy as np


def azimuthal_naive(data, radius, npt):
    rmax = radius.max()
    res = np.zeros(npt)
    for i in range(npt):
        r1 = rmax * i / npt
        r2 = rmax * (i + 1) / npt
        total = 0.0
        count = 0
        for k in range(len(data)):
            if r1 <= radius[k] and radius[k] < r2:
                total += data[k]
                count += 1
        res[i] = total / count
    return res
