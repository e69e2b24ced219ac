import torch


def pairwise_arrays(x):
    return (torch.sqrt(((x[:, None, :] - x[None, :, :]) ** 2).sum(2)),)
