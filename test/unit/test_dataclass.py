"""Data classes whose methods are made on demand are what the standard library's are."""

import copy
import dataclasses
import pickle
from dataclasses import field
from typing import Any

import pytest

from pyc.dataclass import dataclass


def _classes(make: Any) -> dict[str, Any]:
    """The same classes, made by a decorator."""

    @make(frozen=True)
    class Point:
        x: int
        y: int = 2
        seen: list[int] = field(default_factory=list, compare=False, repr=False)

    @make(frozen=True)
    class Named(Point):
        name: str = "p"

        def __post_init__(self) -> None:
            self.seen.append(self.x)

    @make()
    class Open:
        """It may change."""

        a: object = None
        items: dict[str, int] = field(default_factory=dict)

    @make(frozen=True, eq=False, kw_only=True)
    class Node:
        span: int
        kind: str = "node"

    @make(frozen=True)
    class Own:
        x: int

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 7

    @make(frozen=True)
    class Empty:
        pass

    return {c.__name__: c for c in (Point, Named, Open, Node, Own, Empty)}


OURS, THEIRS = _classes(dataclass), _classes(dataclasses.dataclass)


@dataclass(frozen=True)
class Sent:
    values: tuple[int, ...]


def _done(action: Any) -> str:
    """What an action gives, or raises."""
    try:
        return repr(action())
    except Exception as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize(
    "action",
    [
        lambda c: c["Point"](1),
        lambda c: c["Point"](1, y=3).seen,
        lambda c: c["Point"](1) == c["Point"](1, 2, [5]),
        lambda c: c["Point"](1) == c["Point"](2),
        lambda c: c["Point"](1) == 1,
        lambda c: c["Point"](1) == c["Named"](1),
        lambda c: hash(c["Point"](1)) == hash(c["Point"](1, 2, [5])),
        lambda c: len({c["Named"](1, 2, [], "q"), c["Named"](1, 2, [3], "q"), c["Named"](1)}),
        lambda c: c["Point"](),
        lambda c: c["Point"](1, 2, [], 4),
        lambda c: c["Point"](z=1),
        lambda c: setattr(c["Point"](1), "x", 2),
        lambda c: delattr(c["Point"](1), "y"),
        lambda c: setattr(c["Point"](1), "other", 2),
        lambda c: c["Named"](4).seen,
        lambda c: c["Named"](4, name="r"),
        lambda c: setattr(type("Sub", (c["Point"],), {})(1), "other", 2),
        lambda c: setattr(type("Sub", (c["Point"],), {})(1), "x", 2),
        lambda c: type("Sub", (c["Point"],), {})(3).x,
        lambda c: dataclasses.replace(c["Named"](1), x=5),
        lambda c: [(f.name, f.type) for f in dataclasses.fields(c["Named"])],
        lambda c: dataclasses.asdict(c["Open"](1, {"k": 2})),
        lambda c: dataclasses.is_dataclass(c["Empty"]),
        lambda c: c["Named"].__match_args__,
        lambda c: c["Node"].__match_args__,
        lambda c: (c["Open"](), c["Open"]().items is c["Open"]().items, c["Open"].__doc__),
        lambda c: hash(c["Open"]()),
        lambda c: c["Open"](1) == c["Open"](1),
        lambda c: setattr(c["Open"](1), "a", 2),
        lambda c: c["Node"](1),
        lambda c: c["Node"](span=1),
        lambda c: c["Node"](span=1) == c["Node"](span=1),
        lambda c: hash(c["Node"](span=1)) != 0,
        lambda c: (c["Own"](1), c["Own"](1) == 4, hash(c["Own"](1))),
        lambda c: (c["Empty"](), c["Empty"]() == c["Empty"](), hash(c["Empty"]()) == hash(())),
        lambda c: copy.deepcopy(c["Named"](1, 2, [3])).seen,
    ],
)
def test_as_the_standard_library(action: Any) -> None:
    assert _done(lambda: action(OURS)).replace("pyc.", "") == _done(lambda: action(THEIRS))


def test_values_that_hold_themselves_are_shown() -> None:
    value = OURS["Open"]()
    value.a = value
    assert repr(value).endswith("Open(a=..., items={})")


def test_pickled() -> None:
    assert pickle.loads(pickle.dumps(Sent((1, 2)))) == Sent((1, 2))
