"""What people write who come from other libraries, or misremember NumPy, as it is written here.

The replacement is made of the user's own words: ``x.unsqueeze(0)`` gives ``np.expand_dims(x, 0)``, and
``torch.cat((x, y), dim=1)`` gives ``np.concatenate((x, y), axis=1)``.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Collection
from functools import cache

from pyc.diagnostics import Note
from pyc.source import Span

from .advice import parsed
from .report import fix
from .scope import LIBRARY, Namespace

#: Longer replacements are not written out.
_LONGEST = 80
#: Functions of NumPy as others name them, or where they are looked for in the wrong module.
_NUMPY = {
    "cat": "concatenate", "mm": "matmul", "bmm": "matmul", "mv": "matmul", "mul": "multiply", "sub": "subtract",
    "div": "divide", "neg": "negative", "unsqueeze": "expand_dims", "expanddims": "expand_dims",
    "permute": "transpose", "swapdims": "swapaxes", "range": "arange", "clamp": "clip", "clip_by_value": "clip",
    "ceiling": "ceil", "rounded": "round", "cube_root": "cbrt",
    "eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal",
    "reduce_sum": "sum", "reduce_mean": "mean", "reduce_max": "max", "reduce_min": "min", "reduce_prod": "prod",
    "reduce_all": "all", "reduce_any": "any", "reduce_std": "std", "reduce_variance": "var",
    "as_tensor": "asarray", "from_numpy": "asarray", "tensor": "array", "constant": "array",
    "convert_to_tensor": "asarray",
    "tranpose": "transpose", "avg": "mean", "stdev": "std", "variance": "var",
    "sorted": "sort", "numel": "size", "dim": "ndim", "rank": "ndim",
    "ln": "log", "arcsine": "arcsin", "arccosine": "arccos", "arctangent": "arctan", "atan_2": "arctan2",
    "mult": "multiply", "matrix_multiply": "matmul", "modulo": "mod",
    "is_nan": "isnan", "is_inf": "isinf", "is_finite": "isfinite", "zeroes": "zeros", "broadcast_tensors":
    "broadcast_arrays", "repeat_interleave": "repeat", "floordiv": "floor_divide",
}  # fmt: skip
#: Functions of modules of NumPy.
_LINALG = ("cholesky", "cond", "det", "eig", "eigh", "eigvals", "eigvalsh", "inv", "lstsq", "matrix_power",
           "matrix_rank", "norm", "pinv", "qr", "slogdet", "solve", "svd")  # fmt: skip
_OF_LINALG = {"inverse": "inv", "determinant": "det", "matrix_inverse": "inv", "eigen": "eig"}
_FFT = ("fft2", "fftfreq", "fftn", "fftshift", "ifft", "ifft2", "ifftn", "ifftshift", "irfft", "rfft", "rfft2")
#: Functions of pyc.nn as others name them.
_NN = {
    "scaled_dot_product_attention": "attention", "swish": "silu", "logistic": "sigmoid", "expit": "sigmoid",
    "layernorm": "layer_norm", "rmsnorm": "rms_norm", "batchnorm": "batch_norm",
    "nllloss": "nll_loss", "mseloss": "mse_loss", "l1loss": "l1_loss", "crossentropyloss": "cross_entropy",
    "crossentropy": "cross_entropy", "logsoftmax": "log_softmax", "leakyrelu": "leaky_relu",
    "maxpool2d": "max_pool2d", "avgpool2d": "avg_pool2d",
}  # fmt: skip
#: Element types as others name them.
_TYPES = {
    "float": "f64", "int": "i64", "long": "i64", "short": "i16", "half": "f16", "double": "f64", "single": "f32",
    "bfloat16": "bf16", "float16": "f16", "float32": "f32", "float64": "f64", "int8": "i8", "int16": "i16",
    "int32": "i32", "int64": "i64", "uint8": "u8", "uint16": "u16", "uint32": "u32", "uint64": "u64",
    "complex64": "c64", "complex128": "c128", "cfloat": "c64", "cdouble": "c128", "complex": "c128",
}  # fmt: skip
#: Built-in functions and operators that are looked for in a module.
_BUILT_IN = {n: n for n in ("abs", "max", "min", "round", "sum", "len", "divmod", "int", "float", "bool", "complex")}
_BUILT_IN["length"] = "len"
_OF_MATH = {
    "ln": "log", "power": "pow", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "square_root": "sqrt", "deg2rad": "radians",
    "rad2deg": "degrees", "absolute": "fabs", "fact": "factorial", "ceiling": "ceil", "infinity": "inf",
    "mod": "fmod", "log_2": "log2", "log_10": "log10", "exponential": "exp",
}  # fmt: skip
#: Names of other languages.
_NAMES = {
    "true": "`True`", "false": "`False`", "null": "`None`", "NULL": "`None`", "nil": "`None`", "none": "`None`",
    "undefined": "`None`", "pi": "`math.pi`", "inf": "`math.inf`", "nan": "`math.nan`", "NaN": "`math.nan`",
    "Infinity": "`math.inf`", "printf": "`print`", "println": "`print`", "echo": "`print`", "xrange": "`range`",
    "length": "`len`", "size": "`len(x)`, or `x.size`", "unicode": "`str`", "long": "`int`", "double": "`float`",
    "this": "`self`", "device": "`cuda` and `cpu` are targets: `from pyc import cpu, cuda`",
}  # fmt: skip
#: Numbers that NumPy has had other names for.
_CONSTANTS = {"pi": "pi", "e": "e", "inf": "inf", "infinity": "inf", "infty": "inf", "nan": "nan"}
#: Parameters as others name them.
KEYWORDS = {"dim": "axis", "dims": "axis", "keepdim": "keepdims", "keep_dims": "keepdims",
            "type": "dtype"}  # fmt: skip
#: Methods and attributes of arrays: ``{x}`` is the array, ``{args}`` the arguments, ``{0}`` the first of them.
_METHODS = {
    "cuda": "{x}.to(cuda)", "cpu": "{x}.to(cpu)", "float": "{x}.to(f32)", "half": "{x}.to(f16)",
    "double": "{x}.to(f64)", "bfloat16": "{x}.to(bf16)", "long": "{x}.to(i64)", "int": "{x}.to(i32)",
    "short": "{x}.to(i16)", "bool": "{x} != 0", "type": "{x}.to({0})", "as_type": "{x}.astype({0})",
    "asType": "{x}.astype({0})", "cast": "{x}.to({0})", "detach": "{x}", "numpy": "{x}", "contiguous": "{x}",
    "requires_grad_": "{x}", "clone": "{x}.copy()", "t": "{x}.T", "permute": "{x}.transpose({args})",
    "view": "{x}.reshape({args})", "reshape_as": "{x}.reshape({0}.shape)", "view_as": "{x}.reshape({0}.shape)",
    "expand": "{np}broadcast_to({x}, ({args},))", "expand_as": "{np}broadcast_to({x}, {0}.shape)",
    "numel": "{x}.size", "dim": "{x}.ndim", "rank": "{x}.ndim", "ndimension": "{x}.ndim", "len": "len({x})",
    "length": "len({x})", "count": "{x}.size", "size": "{x}.shape[{0}]", "shape": "{x}.shape[{0}]",
    "add": "{x} + {0}", "sub": "{x} - {0}", "mul": "{x} * {0}", "div": "{x} / {0}", "pow": "{x} ** {0}",
    "neg": "-{x}", "mm": "{x} @ {0}", "matmul": "{x} @ {0}", "bmm": "{x} @ {0}", "mv": "{x} @ {0}",
    "eq": "{x} == {0}", "ne": "{x} != {0}", "lt": "{x} < {0}", "le": "{x} <= {0}", "gt": "{x} > {0}",
    "ge": "{x} >= {0}", "clamp": "{x}.clip({args})", "repeat_interleave": "{x}.repeat({args})",
    "average": "{x}.mean({args})", "H": "{x}.conj().T", "I": "{np}linalg.inv({x})", "width": "{x}.shape[1]",
    "height": "{x}.shape[0]", "inverse": "{np}linalg.inv({x})", "dimensions": "{x}.ndim",
    "append": "{np}append({x}, {args})", "extend": "{np}concatenate(({x}, {0}))",
}  # fmt: skip
#: Methods that write their array, as statements.
_STATEMENTS = {
    "zero_": "{x}[...] = 0",
    "fill_": "{x}[...] = {0}",
    "copy_": "{x}[...] = {0}",
    "add_": "{x} += {0}",
    "sub_": "{x} -= {0}",
    "mul_": "{x} *= {0}",
    "div_": "{x} /= {0}",
    "clamp_": "{x}[...] = {x}.clip({args})",
}


def of_function(namespace: Namespace, span: Span) -> tuple[Note, ...]:
    """What ``np.relu(x)``, ``torch.cat((x, y))`` or ``math.abs(x)`` is here; empty where nothing is known of it."""
    node = parsed(span.text)
    call = node if isinstance(node, ast.Call) else None
    path = _dotted(node.func if call else node)  # type: ignore[union-attr]
    if len(path) < 2:
        return ()
    origin = _module(namespace, path[0])
    name = path[-1]
    if origin == "math":
        return _of_math(namespace, name, call)
    if call is None and origin == "numpy" and (constant := _CONSTANTS.get(name.lower())) is not None:
        return _replaced(namespace, "numpy", constant, None)
    if call is None and name in ("Tensor", "ndarray", "Array") and not origin.startswith("numpy"):
        return _noted("Tensor[f32, N]")
    types = _TYPES if origin.startswith("numpy") else {**_TYPES, "float": "f32", "int": "i32"}
    if call is None and (element := types.get(name.lower())) is not None:
        return _noted(*_imported(namespace, "pyc", element))
    networks = not {"nn", "functional"}.isdisjoint([*path[:-1], *origin.split(".")])
    if networks and name[0].isupper() and (layer := of_networks(name)[1]):
        words = _imported(namespace, "pyc.nn", layer)[0]
        return (fix(f"layers are functions here: `{words}`; their weights are fields of a class of pyc.Module"),)
    for found in (of_networks, of_numpy) if networks else (of_numpy, of_networks):
        module, function = found(name)
        if function:
            return _replaced(namespace, module, function, call)
    if name in _BUILT_IN and call is not None:
        return _noted(_called(_BUILT_IN[name], call))
    return ()


def of_name(name: str, namespace: Namespace) -> tuple[Note, ...]:
    """What a bare name is that nothing binds: a function or type of a module, or a constant."""
    if name in _NAMES:
        return (fix(_NAMES[name]),)
    if name in _TYPES and name != "float":
        return _noted(*_imported(namespace, "pyc", _TYPES[name]))
    if name in _networks():
        return _noted(*_imported(namespace, "pyc.nn", name))
    module, function = of_numpy(name) if name.islower() and len(name) > 2 else ("", "")
    return _noted(*_imported(namespace, module, function)) if function and function.endswith(name) else ()


def of_networks(name: str) -> tuple[str, str]:
    """(module, name) of the function of pyc.nn that a name means; both are empty where it means none."""
    lowered = name.lower()
    found = lowered if lowered in _networks() else _NN.get(lowered, "")
    return ("pyc.nn", found) if found else ("", "")


def of_numpy(name: str) -> tuple[str, str]:
    """(module, name) of the function of NumPy that a name means; both are empty where it means none."""
    from .builtins_numpy import NAMES

    lowered = name.lower()
    if name in ("int", "float", "bool", "complex"):
        return "", ""
    if lowered in NAMES:
        return "numpy", lowered
    if lowered in _LINALG or lowered in _OF_LINALG:
        return "numpy", f"linalg.{_OF_LINALG.get(lowered, lowered)}"
    if lowered in _FFT:
        return "numpy", f"fft.{lowered}"
    return ("numpy", _NUMPY[lowered]) if lowered in _NUMPY else ("", "")


def of_array(namespace: Namespace, span: Span) -> tuple[Note, ...]:
    """What ``x.unsqueeze(0)`` or ``x.length`` is here; empty where nothing is known of it."""
    node = parsed(span.text)
    call = node if isinstance(node, ast.Call) else None
    attribute = call.func if call else node
    if not isinstance(attribute, ast.Attribute):
        return ()
    name = attribute.attr
    arguments = [ast.unparse(a) for a in call.args] if call else []
    numpy_name, needed = _imported(namespace, "numpy", "")
    template = _METHODS.get(name) or _STATEMENTS.get(name)
    if name in ("size", "shape", "dim") and not arguments:
        template = f"{{x}}.{'ndim' if name == 'dim' else 'shape'}"
    if name in _STATEMENTS or template is not None:
        made = _filled(template or "", _operand(attribute.value), arguments, numpy_name)
        word = next((w for w in ("cuda", "cpu", *_TYPES.values()) if f".to({w})" in made), "")
        if "{np}" not in (template or ""):
            needed = _imported(namespace, "pyc", word)[1] if word else ""
        return _noted(made, needed)
    if call is None:
        return ()
    for found in (of_numpy, of_networks):
        module, function = found(name)
        if function:
            moved = ast.Call(call.func, [attribute.value, *call.args], call.keywords)
            return _replaced(namespace, module, function, moved)
    return ()


def as_tuple(span: Span) -> str | None:
    """The call that is meant where a tuple, or a list, is written without its own parentheses."""
    node = parsed(span.text)
    if not isinstance(node, ast.Call) or len(node.args) < 2:
        return None
    whole = ast.List(node.args, ast.Load()) if _ends(node.func, "array") else ast.Tuple(node.args, ast.Load())
    return ast.unparse(ast.Call(node.func, [whole], node.keywords))


def of_two(span: Span) -> tuple[Note, ...]:
    """The function of two arrays that is meant where one that reduces has a second array for its axis."""
    node = parsed(span.text)
    if not isinstance(node, ast.Call) or len(node.args) != 2 or not isinstance(node.func, ast.Attribute):
        return ()
    other = {"max": "maximum", "min": "minimum", "sum": "add", "prod": "multiply"}.get(node.func.attr)
    if other is None or not isinstance(node.func.value, ast.Name):
        return ()
    call = ast.Call(ast.Attribute(node.func.value, other, ast.Load()), node.args, node.keywords)
    return (fix(f"`{ast.unparse(call)}` works element by element"),)


def _ends(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Attribute | ast.Name) and ast.unparse(node).endswith(name)


def of_keyword(name: str, known: Collection[str]) -> tuple[Note, ...]:
    """What a parameter is called here that others name differently; empty if it is none of them."""
    other = KEYWORDS.get(name, "")
    return (fix(f"the parameter is `{other}`"),) if other in known else ()


def of_use(namespace: Namespace, use: Span) -> tuple[Note, ...]:
    """What the expression is here that begins with the name of a module of another library."""
    chains = {}
    for node in ast.walk(namespace.parsed.tree):
        path = _dotted(node.func if isinstance(node, ast.Call) else node)
        if path and use.text == path[0] and isinstance(node, ast.Call | ast.Attribute):
            span = namespace.span(node)
            if span.start == use.start:
                chains[len(path), isinstance(node, ast.Call)] = span
    return of_function(namespace, chains[max(chains)]) if chains else ()


def _of_math(namespace: Namespace, name: str, call: ast.Call | None) -> tuple[Note, ...]:
    lowered = name.lower()
    if name in _BUILT_IN and call is not None:
        return _noted(_called(_BUILT_IN[name], call))
    found = lowered if hasattr(math, lowered) else _OF_MATH.get(lowered, "")
    if found:
        return _replaced(namespace, "math", found, call)
    if lowered == "sign" and call is not None and call.args:
        return _noted(f"math.copysign(1.0, {ast.unparse(call.args[0])})")
    return ()


def _replaced(namespace: Namespace, module: str, name: str, call: ast.Call | None) -> tuple[Note, ...]:
    """A note with the call of another function, of the module as this file names it."""
    words, needed = _imported(namespace, module, name)
    return _noted(words if call is None else _called(words, call), needed)


def _called(words: str, call: ast.Call) -> str:
    """A call as text, of another function, with its keywords as they are named here."""
    keywords = [ast.keyword(KEYWORDS.get(k.arg or "") or k.arg, k.value) for k in call.keywords]
    try:
        return ast.unparse(ast.Call(ast.Name(words, ast.Load()), call.args, keywords))
    except (ValueError, RecursionError):
        return f"{words}(...)"


def _noted(text: str, needed: str = "") -> tuple[Note, ...]:
    if len(text) > _LONGEST:
        text = text.partition("(")[0] + "(...)"
    return (fix(f"`{text}`" + (f", with `{needed}`" if needed else "")),)


def _imported(namespace: Namespace, module: str, name: str) -> tuple[str, str]:
    """(what a name of a module is in a file, the import that it lacks for it)."""
    if name and module != "numpy":
        for binding in (b for several in namespace.bindings.values() for b in several if b.kind == "from"):
            node = binding.node
            if isinstance(node, ast.ImportFrom) and node.module == module and binding.origin == name:
                return binding.name, ""
            if isinstance(node, ast.ImportFrom) and f"{node.module}.{binding.origin}" == module:
                return f"{binding.name}.{name}", ""
    for binding in (b for several in namespace.bindings.values() for b in several if b.kind == "import"):
        if binding.origin == module:
            return f"{binding.name}.{name}", ""
        if module == "pyc.nn" and binding.origin == "pyc":
            return f"{binding.name}.nn.{name}", ""
    if module in ("pyc", "pyc.nn"):
        return name, f"from {module} import {name}"
    short = {"numpy": "np"}.get(module, module)
    return f"{short}.{name}", f"import {module}" + (f" as {short}" if short != module else "")


def _module(namespace: Namespace, word: str) -> str:
    """The module that a word of a file means; empty where it means another thing."""
    for binding in namespace.bindings.get(word, ()):
        if binding.kind == "import":
            return binding.origin
        if isinstance(binding.node, ast.ImportFrom):
            return f"{binding.node.module}.{binding.origin}"
    return ""


def _filled(template: str, x: str, arguments: list[str], numpy_name: str) -> str:
    first = arguments[0] if arguments else "..."
    return template.format(first, x=x, args=", ".join(arguments), np=numpy_name)


def _operand(node: ast.expr) -> str:
    """The text of an array before a dot."""
    text = ast.unparse(node)
    simple = isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
    return "x" if len(text) > _LONGEST // 2 else text if simple else f"({text})"


def _dotted(node: ast.AST | None) -> list[str]:
    """``["np", "linalg", "inv"]`` of ``np.linalg.inv``; empty for what is no dotted name."""
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Attribute(value=base, attr=name):
            path = _dotted(base)
            return [*path, name] if path else []
    return []


@cache
def _networks() -> frozenset[str]:
    """The names of pyc.nn."""
    tree = ast.parse((LIBRARY / "nn.py").read_text(encoding="utf-8"))
    names = {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nn_"):
            names |= {a.asname or a.name for a in node.names}
    return frozenset(n for n in names if not n.startswith("_"))
