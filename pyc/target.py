"""Hardware targets as values: what a function runs on and what a tensor lives on."""

from __future__ import annotations

from collections.abc import Iterable

from .dataclass import dataclass
from .precision import DTYPES, STORED

#: The element types that generated code of each target with a code generator can compute with.
_ALL = frozenset(DTYPES)
_CUDA = _ALL - {"c64", "c128"} - STORED
_NO_F8 = _CUDA - {"f8e4m3", "f8e5m2"}
CHIPS: dict[str, tuple[str, ...]] = {
    "cpu": ("native", "x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4", "neoverse-n1", "neoverse-v1", "neoverse-v2"),
    "cuda": ("sm_80", "sm_86", "sm_89", "sm_90", "sm_90a", "sm_100", "sm_100a", "sm_120"),
}


@dataclass(frozen=True)
class Target:
    """A machine. ``chip`` is empty where any chip of that name will do; an empty ``dtypes`` admits every element type.

    ``cpu("x86-64-v4")`` narrows a target to a chip. A target with a name outside :data:`CHIPS` is the user's own: it is
    checked and exported, and no code is generated for it.
    """

    name: str
    chip: str = ""
    features: frozenset[str] = frozenset()
    dtypes: frozenset[str] = frozenset()

    def __init__(self, name: str, chip: str = "", features: Iterable[str] = (), dtypes: Iterable[object] = ()) -> None:
        if chip == "" and ":" in name:
            name, chip = name.split(":", 1)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "chip", chip)
        object.__setattr__(self, "features", frozenset(features))
        object.__setattr__(self, "dtypes", frozenset(getattr(d, "name", str(d)) for d in dtypes))

    @classmethod
    def parse(cls, text: str) -> Target:
        """The target that ``cpu``, ``cpu:x86-64-v3`` or ``cuda:sm_90a`` spells.

        Raises:
            ValueError: an unknown name or chip; the message lists the known ones.
        """
        name, _, chip = text.partition(":")
        if name not in CHIPS:
            raise ValueError(f"unknown target '{text}'; known targets are {', '.join(CHIPS)}")
        if chip and chip not in CHIPS[name]:
            raise ValueError(f"unknown chip '{chip}' of target {name}; known chips are {', '.join(CHIPS[name])}")
        return cls(name, chip)

    def __call__(self, chip: str) -> Target:
        return Target(self.name, chip, self.features, self.dtypes)

    @property
    def generates_code(self) -> bool:
        return self.name in CHIPS

    def accepts(self, other: Target) -> bool:
        """Whether a value or function of ``other`` may stand where this target is asked for."""
        return self.name == other.name and (not self.chip or self.chip == other.chip)

    def supports(self, dtype: str) -> bool:
        """Whether generated code for this target can hold and compute with an element type."""
        if self.dtypes:
            return dtype in self.dtypes
        if self.name == "cuda" and self.chip in ("sm_80", "sm_86"):
            return dtype in _NO_F8
        if self.name == "cuda":
            return dtype in _CUDA
        return dtype in _ALL if self.generates_code else True

    def __str__(self) -> str:
        return f"{self.name}:{self.chip}" if self.chip else self.name


cpu = Target("cpu")
cuda = Target("cuda")
