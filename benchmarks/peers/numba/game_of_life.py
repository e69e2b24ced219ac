import numpy as np


def game_of_life(z, steps):
    n = z.shape[0]
    after = np.zeros_like(z)
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                k = (
                    z[i - 1, j - 1]
                    + z[i - 1, j]
                    + z[i - 1, j + 1]
                    + z[i, j - 1]
                    + z[i, j + 1]
                    + z[i + 1, j - 1]
                    + z[i + 1, j]
                    + z[i + 1, j + 1]
                )
                after[i, j] = 1 if k == 3 or (k == 2 and z[i, j] == 1) else 0
        z[:] = after
