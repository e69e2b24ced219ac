"""Filters of images: box, Sobel, median, and a separable Gaussian."""

import numpy as np

from pyc import Tensor, f32, f64


def box[H, W](image: Tensor[f32, H, W]) -> Tensor[f32, H, W]:
    padded = np.pad(image, 1, mode="edge")
    h, w = image.shape
    out = np.zeros_like(image)
    for di in range(3):
        for dj in range(3):
            out += padded[di : di + h, dj : dj + w]
    return out / np.float32(9.0)


def sobel[H, W](image: Tensor[f64, H, W]) -> Tensor[f64, H, W]:
    edges = np.zeros_like(image)
    gx = image[:-2, 2:] + 2 * image[1:-1, 2:] + image[2:, 2:] - image[:-2, :-2] - 2 * image[1:-1, :-2] - image[2:, :-2]
    gy = image[2:, :-2] + 2 * image[2:, 1:-1] + image[2:, 2:] - image[:-2, :-2] - 2 * image[:-2, 1:-1] - image[:-2, 2:]
    edges[1:-1, 1:-1] = np.hypot(gx, gy)
    return edges


def median[H, W](image: Tensor[f64, H, W]) -> Tensor[f64, H, W]:
    out = image.copy()
    for i in range(1, image.shape[0] - 1):
        for j in range(1, image.shape[1] - 1):
            window = np.sort(image[i - 1 : i + 2, j - 1 : j + 2].ravel())
            out[i, j] = window[4]
    return out


def gaussian[H, W](image: Tensor[f64, H, W], sigma: float) -> Tensor[f64, H, W]:
    offsets = np.arange(-2, 3)
    weights = np.exp(-(offsets**2) / (2 * sigma**2))
    weights /= weights.sum()
    rows = np.zeros_like(image)
    for k, w in zip(range(-2, 3), weights):
        rows += w * np.roll(image, k, axis=0)
    out = np.zeros_like(image)
    for k, w in zip(range(-2, 3), weights):
        out += w * np.roll(rows, k, axis=1)
    return out


def cases():
    rng = np.random.default_rng(19)
    for h, w in ((3, 3), (6, 11)):
        image = rng.random((h, w))
        yield "box", (image.astype(np.float32),)
        yield "sobel", (image,)
        yield "median", (image,)
        yield "gaussian", (image, 1.1)
