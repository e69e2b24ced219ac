"""Whole arrays of records: assigned by masks and positions, reshaped, joined, compared; NumPy judges."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import pytest
from language import same
from records import VEC_AND_BODY, Programs, plain

from pyc.diagnostics import CompileError
from pyc.targets.interpreter import typed

SOURCE = """\
def mask_one(b: Tensor[Body, N], o: Tensor[Body, N]):
    b[b.id > 1] = o[0]
def mask_new(b: Tensor[Vec, N], m: Tensor[bool, N]):
    b[m] = Vec(1.0, 2.0)
def idx_new(b: Tensor[Vec, N], i: Tensor[i64, K]):
    b[i] = Vec(1.0, 2.0)
def mask_mask(b: Tensor[Body, N], o: Tensor[Body, N]):
    b[b.id > 1] = o[o.id > 1]
def mask_other(b: Tensor[Body, N], o: Tensor[Body, M]):
    b[b.id > 1] = o
def idx_other(b: Tensor[Body, N], o: Tensor[Body, M], i: Tensor[i64, K]):
    b[i] = o[:len(i)]
def idx_list(b: Tensor[Body, N], o: Tensor[Body, M]):
    b[[0, 2]] = o[0]
def slice_one(b: Tensor[Body, N], o: Tensor[Body, M]):
    b[1:] = o[0]
def slice_mismatch(b: Tensor[Body, N], o: Tensor[Body, M]):
    b[1:] = o[:2]
def all_new(b: Tensor[Vec, N]):
    b[:] = Vec(1.0, 2.0)
def eqs(b: Tensor[Body, N], o: Tensor[Body, N]):
    return b == o
def eqv(b: Tensor[Vec, N], o: Tensor[Vec, N]):
    return b == o
def nes(b: Tensor[Vec, N], o: Tensor[Vec, N]):
    return b != o
def reshape2(b: Tensor[Body, N]):
    return b.reshape(2, -1)
def reshape_w(b: Tensor[Body, N], o: Tensor[Body, M]):
    c = b.reshape(2, -1)
    c[0, 0] = o[0]
    c[1, 0].p.x = 5.0
def flatten(b: Tensor[Body, N]):
    return b.reshape(2, -1).flatten()
def concat(b: Tensor[Body, N], o: Tensor[Body, M]):
    return np.concatenate((b, o))
def stack(b: Tensor[Body, N], o: Tensor[Body, N]):
    return np.stack((b, o))
def zlike(b: Tensor[Body, N]):
    return np.zeros_like(b)
def elike(b: Tensor[Body, N]):
    c = np.empty_like(b)
    c[:] = b
    return c
def zdt(b: Tensor[Body, N]):
    return np.zeros(len(b), b.dtype)
def copy1(b: Tensor[Body, N]):
    c = b.copy()
    c[0].id = 77
    return c
def npcopy(b: Tensor[Body, N]):
    c = np.copy(b)
    c[0].id = 77
    return c
def d2(b: Tensor[Body, N]):
    c = np.zeros((2, 3), Body)
    c[0, :2] = b[:2]
    c[1] = b[2]
    return c.T
def d2s(b: Tensor[Body, N]):
    c = np.zeros((2, 3), Body)
    c[:, 1] = b[:2]
    return c[:, 1:]
def tr(b: Tensor[Body, N]):
    return b.reshape(2, 3).T
def tr2(b: Tensor[Body, N]):
    return np.transpose(b.reshape(2, 3))
def newaxis(b: Tensor[Body, N]):
    return b[:, None]
def rev(b: Tensor[Body, N]):
    return b[::-1]
def chosen_ok(b: Tensor[Vec, N], i: Tensor[i64, K]):
    b.x[i] = 3.0
    b["y"][i] += 3.0
def m2(b: Tensor[Vec, N]):
    c = b.reshape(2, -1)
    return c[c.x > 0]
def m2w(b: Tensor[Vec, N]):
    c = b.reshape(2, -1)
    c[c.x > 0] = Vec(0.5, 0.25)
def i2(b: Tensor[Vec, N]):
    c = b.reshape(2, -1)
    return c[[0, 1], [1, 0]]
def i3(b: Tensor[Vec, N]):
    c = b.reshape(2, -1)
    return c[:, [1, 0]]
def swap(b: Tensor[Vec, N]):
    b[[0, 1]] = b[[1, 0]]
def swap2(b: Tensor[Vec, N]):
    b[0], b[1] = b[1].copy(), b[0].copy()
def shape(b: Tensor[Vec, N]):
    c = b.reshape(2, -1)
    return c.shape, c.ndim, c.size, len(c)
def two_axes(b: Tensor[Vec, N], i: Tensor[i64, K]):
    c = b.reshape(2, -1)
    c[1, [0, 1]] = b[0]
    c[np.array([True, False]), 1:] = Vec(0.25, 0.5)
    return c[i % 2, 0], c[:, [1, 0]].y, c[..., i % 2].x
def compared_axes(b: Tensor[Body, N], o: Tensor[Body, N]):
    c = b.reshape(2, -1)
    return c == c[0], c != c.reshape(2, 1, -1)
def swapped(b: Tensor[Body, N]):
    return np.swapaxes(b.reshape(2, -1), 0, 1), b.reshape(2, -1).swapaxes(-1, 0).spin
def wrong_shape(b: Tensor[Vec, N]):
    return b.reshape(4, len(b))
def joined_axes(b: Tensor[Body, N], o: Tensor[Body, M]):
    x, y = b.reshape(2, -1), o.reshape(2, -1)
    return np.concatenate((x, y), axis=1), np.stack((x, y), -1)
def filled(b: Tensor[Vec, N]):
    c = np.empty(b.shape, b.dtype)
    c[...] = b
    c["x"][1:] += 1.0
    return c
"""
NAMES = re.findall(r"(?m)^def (\w+)", SOURCE)
PARAMETERS = dict(re.findall(r"(?m)^def (\w+)\((.*)\):$", SOURCE))


#: NumPy makes arrays of a dtype, and records in separate arrays have none.
INTERLEAVED = ("zdt", "d2", "d2s", "filled")


@cache
def program(layout: str = "aos") -> Programs:
    names = [n for n in NAMES if layout == "aos" or n not in INTERLEAVED]
    source = VEC_AND_BODY.replace("@pyc.record", f'@pyc.record(layout="{layout}")') + SOURCE
    return Programs(source, *names)


def bodies(kind: str, n: int, seed: int, layout: str = "aos") -> Any:
    made, draws = program(layout).python[kind].zeros(n), np.random.default_rng(seed)
    p = made.p if kind == "Body" else made
    p.x[:], p.y[:] = draws.integers(-3, 4, (2, n))
    if kind == "Body":
        made.id[:], made.spin[:] = draws.integers(0, 4, n), draws.integers(0, 2, (n, 3))
    return made


def arguments(name: str, n: int, layout: str = "aos") -> tuple[object, ...]:
    found: list[object] = []
    for k, (kind, _) in enumerate(re.findall(r"Tensor\[(\w+), (\w)\]", PARAMETERS[name])):
        match kind:
            case "i64":
                found.append(np.array([1, -1, 3][: max(n, 1)]))
            case "bool":
                found.append(np.arange(n) % 3 != 1)
            case _:
                found.append(bodies(kind, n, 1 if name in ("eqs", "nes") else k, layout))
    return tuple(found)


#: An extent of 1 that is found at run time does not stretch.
STRETCHED = {("slice_mismatch", 1), ("d2", 1), ("d2s", 1)}


@pytest.mark.parametrize(("name", "n"), [(x, n) for x in NAMES for n in (0, 1, 2, 6) if (x, n) not in STRETCHED])
def test_as_numpy(name: str, n: int) -> None:
    program().agree(name, *arguments(name, n), message=False)
    if name not in INTERLEAVED:
        program("soa").agree(name, *arguments(name, n, "soa"), message=False)


@pytest.mark.parametrize("name", ["mask_mask", "mask_new", "idx_other", "reshape_w", "eqs", "flatten", "concat"])
def test_not_contiguous(name: str) -> None:
    given = tuple(np.repeat(a, 2)[::-2].view(type(a)) if isinstance(a, np.ndarray) else a for a in arguments(name, 6))
    program().agree(name, *given)


def test_layouts_of_numpy() -> None:
    """Packed and aligned dtypes with gaps, fields of every kind of number: read and written where they are."""
    text = """
@pyc.record
class Mixed:
    b: bool
    i: i8
    h: f16
    z: c64
    w: i32
def move(a: Tensor[Mixed, N], o: Tensor[Mixed, N]):
    c = a.copy()
    a[a.b] = o[1]
    a[[-1, 0]] = o[:2]
    return c == a, c, np.concatenate((a, o)).reshape(2, -1).T
"""
    p = Programs(text, "move")
    own = p.python["Mixed"].dtype
    gaps = {"names": own.names, "formats": [own.fields[n][0] for n in own.names], "offsets": [8, 3, 10, 16, 40]}
    for dtype in (
        own,
        np.dtype([(n, own.fields[n][0]) for n in own.names], align=True),
        np.dtype({**gaps, "itemsize": 48}),  # pyright: ignore[reportArgumentType, reportCallIssue]
    ):
        given = [np.zeros(5, dtype), np.zeros(5, dtype)]
        for k, x in enumerate(given):
            for n in own.names:
                x[n] = (np.arange(5) * (k + 2) % 3).astype(x[n].dtype)
        views = [x.view(type(p.python["Mixed"].zeros(1))) for x in given]
        copies = [v.copy() for v in views]
        expected = p.python["move"](*copies)
        actual = p.compiled.move(*given)
        same(plain(actual), plain(expected), str(dtype))
        same(plain(tuple(given)), plain(tuple(copies)), str(dtype))


@pytest.mark.parametrize(
    "fields",
    [
        [("x", "f8"), ("z", "f8")],
        [("x", "f8")],
        [("y", "f8"), ("x", "f8")],
        [("x", "f8"), ("y", "f4")],
        [("x", "f8"), ("y", "f8", 2)],
        [("x", "f8"), ("y", [("x", "f8")])],
    ],
)
def test_arrays_of_other_fields(fields: list[Any]) -> None:
    x = np.zeros(3, fields)
    for function in (program().compiled.all_new, typed(program().python["all_new"])):
        with pytest.raises(TypeError, match=r"b(\.y)? (holds|has) "):
            function(x)


def test_shapes_that_do_not_fit_say_so() -> None:
    program().agree("idx_other", bodies("Body", 6, 0), bodies("Body", 2, 1), np.array([0, 1, 2]))
    program().agree("slice_mismatch", bodies("Body", 6, 0), bodies("Body", 6, 1))
    program().agree("wrong_shape", bodies("Vec", 6, 0))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("b[m].x = 1.0", "E120: what arrays choose is a copy: .*`b.x[m] = ...` writes to the array"),
        ("b[m].x += 1.0", "E120: what arrays choose is a copy: .*`b.x[m] = ...` writes to the array"),
        ("b[m][0].x = 1.0", "E120: what arrays choose is a copy"),
        ("b[m][0] = b[1]", "E120: what arrays choose is a copy"),
        ("b[[0, 1]]['x'] = 1.0", "E120: what arrays choose is a copy"),
        ("b[m] += b[0]", "E210: records that arrays choose are not changed in place"),
        ("b[m] = (1.0, 2.0)", "E212: a Vec is assigned here.*`Vec\\(...\\)` makes a record"),
        ("b.ravel()", "E217: an array of Vec has no method ravel.*reshape"),
        ("b.astype(f32)", "E217: an array of Vec has no method astype.*astype\\(f32\\)"),
        ("np.sort(b)", "E201: np.sort does not take an array of Vec .*argsort"),
        ("np.sum(b)", "E201: np.sum does not take an array of Vec .*field by field"),
        ("np.concatenate((b, m))", "E201: np.concatenate joins arrays of Vec here, and this is a Tensor\\[bool, N\\]"),
        ("b.reshape((2, -1), order='F')", "E202: order of reshape is 'C' for an array of records"),
    ],
)
def test_what_is_refused(body: str, said: str) -> None:
    with pytest.raises(CompileError) as error:
        Programs(VEC_AND_BODY + f"def f(b: Tensor[Vec, N], m: Tensor[bool, N]) -> None:\n    {body}\n")
    (d,) = error.value.diagnostics
    text = f"{d.code}: {d.message} {' '.join(n.message for n in d.notes)}"
    assert re.search(said.replace("[m]", "\\[m\\]"), text), text
