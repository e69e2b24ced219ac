"""NumPy's functions that move, choose and repeat records, in both layouts; NumPy judges."""

from __future__ import annotations

import linecache
import re
from functools import cache
from typing import Any

import numpy as np
import pytest
from language import HEADER, same
from records import HEADER as RECORD_NAMES
from records import VEC_AND_BODY, Programs, plain

from pyc.diagnostics import CompileError
from pyc.targets.interpreter import typed

SOURCE = """\
def compared(b: Tensor[Vec, N], o: Tensor[Vec, N]):
    return b == b[0], b[0] != b, b == Vec(1.0, 2.0), Vec(1.0, 2.0) != b.reshape(2, -1)
def compared_bodies(b: Tensor[Body, N], o: Tensor[Body, N]):
    return b == b[0], b[0] == b, b != o[1]
def chosen(b: Tensor[Body, N], o: Tensor[Body, N]):
    return np.where(b.id > 1, b, o), np.where(b.id > 1, b, o[0]), np.where(b.id > 1, o[0], b)
def chosen_axes(b: Tensor[Body, N], o: Tensor[Body, N]):
    return np.where(b.id[:, None] > o.id, b, o), np.where(b.id > 1, b[:, None], o)
def chosen_new(b: Tensor[Vec, N], o: Tensor[Vec, N]):
    c = np.where(b.x > 0, b, Vec(0.5, 0.25))
    c[0].x = 7.0
    return c
def taken(b: Tensor[Body, N], o: Tensor[Body, N]):
    return b.take([1, 0]), np.take(b, o.id % 2, axis=0), np.take(b, 1)
def taken_axes(b: Tensor[Body, N], o: Tensor[Body, N]):
    c = b.reshape(2, -1)
    return np.take(c, [[0], [-1]], 1), c.take(5, mode="wrap")
def taken_beyond(b: Tensor[Body, N], o: Tensor[Body, N]):
    return np.take(b, o.id + 10)
def rolled(b: Tensor[Body, N], o: Tensor[Body, N]):
    c = b.reshape(2, -1)
    return np.roll(b, -2), np.roll(c, (1, 2), (0, 1))
def full(b: Tensor[Body, N], o: Tensor[Body, N]):
    return np.full(3, b[0]), np.full((2, len(b)), o[1], Body), np.full_like(b.reshape(2, -1), o[0])
def full_new(b: Tensor[Vec, N], o: Tensor[Vec, N]):
    c = np.full(len(b), Vec(1.0, 2.0))
    c[1]["x"] = 3.0
    return c
def made(b: Tensor[Body, N], o: Tensor[Body, N]):
    c = Body.zeros(len(b))
    c[1].p.x = 2.0
    c[0] = b[0]
    return c, Body.zeros((2, 2))
def listed(b: Tensor[Vec, N], o: Tensor[Vec, N]):
    c = np.array([Vec(1.0, 2.0), b[0], o[1]])
    b[0].x = 9.0
    return c, np.array((Vec(1.0, 2.0),))
def flipped(b: Tensor[Body, N], o: Tensor[Body, N]):
    c = b.reshape(2, -1)
    return np.flip(b), np.flip(c), np.flip(c, 0), np.flip(c, axis=-1), np.flipud(c), np.fliplr(c)
def turned(b: Tensor[Body, N], o: Tensor[Body, N]):
    c = b.reshape(2, -1)
    return np.rot90(c), np.rot90(c, 2), np.rot90(c, -1, (1, 0)), np.rot90(c, 4)
def views_are_written(b: Tensor[Vec, N], o: Tensor[Vec, N]):
    np.flip(b)[0].x = 11.0
    np.rot90(b.reshape(2, -1))[0, 0].y = 12.0
    np.expand_dims(o, 1)[0, 0].x = 13.0
    np.moveaxis(o.reshape(2, -1), 0, 1)[-1, 1].y = 14.0
    np.atleast_2d(o)[0, 1].x = 15.0
    np.squeeze(o[None], 0)[1].y = 18.0
def itself(b: Tensor[Vec, N], o: Tensor[Vec, N]):
    np.asarray(b)[1] = Vec(16.0, 17.0)
def repeated(b: Tensor[Vec, N], o: Tensor[Vec, N]):
    c = b.reshape(2, -1)
    return np.repeat(c, 2, axis=1), b.repeat(3), np.tile(b, (2, 1))
def widened(b: Tensor[Body, N], o: Tensor[Body, N]):
    return np.expand_dims(b, 0), np.squeeze(b[None]), np.squeeze(b[:, None], axis=1), np.atleast_3d(b), np.atleast_1d(b)
def stretched(b: Tensor[Body, N], o: Tensor[Body, N]):
    return np.broadcast_to(b, (2, len(b))), np.broadcast_to(b[:, None], (len(b), 3))
def moved(b: Tensor[Body, N], o: Tensor[Body, N]):
    return np.moveaxis(b.reshape(2, 1, -1), 0, 1), np.moveaxis(b.reshape(2, 1, -1), (0, 1), (-1, 0))
def stacked(b: Tensor[Body, N], o: Tensor[Body, N]):
    c, d = b.reshape(2, -1), o.reshape(2, -1)
    return np.vstack((b, o)), np.hstack([c, d])
def joined(b: Tensor[Body, N], o: Tensor[Body, N]):
    c = b.reshape(2, -1)
    return np.append(c, o), np.append(c, o.reshape(2, -1), axis=0)
def left(b: Tensor[Body, N], o: Tensor[Body, N]):
    return np.delete(b, [0, -1]), np.delete(b.reshape(2, -1), 0, axis=0)
def kept(b: Tensor[Body, N], o: Tensor[Body, N]):
    c = b.reshape(2, -1)
    return b.compress(o.id > 1), np.compress([True, False], c, 0)
def copied(b: Tensor[Body, N], o: Tensor[Body, N]):
    np.copyto(b, o[::-1])
def equal(b: Tensor[Body, N], o: Tensor[Body, N]):
    return np.array_equal(b, o), np.array_equal(b, b), np.array_equal(b, b[:1]), np.array_equal(b, b[None])
def asked(b: Tensor[Vec, N], o: Tensor[Vec, N]):
    c = b.reshape(2, -1)
    return np.size(c), np.shape(c), np.ndim(c)
def declared(b: Tensor[Vec, N], o: Tensor[Vec, N]) -> Tensor[Vec, N]:
    return np.roll(np.where(b.x > 0, b, o), 1)
"""
NAMES = re.findall(r"(?m)^def (\w+)", SOURCE)
#: Of records in separate arrays, and of their elements, NumPy makes structured arrays.
INTERLEAVED = ("itself", "listed")


@cache
def program(layout: str) -> Programs:
    names = [n for n in NAMES if layout == "aos" or n not in INTERLEAVED]
    return Programs(VEC_AND_BODY.replace("@pyc.record", f'@pyc.record(layout="{layout}")') + SOURCE, *names, level=0)


def bodies(kind: str, n: int, seed: int, layout: str, names: Any = None) -> Any:
    made, draws = (names or program(layout).python)[kind].zeros(n), np.random.default_rng(seed)
    p = made.p if kind == "Body" else made
    p.x[:], p.y[:] = draws.integers(-3, 4, (2, n))
    if kind == "Body":
        made.id[:], made.spin[:] = draws.integers(0, 4, n), draws.integers(0, 2, (n, 3))
    return made


@pytest.mark.parametrize(
    ("name", "layout"), [(n, k) for k in ("aos", "soa") for n in NAMES if k == "aos" or n not in INTERLEAVED]
)
def test_as_numpy(name: str, layout: str) -> None:
    kind = re.findall(rf"(?m)^def {name}\(b: Tensor\[(\w+)", SOURCE)[0]
    for n in (6, 2):
        given = (bodies(kind, n, 1, layout), bodies(kind, n, 2, layout))
        program(layout).agree(name, *given, message=False)
    if layout == "aos":
        program(layout).agree(name, *(np.repeat(x, 3)[::-3].view(type(x)) for x in given))


def test_a_method_for_equality_is_asked_of_no_array() -> None:
    text = (
        VEC_AND_BODY
        + """
@pyc.record
class Own:
    x: f64
    def __eq__(self, other: "Own") -> bool:
        return self.x > other.x
def f(b: Tensor[Own, N]):
    return b == b[0]
"""
    )
    with pytest.raises(CompileError, match="is an Own, and this is a Tensor"):
        Programs(text)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("np.full(3, b)", "E202: np.full fills with a record, and this is a Tensor\\[Vec, N\\]"),
        ("np.full(3, b[0], Two)", "E202: the elements of an array of Vec are converted to nothing else"),
        ("np.full_like(b, 1.0)", "E202: np.full_like fills with a record, and this is a float"),
        ("np.full_like(b, Two(1.0, 2.0))", "E201: np.full_like takes records Vec here, and this is a Two"),
        ("np.where(b.x > 0, b, 1.0)", "E201: np.where takes records Vec here, and this is a float"),
        ("np.where(True, b, b)", "E202: np.where chooses records by an array of truth values"),
        ("np.array([b[0], b.x[0]])", "E202: np.array makes an array of records here, and this is an f64"),
        ("np.asarray(a)", "E201: np.asarray of records in separate arrays makes one structured array"),
        ("np.ones(3, Vec)", "E202: np.ones of Vec `np.full\\(n, Vec\\(...\\)\\)` fills"),
        ("np.ravel(b)", "E201: np.ravel does not take an array of Vec .*reshape\\(-1\\)"),
        ("np.split(b, 2)", "E201: np.split does not take an array of Vec .*b|slices"),
        ("np.unique(b)", "E201: np.unique does not take an array of Vec .*return_index"),
        ("np.moveaxis(b, 1, 0)", "E213: axis 1 is out of bounds for array of dimension 1"),
        ("np.fliplr(b)", "E213: np.fliplr takes an array of at least 2 axes"),
        ("np.roll(b, 1, axis=1)", "axis 1 is out of bounds for array of dimension 1"),
    ],
)
def test_what_is_refused(body: str, said: str) -> None:
    two = "@pyc.record\nclass Two:\n    x: f64\n    y: f64\n@pyc.record(layout='soa')\nclass Apart:\n    x: f64\n"
    with pytest.raises(CompileError) as error:
        Programs(VEC_AND_BODY + two + f"def f(b: Tensor[Vec, N], a: Tensor[Apart, N]) -> None:\n    {body}\n")
    d = error.value.diagnostics[0]
    text = f"{d.code}: {d.message} {' '.join(n.message for n in d.notes)}"
    assert re.search(said, text), text


@pytest.mark.parametrize("layout", ["aos", "soa"])
def test_interpreted_writes_to_copies_that_nobody_has_are_refused(layout: str) -> None:
    text = """
def by_mask(b: Tensor[Vec, N]):
    b[b.x > 0].x = 4.0
def by_places(b: Tensor[Vec, N]):
    b[[0, 1]].y += 1.0
def inner(b: Tensor[Body, N]):
    b[b.id < 9].p.x = 1.0
def element(b: Tensor[Vec, N]):
    b[b.x > 0][0] = Vec(1.0, 2.0)
def of_element(b: Tensor[Vec, N]):
    b[b.x > 0][0].x = 4.0
def named(b: Tensor[Vec, N]):
    c = b[b.x > 0]
    c.x = 4.0
    c[0] = Vec(1.0, 2.0)
    c[0].y = 2.5
    c[1:].y = 3.0
    b[1:].x = 5.0
    b[:0].y = 6.0
    b.x[b.y > 0] = 7.0
    return c
"""
    functions: dict[str, Any] = {}
    exec(HEADER + RECORD_NAMES + VEC_AND_BODY.replace("@pyc.record", f'@pyc.record(layout="{layout}")'), functions)
    linecache.cache["<copies>"] = (len(text), None, list[str](text.splitlines(True)), "<copies>")
    exec(compile(text, "<copies>", "exec"), functions)
    x = bodies("Vec", 6, 1, layout, functions)
    for name, wanted in (("by_mask", "`b.x[b.x > 0] = ...`"), ("by_places", "`b.y[[0, 1]] = ...`")):
        with pytest.raises(TypeError, match=re.escape(wanted)):
            typed(functions[name])(x)
    with pytest.raises(TypeError, match=re.escape("`b.p.x[b.id < 9] = ...`")):
        typed(functions["inner"])(bodies("Body", 6, 1, layout, functions))
    for name in ("element", "of_element"):
        with pytest.raises(TypeError, match="what arrays choose is a copy"):
            typed(functions[name])(x)
    expected = typed(functions["named"])(bodies("Vec", 6, 1, layout, functions))
    if layout == "aos":
        same(plain(expected), plain(functions["named"](bodies("Vec", 6, 1, layout, functions))), "named")
