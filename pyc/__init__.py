"""The vocabulary of the language: what a typed program imports.

Names are resolved when they are first used, so that ``import pyc`` costs next to nothing. ``__init__.pyi`` beside this
file is what type checkers see.
"""

from importlib import import_module

__version__ = "0.1.0"

#: Where each public name is: the module, and the attribute if it is called differently there.
_NAMES = {
    **dict.fromkeys(("Tensor", "Stack", "Buffer", "Mixed", "Dim", "Float", "Int", "Number"), "pyc.annotations"),
    **dict.fromkeys(("Target", "cpu", "cuda"), "pyc.target"),
    "Precision": "pyc.precision",
    "CompileError": "pyc.diagnostics",
    "Module": "pyc.module",
    "record": "pyc.record_class",
    "TypeVar": "typing",
    "L": "typing:Literal",
    "annotate": "pyc.user_annotations",
    "Quantization": "pyc.quantization",
    **dict.fromkeys(("fastmath", "prange", "python", "static", "static_range"), "pyc.markers"),
    **dict.fromkeys(("Array", "array", "dot"), "pyc.targets.interpreter"),
    **dict.fromkeys(("erf", "erfc", "gelu", "gelu_tanh", "rsqrt", "sigmoid"), "pyc.targets.interpreter"),
    "load": "pyc.targets.load",
    "jit": "pyc.tools.jit",
    **{module: f"pyc.{module}:" for module in ("nn", "onnx")},
}
_DTYPES = (
    *("i4", "u4", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"),
    *("f4e2m1", "f8e8m0", "f8e4m3", "f8e5m2", "bf16", "f16", "f32", "f64", "c64", "c128"),
)

__all__ = [*_DTYPES, *_NAMES]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> object:
    if name in _DTYPES:
        value: object = import_module("pyc.precision").DTYPES[name]
    elif name in _NAMES:
        path, colon, attribute = _NAMES[name].partition(":")
        module = import_module(path)
        value = module if colon and not attribute else getattr(module, attribute or name)
    else:
        raise AttributeError(f"module 'pyc' has no attribute {name!r}")
    globals()[name] = value  # found once
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
