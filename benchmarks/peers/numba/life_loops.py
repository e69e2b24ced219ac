import numpy as np


def life_loops(world, steps):
    h, w = world.shape
    now = world.copy()
    after = np.zeros_like(now)
    for _ in range(steps):
        for i in range(h):
            up, down = (i - 1) % h, (i + 1) % h
            for j in range(w):
                left, right = (j - 1) % w, (j + 1) % w
                k = now[up, left] + now[up, j] + now[up, right] + now[i, left] + now[i, right]
                k += now[down, left] + now[down, j] + now[down, right]
                after[i, j] = 1 if k == 3 or (k == 2 and now[i, j]) else 0
        now, after = after, now
    return now
