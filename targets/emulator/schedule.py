"""In which order the threads of a block run between their meeting points, and what is wrong when they never meet.

A program without races gives the same for every order. Orders here are chosen to break one that has them: forwards,
backwards, one warp as far ahead of the others as it can get, at random.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .coroutines import AT_BARRIER, AT_SHUFFLE, DONE, READY, RECEIVED, SENT, SOURCE, STATUS

WARP = 32

#: Chooses which of the threads that can run do so next, and in which order.
Order = Callable[[np.ndarray[Any, Any], np.random.Generator], np.ndarray[Any, Any]]


class EmulationError(Exception):
    """A kernel does what is undefined on a GPU."""


def forwards(ready: np.ndarray[Any, Any], _: np.random.Generator) -> np.ndarray[Any, Any]:
    return ready


def backwards(ready: np.ndarray[Any, Any], _: np.random.Generator) -> np.ndarray[Any, Any]:
    return ready[::-1]


def first_ahead(ready: np.ndarray[Any, Any], _: np.random.Generator) -> np.ndarray[Any, Any]:
    """The first warp that can run, alone: it gets as far ahead of the others as barriers let it."""
    return ready[ready // WARP == ready[0] // WARP]


def last_ahead(ready: np.ndarray[Any, Any], _: np.random.Generator) -> np.ndarray[Any, Any]:
    return ready[ready // WARP == ready[-1] // WARP]


def at_random(ready: np.ndarray[Any, Any], random: np.random.Generator) -> np.ndarray[Any, Any]:
    """Some of them, in any order."""
    return random.permutation(ready)[: random.integers(1, len(ready), endpoint=True)]


ORDERS: dict[str, Order] = {
    "forwards": forwards,
    "backwards": backwards,
    "first ahead": first_ahead,
    "last ahead": last_ahead,
    "random": at_random,
}


def run_block(
    records: np.ndarray[Any, Any],
    resume: Callable[[np.ndarray[Any, Any]], None],
    order: Order,
    random: np.random.Generator,
) -> None:
    """Run the threads of a block to their end. ``records`` has a row for each; ``resume`` runs threads until they stop.

    Raises:
        EmulationError: threads wait for others that never come.
    """
    status = records[:, STATUS]
    while True:
        ready = np.flatnonzero(status == READY)
        if len(ready):
            # Sooner or later each thread leaves READY: a thread stops only to wait, or at its end.
            resume(order(ready, random).astype(np.int32))
            continue
        if _exchange(records):
            continue
        waiting, done = int((status == AT_BARRIER).sum()), int((status == DONE).sum())
        if done == len(status):
            return
        if waiting == len(status):
            status[:] = READY
            continue
        stuck = len(status) - waiting - done
        raise EmulationError(
            f"{waiting} threads wait at a barrier and {stuck} at a shuffle for others; {done} have ended"
        )


def _exchange(records: np.ndarray[Any, Any]) -> bool:
    """Complete the shuffles of warps of which all lanes are there; whether there were any."""
    count = len(records)
    found = False
    for first in range(0, count, WARP):
        warp = records[first : first + WARP]
        if len(warp) == WARP and (warp[:, STATUS] == AT_SHUFFLE).all():
            warp[:, RECEIVED] = warp[np.arange(WARP) ^ warp[:, SOURCE], SENT]
            warp[:, STATUS] = READY
            found = True
    return found
