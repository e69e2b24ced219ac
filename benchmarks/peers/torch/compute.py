import torch


def compute(x, y, a, b, c):
    return (torch.clamp(x, 2, 10) * a + y * b + c,)
