"""Steps of training as ONNX defines them: what parameters become, and what is remembered of gradients."""

# pyright: reportInvalidTypeForm=false, reportReturnType=false

import numpy as np


def momentum(x, gradient, v, rate, step, alpha, beta, norm, nesterov):
    """Parameters and their momentum after a step."""
    g = norm * x + gradient
    new = alpha * v + (beta if step > 0 else 1.0) * g
    moved = x - rate * (g + alpha * new) if nesterov else x - rate * new
    return moved.astype(x.dtype), new.astype(x.dtype)


def adagrad(x, gradient, h, rate, step, decay, epsilon, norm):
    """Parameters and the sums of squares of their gradients after a step."""
    g = norm * x + gradient
    new = h + g * g
    moved = x - rate / (1.0 + step * decay) * g / (np.sqrt(new) + epsilon)
    return moved.astype(x.dtype), new.astype(x.dtype)


def adam(x, gradient, v, h, rate, step, alpha, beta, epsilon, norm, norm_after):
    """Parameters, and running means of gradients and of their squares, after a step."""
    g = norm * x + gradient
    mean, squares = alpha * v + (1.0 - alpha) * g, beta * h + (1.0 - beta) * g * g
    far = float(rate)
    if step > 0:
        far = far * (1.0 - beta ** int(step)) ** 0.5 / (1.0 - alpha ** int(step))
    moved = (1.0 - norm_after) * (x - far * mean / (np.sqrt(squares) + epsilon))
    return moved.astype(x.dtype), mean.astype(x.dtype), squares.astype(x.dtype)
