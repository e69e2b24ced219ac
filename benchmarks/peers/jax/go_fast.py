import jax.numpy as np


def go_fast(a):
    return (a + np.sum(np.tanh(np.diag(a))),)
