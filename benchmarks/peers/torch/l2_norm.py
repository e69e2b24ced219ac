import torch


def l2_norm(x):
    return (torch.sqrt(torch.sum(torch.abs(x) ** 2, 1)),)
