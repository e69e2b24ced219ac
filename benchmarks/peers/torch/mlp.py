import torch


def mlp(x, w1, b1, w2, b2, w3, b3):
    x = torch.relu(x @ w1 + b1)
    x = torch.relu(x @ w2 + b2)
    return (torch.softmax(x @ w3 + b3, -1),)
