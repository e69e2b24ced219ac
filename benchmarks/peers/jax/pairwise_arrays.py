import jax.numpy as np


def pairwise_arrays(x):
    return (np.sqrt(((x[:, None, :] - x[None, :, :]) ** 2).sum(axis=2)),)
