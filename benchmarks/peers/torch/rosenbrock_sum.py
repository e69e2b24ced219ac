import torch


def rosenbrock_sum(x):
    return (torch.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2),)
