import numpy as np


def sobel(image):
    h, w = image.shape
    out = np.zeros_like(image)
    for y in range(1, h - 1):
        for x in range(1, w - 1):
            gx = (image[y - 1, x + 1] + 2 * image[y, x + 1] + image[y + 1, x + 1]) - (
                image[y - 1, x - 1] + 2 * image[y, x - 1] + image[y + 1, x - 1]
            )
            gy = (image[y + 1, x - 1] + 2 * image[y + 1, x] + image[y + 1, x + 1]) - (
                image[y - 1, x - 1] + 2 * image[y - 1, x] + image[y - 1, x + 1]
            )
            out[y, x] = np.hypot(gx, gy)
    return out / out.max()
