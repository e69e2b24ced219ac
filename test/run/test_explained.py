"""The right examples of ``pyc explain`` are run: interpreted, and compiled, with equal results, writes and exceptions.

All examples are one program, in which the names of each end in its code. Arguments are made of the types of the last
function that an example defines; where those say too little, the call is written here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from explained import ALONE, CODES, program
from language import outcome, same
from module_programs import twice

#: Examples that are not run, and why.
NOT_RUN = {
    "E220": "its array is in the memory of a GPU",
    "E301": "one of its arrays is in the memory of a GPU",
    "E303": "no code is generated for its target, which is the user's own",
    "E307": "its array is in the memory of a GPU",
    "E308": "its array is in the memory of a GPU",
}
#: Programs of which the wrong example does not stand alone, but the right one does.
MORE = ("E102", "E408", "E605")
RUN = [*(c.id for c in ALONE if c.id not in NOT_RUN), *MORE]
#: What is called, and with what, where the types do not say it.
CALLS = {
    "E209": ("f", "np.array([3, 4], np.float32)"),
    "E225": ("Four", "(inner=Inner(up=np.arange(4, dtype=np.float32)))", "np.ones(4, np.float32)"),
    "E227": ("Counter", "(seen=np.array([3]))", ".count", ""),
    "E407": ("Net", "(w=np.arange(4, dtype=np.float32))", "2.5"),
    "E408": ("f", "1, np.array([5, 7])"),
}
#: Results that functions such as exp give within an ulp.
NEARLY = ("E114", "E452", "E453")
EXTENTS = {"N": 5, "M": 3, "K": 4}
_GENERIC = re.compile(r"^((?:def|class) \w+)\[[^\]]*\](?=[:(])", re.MULTILINE)


def renamed(code: str) -> tuple[str, ast.Module, set[str]]:
    """The right example with the code behind each name that it defines, its syntax, and those names."""
    text = program(CODES[code].right).partition('K = Dim("K")\n')[2]
    tree = ast.parse(_GENERIC.sub(r"\1", text))
    names = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    names |= {t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
    return _with_code(text, names, code), tree, names


def _with_code(text: str, names: set[str], code: str) -> str:
    for name in names:
        text = re.sub(rf"(?<![\w.'\"]){name}\b(?!=)", f"{name}_{code}", text)
    return text


def value(names: dict[str, Any], annotation: str, seed: int) -> Any:
    """A value of a type: ``names`` are those of the program, which has its records."""
    if found := re.fullmatch(r"Tensor\[(\w+), (.*)\]", annotation):
        bits = int(found[1][1:]) if found[1][1:].isdecimal() else 0
        small = {"i4": "int4", "u4": "uint4"}  # ml_dtypes' names
        dtype = np.dtype({"T": "f4", "Half": "f2", **small}.get(found[1]) or f"{found[1][0]}{bits // 8}")
        shape = [EXTENTS[d] if d in EXTENTS else int(d) for d in found[2].split(", ") if d not in ("cpu", "On")]
        return np.random.default_rng(seed).uniform(0, 4, shape).astype(dtype)
    if annotation in ("int", "i64", "bool", "float", "f32", "f64"):
        return {"int": 2, "i64": 2, "bool": True, "f32": np.float32(1.5)}.get(annotation, 1.5)
    record = names[annotation]
    return record(*(value(names, str(t), seed) for t in record.__annotations__.values()))


def called(code: str, module: Any) -> Any:
    """What calling the last function of an example does."""
    names = vars(module)
    _, tree, defined = renamed(code)
    if code in CALLS:
        name, *parts = (_with_code(part, defined, code) for part in CALLS[code])
        function = eval(name + "".join(parts[:-1]), names)
        return outcome(function, eval(f"({parts[-1]}{',' if parts[-1] else ''})", names))
    function = [n for n in tree.body if isinstance(n, ast.FunctionDef)][-1]
    types = [_with_code(ast.unparse(a.annotation), defined, code) for a in function.args.args if a.annotation]
    types = [t.replace(f"_{code}", "") if t.startswith("Tensor") else t for t in types]
    return outcome(names[f"{function.name}_{code}"], tuple(value(names, t, k) for k, t in enumerate(types)))


def leaves(x: Any) -> Any:
    """A result as numbers and plain arrays: a record is a tuple of its fields."""
    if isinstance(x, np.ndarray):
        return np.asarray(x)
    if isinstance(x, tuple):
        return tuple(map(leaves, x))
    fields = getattr(type(x), "__annotations__", None)
    return x if fields is None else tuple(leaves(getattr(x, name)) for name in fields)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Any]]:
    head = program("def f(): pass").partition("def f")[0]
    yield from twice(tmp_path_factory.mktemp("explained"), "explained", head + "".join(renamed(c)[0] for c in RUN))


@pytest.mark.parametrize("code", RUN)
def test_the_right_example_does_the_same_compiled(code, made):
    expected, actual = (called(code, module) for module in made)
    assert expected.error is None
    assert actual.error is None
    for found, wanted in ((actual.result, expected.result), (actual.arguments, expected.arguments)):
        if code in NEARLY and wanted is not None:
            np.testing.assert_array_max_ulp(*map(np.asarray, (found, wanted)), maxulp=2)
        else:
            same(leaves(found), leaves(wanted), code)


def test_what_is_not_run_says_why():
    assert set(NOT_RUN) | set(RUN) == {c.id for c in ALONE} | set(MORE)
    assert not set(NOT_RUN) & set(RUN)
