"""Every function of NumPy, ``math`` and ``cmath`` that compiles, by the rows of a table, against CPython with NumPy.

One case of each row always runs, each with another element type, rank and axis. ``PYC_SURFACE=pairs`` tries each call
and each element type of a row, ``PYC_SURFACE=all`` every call with every element type, rank and axis.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest
import surface_arrays
import surface_elementwise
import surface_modules
import surface_python
from surface_cases import Row, cases, check, chosen, pairs, present

from pyc.tools import coverage

ROWS: list[Row] = [*surface_elementwise.ROWS, *surface_arrays.ROWS, *surface_modules.ROWS, *surface_python.ROWS]
SWEEP = os.environ.get("PYC_SURFACE", "")
SELECTED = {"": chosen, "pairs": pairs, "all": cases}[SWEEP]
#: The cases that always run are not optimised: that is a quarter of their time.
LEVEL = 1 if SWEEP else 0
PARTS = 12
#: Cases that are compiled in one file.
TOGETHER = 150


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("part", range(PARTS))
def test_as_numpy(part: int) -> None:
    found = [case for row in ROWS[part::PARTS] if present(row) for case in SELECTED(row)]
    for first in range(0, len(found), TOGETHER):
        check(found[first : first + TOGETHER], LEVEL)


#: What compiles and is not NumPy's.
OWN = ("array.ptp", "array.to")


def test_each_function_has_one_row() -> None:
    compiled = {name for name in coverage.compiled() if name not in OWN}
    counts = Counter(row.name for row in ROWS)
    assert {name for name, count in counts.items() if count > 1} == set()
    assert set(counts) == compiled
