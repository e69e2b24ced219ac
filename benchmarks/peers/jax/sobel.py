import jax.numpy as np


def sobel(im):
    gx = (im[:-2, 2:] + 2 * im[1:-1, 2:] + im[2:, 2:]) - (im[:-2, :-2] + 2 * im[1:-1, :-2] + im[2:, :-2])
    gy = (im[2:, :-2] + 2 * im[2:, 1:-1] + im[2:, 2:]) - (im[:-2, :-2] + 2 * im[:-2, 1:-1] + im[:-2, 2:])
    out = np.zeros_like(im).at[1:-1, 1:-1].set(np.hypot(gx, gy))
    return (out / out.max(),)
