"""Operators that compute each element from one of each operand."""

from __future__ import annotations

from pyc.precision import DTYPES
from pyc.quantization import LARGEST

from .graphs import Node, Rule, Unsupported
from .text import dtype_text, number

#: What stands for an operator whose inputs broadcast as NumPy's do.
_PLAIN = {
    "Abs": "np.abs({0})", "Neg": "-{0}", "Floor": "np.floor({0})", "Ceil": "np.ceil({0})", "Round": "np.rint({0})",
    "Sqrt": "np.sqrt({0})", "Exp": "np.exp({0})", "Log": "np.log({0})", "Reciprocal": "1 / {0}",
    "Sin": "np.sin({0})", "Cos": "np.cos({0})", "Tan": "np.tan({0})", "Asin": "np.arcsin({0})",
    "Acos": "np.arccos({0})", "Atan": "np.arctan({0})", "Sinh": "np.sinh({0})", "Cosh": "np.cosh({0})",
    "Tanh": "np.tanh({0})", "Asinh": "np.arcsinh({0})", "Acosh": "np.arccosh({0})", "Atanh": "np.arctanh({0})",
    "Erf": "pyc.erf({0})", "Sign": "np.sign({0})", "IsNaN": "np.isnan({0})", "Identity": "{0}",
    "Not": "np.logical_not({0})", "BitwiseNot": "~{0}",
    "Add": "{0} + {1}", "Sub": "{0} - {1}", "Mul": "{0} * {1}",
    "And": "np.logical_and({0}, {1})", "Or": "np.logical_or({0}, {1})", "Xor": "np.logical_xor({0}, {1})",
    "BitwiseAnd": "{0} & {1}", "BitwiseOr": "{0} | {1}", "BitwiseXor": "{0} ^ {1}",
    "Equal": "{0} == {1}", "Greater": "{0} > {1}", "GreaterOrEqual": "{0} >= {1}",
    "Less": "{0} < {1}", "LessOrEqual": "{0} <= {1}", "Where": "np.where({0}, {1}, {2})",
    "Relu": "np.maximum({0}, 0)", "Sigmoid": "nn.sigmoid({0})", "Softplus": "nn.softplus({0})",
    "Softsign": "nn.softsign({0})", "Mish": "nn.mish({0})", "PRelu": "np.where({0} < 0, {1} * {0}, {0})",
    "HardSwish": "{0} * np.clip({0} / 6 + 0.5, 0, 1)",
}  # fmt: skip


def _div(node: Node) -> str:
    if DTYPES[node.dtype(0)].is_float:
        return f"{node.text(0)} / {node.text(1)}"
    if DTYPES[node.dtype(0)].kind == "uint":
        return f"{node.text(0)} // {node.text(1)}"
    return f"onnx.divide({node.text(0)}, {node.text(1)})"


def _mod(node: Node) -> str:
    return (
        f"np.fmod({node.text(0)}, {node.text(1)})" if node.attribute("fmod", 0) else f"{node.text(0)} % {node.text(1)}"
    )


def _pow(node: Node) -> str:
    base, exponent = node.kind(0), node.kind(1)
    if base.dtype == exponent.dtype and DTYPES[base.dtype].is_float:
        return f"np.power({node.text(0)}, {node.text(1)})"
    return f"onnx.power({node.text(0)}, {node.text(1)})"


def _bit_shift(node: Node) -> str:
    return f"{node.text(0)} {'<<' if node.attribute('direction') == 'LEFT' else '>>'} {node.text(1)}"


def _fold(template: str) -> Rule:
    def rule(node: Node) -> str:
        total, *more = node.texts
        for text in more:
            total = template.format(total, text)
        return total

    return rule


def _mean(node: Node) -> str:
    return f"({' + '.join(node.texts)}) / {len(node.texts)}"


def _clip(node: Node) -> str:
    x = node.text(0)
    if node.version < 11:
        low, high = node.attribute("min"), node.attribute("max")
        bounds = [None if b is None else number(b) for b in (low, high)]
    else:
        bounds = [node.text(i) if node.has(i) else None for i in (1, 2)]
    if bounds[0] is not None:
        x = f"np.maximum({x}, {bounds[0]})"
    return x if bounds[1] is None else f"np.minimum({x}, {bounds[1]})"


def _cast(node: Node) -> str:
    kind = node.kinds[0]
    if kind is None:
        raise Unsupported("the element type of the result is not known")
    if kind.dtype == "f8e8m0":
        raise Unsupported("no number is rounded to a power of two")
    x, source = node.text(0), node.kind(0)
    if kind.dtype in LARGEST and node.attribute("saturate", 1) and source.dtype not in LARGEST:
        x = f"np.clip({x}, -{LARGEST[kind.dtype]}, {LARGEST[kind.dtype]})"
    return cast(x, source.rank, source.dtype, kind.dtype)


def cast(text: str, rank: int, source: str, dtype: str) -> str:
    """A value as another type."""
    if source == dtype:
        return text
    return f"{text}.astype({dtype_text(dtype)})" if rank else f"{dtype_text(dtype)}({text})"


def _is_inf(node: Node) -> str:
    x = node.text(0)
    ways = (node.attribute("detect_negative", 1), node.attribute("detect_positive", 1))
    signs = {(1, 1): f"np.isinf({x})", (1, 0): f"{x} == -math.inf", (0, 1): f"{x} == math.inf"}
    return signs.get((ways[0], ways[1]), f"np.zeros({x}.shape, np.bool_)")


def _attributes(template: str, **defaults: float) -> Rule:
    def rule(node: Node) -> str:
        values = {name: number(float(node.attribute(name, default))) for name, default in defaults.items()}
        return template.format(x=node.text(0), **values)

    return rule


def _gelu(node: Node) -> str:
    how = node.attribute("approximate", "none")
    return f"nn.gelu({node.text(0)})" if how == "none" else f'nn.gelu({node.text(0)}, "{how}")'


def _celu(node: Node) -> str:
    return f"nn.celu({node.text(0)}, {number(float(node.attribute('alpha', 1.0)))})"


RULES: dict[str, Rule] = {
    **{name: (lambda node, t=template: t.format(*node.texts)) for name, template in _PLAIN.items()},
    "Div": _div,
    "Mod": _mod,
    "Pow": _pow,
    "BitShift": _bit_shift,
    "Max": _fold("np.maximum({0}, {1})"),
    "Min": _fold("np.minimum({0}, {1})"),
    "Sum": _fold("{0} + {1}"),
    "Mean": _mean,
    "Clip": _clip,
    "Cast": _cast,
    "CastLike": _cast,
    "IsInf": _is_inf,
    "Gelu": _gelu,
    "Celu": _celu,
    "Elu": _attributes("np.where({x} > 0, {x}, {alpha} * np.expm1({x}))", alpha=1.0),
    "LeakyRelu": _attributes("np.where({x} >= 0, {x}, {alpha} * {x})", alpha=0.01),
    "Selu": _attributes(
        "{gamma} * np.where({x} > 0, {x}, {alpha} * np.expm1({x}))", alpha=1.6732632423543772, gamma=1.0507009873554805
    ),
    "HardSigmoid": _attributes("np.clip({alpha} * {x} + {beta}, 0, 1)", alpha=0.2, beta=0.5),
    "ThresholdedRelu": _attributes("np.where({x} > {alpha}, {x}, 0)", alpha=1.0),
    "Shrink": _attributes(
        "np.where({x} < -{lambd}, {x} + {bias}, np.where({x} > {lambd}, {x} - {bias}, 0))", bias=0.0, lambd=0.5
    ),
    "Swish": _attributes("{x} * nn.sigmoid({alpha} * {x})", alpha=1.0),
}
