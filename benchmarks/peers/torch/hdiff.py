import torch


def hdiff(src, out, coeff):
    i, j = out.shape[0], out.shape[1]
    lap = 4.0 * src[1 : i + 3, 1 : j + 3] - (
        src[2 : i + 4, 1 : j + 3] + src[0 : i + 2, 1 : j + 3] + src[1 : i + 3, 2 : j + 4] + src[1 : i + 3, 0 : j + 2]
    )
    res = lap[1:, 1 : j + 1] - lap[:-1, 1 : j + 1]
    flx = torch.where((res * (src[2 : i + 3, 2 : j + 2] - src[1 : i + 2, 2 : j + 2])) > 0, 0, res)
    res = lap[1 : i + 1, 1:] - lap[1 : i + 1, :-1]
    fly = torch.where((res * (src[2 : i + 2, 2 : j + 3] - src[2 : i + 2, 1 : j + 2])) > 0, 0, res)
    return (src[2 : i + 2, 2 : j + 2] - coeff * (flx[1:] - flx[:-1] + fly[:, 1:] - fly[:, :-1]),)
