import numpy as np


def relu(x):
    return np.maximum(x, np.float32(0))


def softmax(x):
    for i in range(x.shape[0]):
        x[i] = np.exp(x[i] - x[i].max())
        x[i] /= x[i].sum()
    return x


def mlp(x, w1, b1, w2, b2, w3, b3):
    x = relu(x @ w1 + b1)
    x = relu(x @ w2 + b2)
    return softmax(x @ w3 + b3)
