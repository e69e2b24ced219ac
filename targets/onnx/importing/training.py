"""Steps of training: a call for each of the tensors that are trained."""

from __future__ import annotations

from .graphs import Node
from .text import number

DOMAIN = "ai.onnx.preview.training"
#: What each remembers of gradients, and the attributes that it takes, with what they are if nothing is said.
_STEPS: dict[str, tuple[int, dict[str, float]]] = {
    "Momentum": (1, {"alpha": 0.0, "beta": 0.0, "norm_coefficient": 0.0}),
    "Adagrad": (1, {"decay_factor": 0.0, "epsilon": 0.0, "norm_coefficient": 0.0}),
    "Adam": (
        2,
        {"alpha": 0.9, "beta": 0.999, "epsilon": 0.0, "norm_coefficient": 0.0, "norm_coefficient_post": 0.0},
    ),
}


def steps(node: Node) -> list[tuple[str, str]]:
    """The lines, what is assigned and its text, of a step for several tensors, each with its gradient and memory."""
    kept, usual = _STEPS[node.op]
    count = (len(node.inputs) - 2) // (2 + kept)
    numbers = [number(float(node.attribute(name, value))) for name, value in usual.items()]
    if node.op == "Momentum":
        numbers.append(str(node.attribute("mode", "standard") == "nesterov"))
    lines: list[tuple[str, str]] = []
    for i in range(count):
        given = [node.text(2 + i + part * count) for part in range(2 + kept)]
        targets = [node.outputs[i + part * count] or "_" for part in range(1 + kept)]
        arguments = [*given, node.text(0), node.text(1), *numbers]
        lines.append((", ".join(targets), f"onnx.{node.op.lower()}({', '.join(arguments)})"))
    return lines


#: Operators that take several lines.
LINES = dict.fromkeys(_STEPS, steps)
