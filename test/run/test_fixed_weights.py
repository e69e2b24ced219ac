"""Writes to weights: compiled code refuses them, and while methods are interpreted they are read-only, buffers not."""

from __future__ import annotations

import numpy as np
import pytest

import pyc
from pyc import Buffer, Tensor, f64


class Part(pyc.Module):
    v: Tensor[f64, 2]

    def touch(self, x: f64) -> None:
        self.v[0] = x


class Net(pyc.Module):
    w: Tensor[f64, 3]
    seen: Buffer[f64, 3]
    part: Part

    def element(self, x: f64) -> None:
        self.w[0] = x

    def view(self, x: f64) -> None:
        a = self.w[1:]
        a += x

    def nested(self, x: f64) -> None:
        self.part.touch(x)

    def buffer(self, x: f64) -> Tensor[f64, 3]:
        self.seen[0] += x
        return self.seen + self.w

    def copied(self, x: f64) -> Tensor[f64, 3]:
        w = self.w.copy()
        w[0] = x
        return w

    def again(self, x: f64, depth: int) -> Tensor[f64, 3]:
        if depth > 0:
            self.again(x, depth - 1)
            with pytest.raises(ValueError, match="read-only"):
                self.w[0] = x
        return self.w


@pytest.fixture
def net():
    return Net(w=np.zeros(3), seen=np.zeros(3), **{"part.v": np.zeros(2)})


@pytest.mark.parametrize("name", ["element", "view", "nested"])
def test_writes_to_weights_are_refused(net, name):
    with pytest.raises(ValueError, match="read-only"):
        getattr(net, name)(f64(2))
    assert all(not a.any() for a in net.arrays().values())


def test_buffers_and_copies_are_written(net):
    assert net.buffer(f64(2)).tolist() == [2, 0, 0]
    assert net.copied(f64(2)).tolist() == [2, 0, 0]
    assert net.seen.tolist() == [2, 0, 0]
    assert net.w.tolist() == [0, 0, 0]


def test_weights_are_writable_again_after_the_call(net):
    returned = net.again(f64(1), 3)
    net.w[:] = 5
    net.part.v[1] = 1
    assert returned.tolist() == [5, 5, 5]
    net.w.flags.writeable = False
    net.buffer(f64(1))
    assert not net.w.flags.writeable
