"""What people write who come from PyTorch, TensorFlow, or an older NumPy, is answered by the words that compile.

Each row is an expression of the arrays ``x`` and ``y`` and the number ``s``, and what the help says to write. The test
puts it there, with the import that the help asks for, and the program is right.
"""

from __future__ import annotations

import re

import pytest
from check_facts import errors

from pyc.diagnostics import CompileError
from pyc.frontend.check_program import check_program
from pyc.frontend.request import Request
from pyc.source import Source

IMPORTS = {
    "torch": "import torch", "tf": "import tensorflow as tf", "jnp": "import jax.numpy as jnp",
    "F": "import torch.nn.functional as F", "cp": "import cupy as cp",
}  # fmt: skip

FUNCTIONS = [
    ("np.relu(x)", "nn.relu(x)"),
    ("np.Max(x)", "np.max(x)"),
    ("np.SQRT(x)", "np.sqrt(x)"),
    ("np.inv(x)", "np.linalg.inv(x)"),
    ("np.inverse(x)", "np.linalg.inv(x)"),
    ("np.norm(x)", "np.linalg.norm(x)"),
    ("np.solve(x, y)", "np.linalg.solve(x, y)"),
    ("np.cat((x, y))", "np.concatenate((x, y))"),
    ("np.cat((x, y), dim=1)", "np.concatenate((x, y), axis=1)"),
    ("np.mul(x, y)", "np.multiply(x, y)"),
    ("np.sub(x, y)", "np.subtract(x, y)"),
    ("np.div(x, y)", "np.divide(x, y)"),
    ("np.clamp(x, 0, 1)", "np.clip(x, 0, 1)"),
    ("np.mm(x, y)", "np.matmul(x, y)"),
    ("np.unsqueeze(x, 0)", "np.expand_dims(x, 0)"),
    ("np.range(4)", "np.arange(4)"),
    ("np.len(x)", "len(x)"),
    ("np.length(x)", "len(x)"),
    ("np.int(x[0, 0])", "int(x[0, 0])"),
    ("np.float(x[0, 0])", "float(x[0, 0])"),
    ("np.softmax(x)", "nn.softmax(x)"),
    ("np.sigmoid(x)", "nn.sigmoid(x)"),
    ("np.ln(x)", "np.log(x)"),
    ("x * np.PI", "np.pi"),
    ("x * np.Inf", "np.inf"),
    ("s * math.Pi", "math.pi"),
    ("math.Sin(s)", "math.sin(s)"),
    ("math.abs(s)", "abs(s)"),
    ("math.max(s, 1.0)", "max(s, 1.0)"),
    ("math.round(s)", "round(s)"),
    ("math.power(s, 2)", "math.pow(s, 2)"),
    ("math.arctan(s)", "math.atan(s)"),
    ("math.ln(s)", "math.log(s)"),
    ("math.sign(s)", "math.copysign(1.0, s)"),
    ("torch.matmul(x, y)", "np.matmul(x, y)"),
    ("torch.relu(x)", "nn.relu(x)"),
    ("torch.nn.functional.gelu(x)", "nn.gelu(x)"),
    ("F.softmax(x, dim=1)", "nn.softmax(x, axis=1)"),
    ("F.relu(x)", "nn.relu(x)"),
    ("torch.sum(x, dim=0, keepdim=True)", "np.sum(x, axis=0, keepdims=True)"),
    ("torch.cat((x, y), dim=0)", "np.concatenate((x, y), axis=0)"),
    ("torch.linalg.norm(x)", "np.linalg.norm(x)"),
    ("tf.reduce_sum(x, axis=1)", "np.sum(x, axis=1)"),
    ("tf.nn.relu(x)", "nn.relu(x)"),
    ("jnp.where(x > 0, x, y)", "np.where(x > 0, x, y)"),
    ("cp.exp(x)", "np.exp(x)"),
    ("sqrt(s)", "np.sqrt"),
    ("sigmoid(x)", "nn.sigmoid"),
    ("float32(s)", "f32"),
    ("xrange(4)[0]", None),
    ("np.max(x, y)", "np.maximum(x, y)"),
    ("max(x, y)", None),
    ("np.zeros(4, 4) + x", "np.zeros((4, 4))"),
    ("np.ones(4, 4) + x", "np.ones((4, 4))"),
    ("np.concatenate(x, y)", "np.concatenate((x, y))"),
    ("np.vstack(x, y)", "np.vstack((x, y))"),
    ("np.array(1, 2, 3)", "np.array([1, 2, 3])"),
    ("x * np.sin", "np.sin(x)"),
]  # fmt: skip

METHODS = [
    ("x.cuda().to(cpu)", "x.to(cuda)"),
    ("x.float()", "x.to(f32)"),
    ("x.half()", "x.to(f16)"),
    ("x.double()", "x.to(f64)"),
    ("x.long()", "x.to(i64)"),
    ("x.detach()", "x"),
    ("x.clone()", "x.copy()"),
    ("x.size(0)", "x.shape[0]"),
    ("x.size()", "x.shape"),
    ("x.shape(1)", "x.shape[1]"),
    ("x.dim()", "x.ndim"),
    ("x.numel()", "x.size"),
    ("x.view(16)", "x.reshape(16)"),
    ("x.view(-1, 2)", "x.reshape(-1, 2)"),
    ("x.permute(1, 0)", "x.transpose(1, 0)"),
    ("x.t()", "x.T"),
    ("x.T()", "x.T"),
    ("x.unsqueeze(0)", "np.expand_dims(x, 0)"),
    ("x.exp()", "np.exp(x)"),
    ("x.abs()", "np.abs(x)"),
    ("x.relu()", "nn.relu(x)"),
    ("x.mm(y)", "x @ y"),
    ("x.matmul(y)", "x @ y"),
    ("x.add(y)", "x + y"),
    ("x.len()", "len(x)"),
    ("x.length", "len(x)"),
    ("x.norm()", "np.linalg.norm(x)"),
    ("x.expand(3, 4, 4)", "np.broadcast_to(x, (3, 4, 4,))"),
    ("(x + y).unsqueeze(0)", "np.expand_dims(x + y, 0)"),
]  # fmt: skip


def program(expression: str, *, instead: str | None = None, span: str = "") -> str:
    """A file with the expression, or with what is to be written instead of the words under the caret."""
    text = expression if instead is None else expression.replace(span, instead)
    used = [line for name, line in IMPORTS.items() if re.search(rf"\b{name}\b", text)]
    head = "x: Tensor[f32, 4, 4], y: Tensor[f32, 4, 4], s: f64"
    return "\n".join([*used, "@pyc.jit", f"def f({head}):", f"    return {text}", ""])


@pytest.mark.parametrize(("expression", "mend"), [*FUNCTIONS, *METHODS], ids=lambda v: str(v))
def test_the_help_is_what_compiles(expression, mend):
    (d,) = errors(program(expression))
    assert d.span is not None
    said = [n.message for n in d.notes if n.fix]
    assert said
    if mend is None:
        return
    assert f"`{mend}`" in said[0], said
    # The module of another library is under the caret; its whole expression is what is written anew.
    span = expression if d.code == "E114" else d.span.text
    if expression == "np.zeros(4, 4) + x" or expression == "np.ones(4, 4) + x":
        span = expression.partition(" +")[0]
    if ".cuda()" in expression:
        span = "x.cuda()"
    if d.code == "E202" and mend.startswith(("np.max", "np.conc")):
        span = expression
    assert errors(program(expression, instead=mend, span=span)) == []


@pytest.mark.parametrize("dtype", ["np.float", "np.int", "np.float_", "torch.float16", "torch.int64"])
def test_types_of_other_names(dtype):
    (d,) = errors(("import torch\n" if "torch" in dtype else "") + program(f"x.astype({dtype})"))
    assert d.notes[0].fix
    mend = re.search(r"`(\w+)`", d.notes[0].message)
    assert mend is not None
    assert errors(program(f"x.astype({mend[1]})")) == []


def test_the_module_is_named_as_the_file_names_it():
    text = "import numpy as xp\nfrom pyc import Tensor, f32\ndef f(x: Tensor[f32, 4]):\n    return {}\n"

    def said(expression: str) -> str:
        with pytest.raises(CompileError) as raised:
            check_program(Source("test.py", text.format(expression)), Request())
        return raised.value.diagnostics[0].notes[0].message

    assert said("xp.cat((x, x))") == "`xp.concatenate((x, x))`"
    assert said("x.exp()") == "`xp.exp(x)`"
    assert said("x.relu()") == "`relu(x)`, with `from pyc.nn import relu`"
    assert said("x.half()") == "`x.to(f16)`, with `from pyc import f16`"


def test_a_parameter_by_its_other_name():
    for use in ("x.sum(dim=0)", "np.sum(x, dim=0)", "nn.softmax(x, dim=0)"):
        (d,) = errors(program(use))
        assert (d.code, d.span.text if d.span else "") == ("E203", "dim=0")
        assert d.notes[0].message == "the parameter is `axis`"
        assert errors(program(use.replace("dim", "axis"))) == []


def test_no_path_of_the_library_is_shown():
    (d,) = errors(program("nn.softmax(x, dim=0)"))
    assert [n.span for n in d.notes] == [None, None]
    assert d.notes[1].message == ("softmax is declared as `def softmax(x: Tensor[P, *S], axis=-1) -> Tensor[P, *S]`")
