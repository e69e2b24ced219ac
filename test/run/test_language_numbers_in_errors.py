"""The errors of indexing and of shapes that do not fit say the numbers, in NumPy's words."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from language import Twice, interpreted

import pyc
from pyc.tools.cli import cli

SOURCE = """
P = Dim("P")
def at(x: Tensor[f64, N], i: int) -> float:
    return x[i]
def at_two(x: Tensor[f64, M, N], i: int, j: int) -> float:
    return x[i][j] + x[i, j]
def caught(x: Tensor[f64, M, N], n: int, j: int) -> tuple[float, int]:
    total, failed = 0.0, 0
    for k in range(n):
        try:
            total += x[k, j]
        except IndexError:
            failed += 1
    return total, failed
def shown(x: Tensor[f64, N], i: int, j: int) -> float:
    try:
        return x[i]
    except IndexError as e:
        print(e)
        try:
            return x[j]
        except IndexError as f:
            print(e, f)
            raise ValueError(f"{e} and {f}")
def put(x: Tensor[f64, N], i: int) -> None:
    x[i] = 1.0
def exchanged(x: Tensor[f64, N], y: Tensor[f64, N], n: int) -> None:
    for i in range(n):
        x[i] = y[-i]
        x, y = y, x
def called(x: Tensor[f64, N], i: int) -> float:
    return at(x, i) + at(x[1:], i)
def add(x: Tensor[f64, N], y: Tensor[f64, M]):
    return x + y
def less(x: Tensor[f64, N, M], y: Tensor[f64, K]):
    return x < y
def chosen(x: Tensor[f64, N], y: Tensor[f64, M], z: Tensor[f64, K]):
    return np.where(x > 0, y, 1.0), np.where(x > 0, y, z)
def product(x: Tensor[f64, N, M], y: Tensor[f64, K, P]):
    return x @ y
def applied(x: Tensor[f64, N, M], y: Tensor[f64, K]):
    return x @ y
def dotted(x: Tensor[f64, M], y: Tensor[f64, K]):
    return x @ y
def joined(x: Tensor[f64, N, M], y: Tensor[f64, K, P]):
    return np.concatenate((x, x, y), axis=1), np.concatenate((x, y))
def taken(x: Tensor[f64, N], i: Tensor[i64, M]):
    return x[i]
def taken_two(x: Tensor[f64, N, K], i: Tensor[i64, M], j: Tensor[i64, P]):
    return x[i, j]
def taken_last(x: Tensor[f64, N, K], i: Tensor[i64, M, P]):
    return x[:, i]
def taken_in_row(x: Tensor[f64, N, K], i: int, j: Tensor[i64, M]):
    return x[i, j]
def scattered(x: Tensor[f64, N], i: Tensor[i64, M], y: Tensor[f64, K]):
    x[i] = y
def placed(x: Tensor[f64, N], a: int, b: int, y: Tensor[f64, K]):
    x[a:b] = y
def rows(x: Tensor[f64, N, M], y: Tensor[f64, K]):
    x[1:] = y
def added(x: Tensor[f64, N], y: Tensor[f64, K]):
    x += y
def masked(x: Tensor[f64, N], m: Tensor[bool, K]):
    return x[m]
def masked_columns(x: Tensor[f64, N, M], m: Tensor[bool, K]):
    x[:, m] = 1.0
def reshaped(x: Tensor[f64, N], a: int, b: int):
    return x.reshape(a, b)
def inferred(x: Tensor[f64, N], a: int):
    return x.reshape(a, -1), x.reshape(5, -1)
"""


@cache
def twice() -> Twice:
    return Twice(SOURCE, *(line[4:].partition("(")[0] for line in SOURCE.splitlines() if line.startswith("def ")))


def agree(name: str, *arguments: object) -> None:
    twice().agree(name, *arguments)
    interpreted(twice(), name, arguments)


def test_indices() -> None:
    x, m = np.arange(3.0), np.arange(6.0).reshape(2, 3)
    for i in (0, 2, 3, -3, -4, 1000, -(2**62)):
        agree("at", x, i)
        agree("put", x, i)
        agree("called", x, i)
        agree("at", x[:0], i)
        for j in (0, 2, -3, 3):
            agree("at_two", m, i, j)
            if i < 1001:
                agree("caught", m, i, j)
    agree("exchanged", x, x * 2, 2)
    agree("exchanged", x, x * 2, 5)


def test_what_is_caught_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    for f in (twice().compiled.shown, twice().python["shown"]):
        with pytest.raises(ValueError, match=r"^index 5 is out of bounds .* 3 and index -7 is out of bounds .* 3$"):
            f(np.arange(3.0), 5, -7)
        assert f(np.arange(3.0), 9, 2) == 2.0
    out = capsys.readouterr().out.splitlines()
    assert out[:3] == out[3:]
    assert out[0] == "index 5 is out of bounds for axis 0 with size 3"


def test_arrays_of_indices() -> None:
    x, m = np.arange(3.0), np.arange(6.0).reshape(3, 2)
    for i in ([0, -4, 5], [0, 1, 7], [2, -3], []):
        agree("taken", x, np.array(i, np.int64))
    for i, j in (([0, 3], [5, 1]), ([0, 1], [1, -3]), ([0, 1], [1, 1, 1]), ([2, 0], [1, -2])):
        agree("taken_two", m, np.array(i), np.array(j))
    agree("taken_last", m, np.array([[0, 1], [-3, 4]]))
    agree("taken_in_row", m, 1, np.array([0, 4]))
    agree("taken_in_row", m, 7, np.array([0, 1]))
    for i, y in (([1, 2], x * 1), ([1, 9], x[:2]), ([1, -2], x[:2])):
        agree("scattered", x, np.array(i), y.copy())


def test_shapes() -> None:
    def ones(*shape: int) -> np.ndarray[Any, Any]:
        return np.ones(shape)

    agree("add", ones(3), ones(4))
    agree("added", ones(3), ones(4))
    agree("less", ones(2, 3), ones(4))
    agree("chosen", ones(3), ones(4), ones(3))
    agree("chosen", ones(3), ones(3), ones(5))
    agree("product", ones(2, 3), ones(4, 5))
    agree("applied", ones(2, 3), ones(4))
    agree("dotted", ones(3), ones(4))
    agree("joined", ones(2, 3), ones(3, 3))
    agree("joined", ones(2, 3), ones(2, 4))
    agree("placed", ones(9), 1, 4, ones(2))
    agree("rows", ones(3, 4), ones(3))
    agree("masked", ones(3), ones(4) > 0)
    agree("masked_columns", ones(2, 3), ones(5) > 0)
    agree("reshaped", ones(12), 5, 2)
    agree("reshaped", ones(12), -1, 2)
    agree("reshaped", ones(12), -1, -1)
    agree("inferred", ones(12), 5)
    agree("inferred", ones(12), 4)


def test_what_only_numpy_does_says_so() -> None:
    """An extent that is 1 at run time alone does not stretch."""
    f = twice().compiled
    with pytest.raises(ValueError, match=r"shapes \(3,\) \(1,\) : an extent stretches only where its type says that"):
        f.add(np.ones(3), np.ones(1))
    with pytest.raises(ValueError, match=r"from shape \(1,\) into shape \(2,4\): an extent stretches only where"):
        f.rows(np.ones((3, 4)), np.ones(1))


def test_each_thread_has_its_own_numbers() -> None:
    f, x = twice().compiled.at, np.arange(5.0)
    wrong: list[str] = []

    def calls(k: int) -> None:
        for i in range(200):
            try:
                f(x, 5 + 1000 * k + i)
            except IndexError as error:
                if str(error) != f"index {5 + 1000 * k + i} is out of bounds for axis 0 with size 5":
                    wrong.append(str(error))

    threads = [threading.Thread(target=calls, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


def test_bundles_say_the_numbers(tmp_path: Path) -> None:
    file = tmp_path / "prog.py"
    file.write_text("from pyc import Tensor, f64\ndef at[N](x: Tensor[f64, N], i: int) -> float:\n    return x[i]\n")
    result = CliRunner().invoke(cli, ["compile", str(file), "--target=cpu", "-o", str(tmp_path / "prog.cpu")])
    assert result.exit_code == 0, result.output
    with pytest.raises(IndexError, match=r"^index 7 is out of bounds for axis 0 with size 5$"):
        pyc.load(tmp_path / "prog.cpu").at(np.arange(5.0), 7)
