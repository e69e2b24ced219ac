import torch


def l1_norm(x):
    return (x / torch.sum(torch.abs(x), 1, keepdim=True),)
