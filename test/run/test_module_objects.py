"""Objects of module classes: made of others, sharing weights and buffers; instances without a name; loops by index."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from module_programs import twice

import pyc
from pyc.diagnostics import CompileError

PROGRAM = """
from __future__ import annotations
import numpy as np
import pyc
from pyc import Buffer, Mixed, Precision, Stack, Tensor, f16, f32, f64

class Dense[I, O](pyc.Module):
    w: Tensor[f64, I, O]
    def __call__(self, x: Tensor[f64, I]) -> Tensor[f64, O]:
        return x @ self.w

class Counter[D](pyc.Module):
    n: Buffer[f64, D]
    def __call__(self, x: Tensor[f64, D]) -> Tensor[f64, D]:
        self.n += x
        return self.n * 2

class Net[D](pyc.Module):
    one: Dense[D, D]
    many: Stack[Dense[D, D], 2]
    pair: tuple[Counter[D], Dense[D, 1]]
    count: Counter[D]
    def __call__(self, x: Tensor[f64, D]) -> Tensor[f64, 1]:
        x = self.one(x)
        for m in self.many:
            x = m(x)
        return self.pair[1](self.count(self.pair[0](x)))

class Twins[D, P: Precision](pyc.Module):
    a: Counter[D]
    b: Counter[D]
    w: Tensor[P, D]
    def __call__(self, x: Tensor[f64, D]) -> Tensor[f64, D]:
        t = self.b.n[0]
        self.a.n[0] += 1
        self.b.n[1] = self.a.n[0] * 10
        self.a.n[2] = self.b.n[1]
        return x * (self.b.n[0] - t)
    def whole(self, x: Tensor[f64, D]) -> Tensor[f64, D]:
        self.a.n[1:] = self.b.n[:-1] + x[0]
        return self.b.n + self.a.n

class Embedding[V, D](pyc.Module):
    table: Tensor[f64, V, D]
    def __call__(self, x: Tensor[f64, V]) -> Tensor[f64, D]:
        return x @ self.table

class Head[V, D](pyc.Module):
    bias: Tensor[f64, V]
    def __call__(self, x: Tensor[f64, D], table: Tensor[f64, V, D]) -> Tensor[f64, V]:
        return table @ x + self.bias

class Tied[V, D](pyc.Module):
    embed: Embedding[V, D]
    head: Head[V, D]
    count: Counter[D]
    @property
    def output(self):
        return self.embed.table
    @property
    def again(self):
        return self.count
    def __call__(self, x: Tensor[f64, V]) -> Tensor[f64, V]:
        y = self.again(self.count(self.embed(x)))
        return self.head(y, self.embed.table) + self.output @ y

class Indexed[N, K](pyc.Module):
    blocks: Stack[Dense[N, N], K]
    def __call__(self, x: Tensor[f64, N]) -> Tensor[f64, N]:
        for i in range(K):
            x = self.blocks[i](x)
        for i in range(len(self.blocks) - 1):
            x = self.blocks[i + 1](x) + self.blocks[i].w[0]
        for i in range(len(self.blocks) - 1, -1, -1):
            if i == 1:
                continue
            x = self.blocks[i](x) * i
        return x
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The program, interpreted and compiled on call."""
    yield from twice(tmp_path_factory.mktemp("objects"), "objects", PROGRAM)


def test_objects_made_of_objects(both):
    said, dense = [], None
    for m in both:
        dense, count = m.Dense[3, 3](w=np.eye(3)), m.Counter[3](n=np.zeros(3))
        many = (dense, m.Dense[3, 3](w=np.eye(3) * 2))
        last = m.Dense[3, 1](w=np.ones((3, 1)))
        net = m.Net[3](one=dense, many=many, pair=(count, last), count=count)
        assert net.one is net.many[0] is dense
        results = [np.asarray(net(np.arange(3.0))).tolist() for _ in range(2)]
        said.append((results, np.asarray(count.n).tolist(), np.asarray(count(np.ones(3))).tolist()))
        assert np.shares_memory(net.pair[0].n, count.n)
    assert said[0] == said[1] == ([[36.0], [144.0]], [0.0, 24.0, 48.0], [2.0, 50.0, 98.0])


def test_what_is_missing_is_said_by_path(both):
    m = both[0]
    dense, count = m.Dense[3, 3](w=np.eye(3)), m.Counter[3](n=np.zeros(3))
    with pytest.raises(CompileError) as found:
        m.Net[3](one=count, many=[dense], pair=(count, dense), count=dense)
    said = [(d.code, d.message.split("'")[1]) for d in found.value.diagnostics]
    assert said == [("E506", "one.w"), ("E506", "many.1.w"), ("E507", "pair.1.w"), ("E506", "count.n")]


def test_a_buffer_in_two_places(both):
    said = []
    for m in both:
        c, d = m.Counter[3](n=np.arange(3.0)), m.Counter[3](n=np.arange(3.0))
        one = m.Twins[3, pyc.Mixed[pyc.f16, pyc.f32]](a=c, b=c, w=np.ones(3, np.float16))
        two = m.Twins[3, pyc.f64](a=c, b=d, w=np.ones(3))
        x = np.ones(3)
        said.append([np.asarray(v).tolist() for f in (one, one.whole, two, two.whole) for v in (f(x), c.n, d.n)])
    assert said[0] == said[1]


def test_tied_weights(both):
    said = []
    for m in both:
        weights = {"embed.table": np.arange(15.0).reshape(5, 3), "head.bias": np.ones(5), "count.n": np.zeros(3)}
        net = m.Tied[5, 3](weights)
        said.append([np.asarray(net(np.arange(5.0))).tolist() for _ in range(2)])
    assert said[0] == said[1]


def test_blocks_by_index(both):
    said = []
    for m in both:
        net = m.Indexed[3, 3]({f"blocks.{i}.w": np.arange(9.0).reshape(3, 3) + i for i in range(3)})
        said.append(np.asarray(net(np.ones(3))).tolist())
    assert said[0] == said[1]


def test_weights_that_are_set_later(both):
    said, dense = [], None
    for m in both:
        dense = m.Dense[2, 2](w=np.eye(2))
        one, other = (m.Counter[2](n=np.zeros(2)) for _ in range(2))
        last = m.Dense[2, 1](w=np.ones((2, 1)))
        net = m.Net[2](one=dense, many=(dense, dense), pair=(one, last), count=other)
        x, results = np.ones(2), []
        results.append(np.asarray(net(x)).tolist())
        dense.w[0, 0] = 3.0
        results.append(np.asarray(net(x)).tolist())
        dense.w = pyc.array(np.eye(2) * 2)
        results.append(np.asarray(net(x)).tolist())
        net.one = m.Dense[2, 2](w=np.eye(2) * 5)
        results.append(np.asarray(net(x)).tolist())
        said.append(results)
    assert said[0] == said[1]
    assert dense is not None
    dense.w = np.zeros(7)
    with pytest.raises((TypeError, ValueError, CompileError), match="w"):
        dense(np.ones(2))


def test_objects_are_pickled_and_copied(both):
    for m in both:
        weights = {"embed.table": np.arange(15.0).reshape(5, 3), "head.bias": np.ones(5), "count.n": np.zeros(3)}
        net = m.Tied[5, 3](weights)
        for made in (pickle.loads(pickle.dumps(net)), copy.deepcopy(net)):
            assert type(made) is type(net)
            results = [np.asarray(made(np.arange(5.0))).tolist() for _ in range(2)]
            assert np.asarray(net.count.n).tolist() == [0.0] * 3
            again = m.Tied[5, 3](weights)
            assert results == [np.asarray(again(np.arange(5.0))).tolist() for _ in range(2)]
