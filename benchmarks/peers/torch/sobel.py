import torch


def sobel(im):
    gx = (im[:-2, 2:] + 2 * im[1:-1, 2:] + im[2:, 2:]) - (im[:-2, :-2] + 2 * im[1:-1, :-2] + im[2:, :-2])
    gy = (im[2:, :-2] + 2 * im[2:, 1:-1] + im[2:, 2:]) - (im[:-2, :-2] + 2 * im[:-2, 1:-1] + im[:-2, 2:])
    out = torch.zeros_like(im)
    out[1:-1, 1:-1] = torch.hypot(gx, gy)
    return (out / out.max(),)
