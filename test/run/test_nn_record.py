"""pyc.nn: every function compiled, interpreted, and by its definition; all of it where ``PYC_NN_RECORD`` is set.

What always runs is each function at least once, in one element type. The rest are all expressions in all element types,
with symbolic and with static extents, hardly and fully optimised.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import cache

import pytest
from nn_record import KINDS, ORDINARY, SMALL, TABLES, Record, record
from nn_references import IMAGES, ROWS

from pyc import nn

WIDE = pytest.mark.skipif(not os.environ.get("PYC_NN_RECORD"), reason="PYC_NN_RECORD=1 runs the whole record")
pytestmark = pytest.mark.filterwarnings("ignore")


def named(expression: str) -> set[str]:
    """The functions of pyc.nn that an expression calls."""
    return set(re.findall(r"\w+(?=\()", expression)) & {*nn.__all__}


def covering(expressions: Iterable[str], known: set[str]) -> list[str]:
    """The expressions that call a function which none before them has called."""
    kept = []
    for e in expressions:
        if named(e) - known:
            kept.append(e)
            known |= named(e)
    return kept


#: Each function once: what is of images in mixed precision, which has more rules than others, the rest in f32.
_SEEN: set[str] = set()
ALWAYS = {"rows": covering(ROWS, _SEEN), "images": covering(IMAGES, _SEEN)}


def test_every_function_has_a_row() -> None:
    assert {*nn.__all__} == _SEEN


@cache
def always(table: str) -> Record:
    return record({"rows": "f32", "images": "Mixed[f16, f32]"}[table], table, ALWAYS[table])


@pytest.mark.parametrize("table", ALWAYS)
def test_each_function(table: str) -> None:
    assert not [p for given in ORDINARY[table] for p in always(table).problems(given, ordinary=True)]
    assert not [p for given in SMALL[table] for p in always(table).problems(given, ordinary=False)]


def test_windows_of_static_extents() -> None:
    """Rows of one element: slices drop one axis of extent 1 and keep another."""
    given = ORDINARY["images"][0]
    expressions = ["avg_pool1d(x[:, :, 0], 3, 2, 1)", "avg_pool2d(x, 3, 2, 1, False)"]
    assert not list(record("f32", "images", expressions, static=given).problems(given, ordinary=True))


def test_losses_of_mixed_precision_are_stored_as_it_says() -> None:
    expressions = ["nll_loss(x, t, w, 0, 'none')", "cross_entropy(x, t, w, 1, 'none', 0.2)"]
    assert not list(record("Mixed[f16, f32]", "rows", expressions).problems(ORDINARY["rows"][0], ordinary=True))


@WIDE
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("table", TABLES)
def test_every_row_in_every_type(table: str, kind: str) -> None:
    made = record(kind, table, list(TABLES[table]))
    assert not [p for given in ORDINARY[table] for p in made.problems(given, ordinary=True)]
    assert not [p for given in SMALL[table] for p in made.problems(given, ordinary=False)]


@WIDE
@pytest.mark.parametrize("level", [0, 3])
@pytest.mark.parametrize("static", [False, True])
@pytest.mark.parametrize("kind", ["f32", "Mixed[f16, f32]"])
@pytest.mark.parametrize("table", TABLES)
def test_every_row_with_static_extents(table: str, kind: str, static: bool, level: int) -> None:
    for given in ORDINARY[table]:
        made = record(kind, table, list(TABLES[table]), level=level, static=given if static else None)
        assert not list(made.problems(given, ordinary=True))
