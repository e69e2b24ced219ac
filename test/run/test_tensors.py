"""Tensors of PyTorch as arguments: objects that give capsules as they do, and PyTorch itself where it is installed."""

from __future__ import annotations

import gc
import threading
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from anywhere import PROGRAM
from tensors import BFLOAT, BOOL, COPIED, CUDA, FLOAT, READ_ONLY, UINT, Tensor

import pyc
from pyc.tools.driver import Job, compile_file


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Any:
    place: Path = tmp_path_factory.mktemp("tensors")
    (place / "anywhere.py").write_text(PROGRAM)
    compile_file(Job(str(place / "anywhere.py"), output=str(place / "tensors_cpu")))
    return pyc.load(place / "tensors_cpu")


def settled(*given: Tensor) -> None:
    """Every capsule that was given is given back, once."""
    gc.collect()
    for t in given:
        assert (t.deleted, len(t._alive)) == (t.given, 0)


@pytest.mark.parametrize("old", [False, True])
def test_memory_is_shared(bundle: Any, old: bool) -> None:
    base = np.arange(24, dtype=np.float32)
    for view, before in ((base, 0), (base[7:], 7), (base[::-2], 3), (base[4:4], 4), (base[5:6], 0), (base[1::5], 1)):
        expected = view + 2
        given = Tensor(view, FLOAT, before=before, old=old, flags=COPIED)
        assert bundle.bump(given, 2.0) is given
        np.testing.assert_array_equal(view, expected)
        assert given.given == 1
        settled(given)
    wide = np.arange(24.0).reshape(4, 6)
    for view in (wide, wide.T, wide[::2, ::-3], wide[:, :0], np.broadcast_to(wide[0], (3, 6))):
        given = Tensor(view, FLOAT, old=old)
        assert bundle.total(given) == view.sum()
        settled(given)


@pytest.mark.parametrize("old", [False, True])
def test_element_types(bundle: Any, old: bool) -> None:
    half = np.array([1, -2.5, 3], ml_dtypes.bfloat16)
    given = Tensor(half, BFLOAT, old=old)
    bundle.double(given)
    assert half.astype(float).tolist() == [2, -5, 6]
    truths, numbers = np.array([1, 0, 1], bool), np.array([1, 2, 255], np.uint8)
    others = Tensor(truths, BOOL, old=old), Tensor(numbers, UINT, old=old)
    assert bundle.trues(others[0]) == 2
    assert bundle.bytes_sum(others[1]) == 258
    settled(given, *others)


def test_results_that_are_arguments_keep_them(bundle: Any) -> None:
    x = np.ones(3, np.float32)
    given = Tensor(x, FLOAT)
    result = bundle.bump(given, 1.0)
    assert result is given
    y = bundle.scale(given, 2.0)
    settled(given)
    assert y.tolist() == [4, 4, 4]


def refused(function: Any, *arguments: Any) -> str:
    with pytest.raises((TypeError, ValueError, BufferError)) as caught:
        function(*arguments)
    return f"{caught.type.__name__}: {caught.value}"


def test_what_is_refused_is_given_back(bundle: Any) -> None:
    x = np.ones(3, np.float32)
    graph = Tensor(x, FLOAT, requires_grad=True)
    assert refused(bundle.bump, graph, 1.0) == (
        "ValueError: x is a Tensor that does not share its memory: "
        "Can't export tensors that require gradient, use tensor.detach()"
    )
    far = Tensor(x, FLOAT, device=CUDA)
    assert refused(bundle.bump, far, 1.0) == (
        "TypeError: x is a Tensor in the memory of a CUDA device: copy it to the CPU"
    )
    locked = Tensor(x, FLOAT, flags=READ_ONLY)
    assert refused(bundle.bump, locked, 1.0) == "ValueError: x is read-only, and the function writes to it"
    assert bundle.scale(locked, 2.0).tolist() == [2, 2, 2]
    wide, odd, late = Tensor(np.ones(3), FLOAT), Tensor(x, 9), Tensor(x, FLOAT, version=2)
    assert refused(bundle.bump, wide, 1.0).startswith("TypeError: x holds f64")
    assert refused(bundle.bump, odd, 1.0) == "TypeError: DLPack elements of kind 9 with 32 bits are not known"
    assert refused(bundle.bump, late, 1.0) == "TypeError: version 2 of DLPack is not known"
    two = Tensor(np.ones((2, 2), np.float32), FLOAT)
    assert refused(bundle.bump, two, 1.0).startswith("TypeError: x")
    assert (graph.given, far.given, locked.given) == (0, 0, 2)
    settled(graph, far, locked, wide, odd, late, two)
    assert x.tolist() == [1, 1, 1]


def test_an_error_of_the_function_gives_them_back(bundle: Any) -> None:
    given = Tensor(np.zeros((0,), np.float32), FLOAT)
    with pytest.raises(IndexError):
        bundle.nested(given)
    settled(given)


def test_many_calls_from_threads(bundle: Any) -> None:
    made = [Tensor(np.full(5, k, np.float32), FLOAT, old=k % 2 == 1) for k in range(4)]
    found: list[bool] = []

    def work(k: int) -> None:
        found.append(all(bundle.scale(made[k], 2.0)[4] == 2 * k for _ in range(300)))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert found == [True] * 4
    settled(*made)
    assert [t.given for t in made] == [300] * 4


def test_tensors_of_pytorch(bundle: Any) -> None:
    torch = pytest.importorskip("torch")
    x = torch.arange(6, dtype=torch.float32)
    assert bundle.bump(x[::2], 1.0).tolist() == [1, 3, 5]
    assert x.tolist() == [1, 1, 3, 3, 5, 5]
    half = torch.tensor([1.0, -2.5], dtype=torch.bfloat16)
    bundle.double(half)
    assert half.tolist() == [2.0, -5.0]
    assert bundle.trues(torch.tensor([True, False])) == 1
    assert "use tensor.detach()" in refused(bundle.bump, x.clone().requires_grad_(), 1.0)


def test_numpy_reads_the_capsules() -> None:
    """What the test's own tensors are, another reader of DLPack says."""
    x = np.arange(6.0)[::2]
    for old in (False, True):
        given = Tensor(x, FLOAT, old=old)
        again = np.from_dlpack(given)
        assert np.shares_memory(again, x)
        assert again.tolist() == x.tolist()
