"""Small machines with match: an interpreter of bytecode, a turtle and a traffic light."""

import numpy as np

from pyc import Tensor, i64


def run[N](code: Tensor[i64, N, 2], x: int) -> int:
    stack = np.zeros(16, dtype=np.int64)
    top = 0
    at = 0
    while at < len(code):
        operation, operand = int(code[at, 0]), int(code[at, 1])
        at += 1
        match operation:
            case 0:
                stack[top] = operand
                top += 1
            case 1 | 2 | 3:
                b, a = stack[top - 1], stack[top - 2]
                top -= 1
                if operation == 1:
                    stack[top - 1] = a + b
                elif operation == 2:
                    stack[top - 1] = a - b
                else:
                    stack[top - 1] = a * b
            case 4:
                stack[top] = x
                top += 1
            case 5 if stack[top - 1] > 0:
                at = operand
            case 5:
                pass
            case _:
                raise ValueError("no such operation")
    return int(stack[top - 1])


def turtle[N](moves: Tensor[i64, N]) -> tuple[int, int]:
    x, y, direction = 0, 0, 0
    for m in moves:
        match (int(m) % 3, direction):
            case (0, 0):
                y += 1
            case (0, 1):
                x += 1
            case (0, 2):
                y -= 1
            case (0, _):
                x -= 1
            case (1, d):
                direction = (d + 1) % 4
            case _:
                direction = (direction + 3) % 4
    return x, y


def cases():
    code = np.array([[0, 2], [4, 0], [3, 0], [0, 5], [1, 0]])
    yield "run", (code, 7)
    yield "run", (np.array([[9, 0]]), 1)
    rng = np.random.default_rng(39)
    yield "turtle", (rng.integers(0, 9, 40),)
