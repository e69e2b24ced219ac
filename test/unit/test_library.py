"""The table of functions that are written in the language is what the files of the library hold."""

import ast

from pyc.frontend import library_calls
from pyc.frontend.scope import LIBRARY

# Files whose functions are not NumPy's own names: rules of the type checker call them.
CALLED_BY_RULES = {
    "applied",
    "chosen",
    "complex_functions",
    "complex_inverses",
    "complex_order",
    "counts",
    "draws",
    "grids",
    "nn",
    "nn_correlations",
    "nn_images",
    "nn_losses",
    "nn_margins",
    "nn_pools",
    "nn_quantised",
    "nn_resizing",
    "number_lists",
    "numbers",
    "onnx",
    "onnx_images",
    "onnx_numbers",
    "onnx_positions",
    "onnx_recurrent",
    "onnx_regions",
    "onnx_signals",
    "onnx_training",
    "onnx_windows",
    "padding",
    "python_cmath",
    "random",
    "records",
    "ufuncs",
}


def public(file: str) -> set[str]:
    tree = ast.parse((LIBRARY / f"{file}.py").read_text())
    return {n.name for n in tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")}


def test_each_function_is_where_the_table_says() -> None:
    files = {path.stem for path in LIBRARY.glob("*.py") if not path.stem.startswith("_")} - CALLED_BY_RULES
    listed: dict[str, set[str]] = {}
    for module in library_calls.WRITTEN.values():
        for name, file in module.items():
            listed.setdefault(file, set()).add(name)
    assert listed == {file: public(file) for file in files}


def test_each_function_says_what_it_gives() -> None:
    for path in LIBRARY.glob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                assert ast.get_docstring(node), f"{path.name}: {node.name}"
