import torch


def go_fast(a):
    return (a + torch.sum(torch.tanh(torch.diagonal(a))),)
