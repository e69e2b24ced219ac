"""Recurrent layers: a call for each direction, joined as ONNX wants them."""

from __future__ import annotations

from .graphs import Node, Rule
from .text import shape

_ACTIVATIONS = {"RNN": ["Tanh"], "GRU": ["Sigmoid", "Tanh"], "LSTM": ["Sigmoid", "Tanh", "Tanh"]}
_DEFAULTS = {"LeakyRelu": (0.01, 0.0), "ThresholdedRelu": (1.0, 0.0), "HardSigmoid": (0.2, 0.5), "Elu": (1.0, 0.0)}


def recurrent(node: Node) -> list[tuple[str, str]]:
    """The lines, what is assigned and its text, of a recurrent layer; the outputs are assigned last."""
    plain = _ACTIVATIONS[node.op]
    direction = node.attribute("direction", "forward")
    count = 2 if direction == "bidirectional" else 1
    names = node.attribute("activations") or plain * count
    alphas, betas = list(node.attribute("activation_alpha") or []), list(node.attribute("activation_beta") or [])
    by_batch = bool(node.attribute("layout", 0))
    x = f"np.transpose({node.text(0)}, (1, 0, 2))" if by_batch else node.text(0)
    lstm = node.op == "LSTM"
    prefix = next(o for o in node.outputs if o)
    lines: list[tuple[str, str]] = []
    for d in range(count):
        own = names[d * len(plain) : (d + 1) * len(plain)]
        chosen = [_DEFAULTS.get(name, (0.0, 0.0)) for name in own]
        first = d * len(plain)
        a = [alphas[first + i] if first + i < len(alphas) else chosen[i][0] for i in range(len(own))]
        b = [betas[first + i] if first + i < len(betas) else chosen[i][1] for i in range(len(own))]

        def part(index: int, d: int = d) -> str:
            return f"{node.text(index)}[{d}]" if node.has(index) else "None"

        def state(index: int, d: int = d) -> str:
            if not node.has(index):
                return "None"
            return f"{node.text(index)}[:, {d}]" if by_batch else f"{node.text(index)}[{d}]"

        arguments = [x, part(1), part(2), part(3), node.text(4) if node.has(4) else "None", state(5)]
        if lstm:
            arguments += [state(6), part(7)]
        clip = node.attribute("clip")
        arguments += [shape(f'"{n}"' for n in own), shape(map(repr, a)), shape(map(repr, b)), repr(clip)]
        arguments.append(str(direction == "reverse" or d == 1))
        if node.op == "GRU":
            arguments.append(str(bool(node.attribute("linear_before_reset", 0))))
        if lstm:
            arguments.append(str(bool(node.attribute("input_forget", 0))))
        results = [f"{prefix}_steps_{d}", f"{prefix}_last_{d}", *([f"{prefix}_cells_{d}"] if lstm else [])]
        lines.append((", ".join(results), f"onnx.{node.op.lower()}({', '.join(arguments)})"))
    axis = 2 if by_batch else 1
    for i, kind in enumerate(("steps", "last", "cells")):
        if node.wants(i):
            parts = [f"{prefix}_{kind}_{d}" for d in range(count)]
            if i == 0:
                parts = [f"np.transpose({p}, (1, 0, 2))" if by_batch else p for p in parts]
            lines.append((node.outputs[i], f"np.stack({shape(parts)}, axis={axis if i == 0 else axis - 1})"))
    return lines


#: Operators that take several lines.
LINES = dict.fromkeys(_ACTIVATIONS, recurrent)
RULES: dict[str, Rule] = {}
