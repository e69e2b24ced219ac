import jax.numpy as np


def compute(x, y, a, b, c):
    return (np.clip(x, 2, 10) * a + y * b + c,)
