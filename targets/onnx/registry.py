"""The kinds of annotations that a model carries: under which keys, on which of its parts.

Export refuses an entry that is of no kind here, ``test/run/test_damaged_models.py`` damages every one, and
``test/run/test_survival.py`` says for every one what other tools leave of it. Keys are those of the table of the
manifest: of metadata, or, with an ``@``, of a field of the part; one that ends in ``.`` or a space is the beginning of
many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyc.dataclass import dataclass

from . import carriers
from .manifest import Table

#: The parts of a model, as the table names them.
NODE, VALUE, INITIALIZER, GRAPH, FUNCTION, CONFIGURATION, QUANTIZATION = (
    "node", "value", "initializer", "graph", "function", "configuration", "quantization",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A kind of annotation, and the keys that carry it, by the kind of part that they are on."""

    name: str
    keys: Mapping[str, tuple[str, ...]]

    def carries(self, part: str, key: str) -> bool:
        """Whether an entry of a part (``node main/add``) under a key is an annotation of this kind."""
        return any(key == k or (k[-1] in ". " and key.startswith(k)) for k in self.keys.get(part.split(" ")[0], ()))


#: A node that another tool computed beforehand is a tensor, which says what was said of the node.
_COMPUTED = (NODE, INITIALIZER)
_PLACE = (carriers.PATH, carriers.NAMESPACE, carriers.WITHIN)

KINDS = (
    Kind("element type and extents", {VALUE: ("@type",), INITIALIZER: ("@type",)}),
    Kind("precision", {VALUE: (carriers.PRECISION,), INITIALIZER: (carriers.PRECISION,)}),
    Kind("precision of arithmetic", dict.fromkeys(_COMPUTED, (carriers.COMPUTE, carriers.ACCUMULATE))),
    Kind("type as written", {VALUE: (carriers.TYPE,), INITIALIZER: (carriers.TYPE,)}),
    Kind(
        "target",
        {
            NODE: ("@device ", carriers.LAYER),
            CONFIGURATION: ("@devices",),
            INITIALIZER: (carriers.TARGET, carriers.LAYER),
            **dict.fromkeys((VALUE, GRAPH, FUNCTION), (carriers.TARGET,)),
        },
    ),
    Kind("transfer", {NODE: (carriers.MOVES,)}),
    Kind("hierarchy", {NODE: ("@call", *_PLACE), INITIALIZER: _PLACE}),
    Kind("computed beforehand", {INITIALIZER: (carriers.FOLDED,)}),
    Kind("instance", dict.fromkeys((GRAPH, FUNCTION), (carriers.NAME, carriers.MODULE, carriers.GENERIC))),
    Kind("location", dict.fromkeys((*_COMPUTED, GRAPH, FUNCTION), (carriers.LOC,))),
    Kind("operation", dict.fromkeys(_COMPUTED, (carriers.OP,))),
    Kind("fastmath", {NODE: (carriers.FASTMATH,)}),
    Kind("weight", {VALUE: (carriers.WEIGHT,), INITIALIZER: (carriers.WEIGHT, "@data")}),
    Kind("written argument", {VALUE: (carriers.WRITES,)}),
    Kind("assumption", dict.fromkeys((GRAPH, FUNCTION), (carriers.ASSUMED,))),
    Kind("quantisation", {QUANTIZATION: ("@SCALE_TENSOR", "@ZERO_POINT_TENSOR")}),
    Kind("the user's", dict.fromkeys((NODE, VALUE, INITIALIZER, GRAPH, FUNCTION), (carriers.USER,))),
    Kind("the user's of modules", dict.fromkeys((GRAPH, FUNCTION), (carriers.OF_MODULE,))),
)


def kind_of(part: str, key: str) -> Kind | None:
    """The kind of annotation that an entry of a part is; ``None`` for one that nobody has registered."""
    return next((kind for kind in KINDS if kind.carries(part, key)), None)


def unregistered(table: Table) -> Iterator[str]:
    """The entries of a table that are of no kind."""
    for part, entries in table.items():
        yield from (f"{key} of {part}" for key in entries if kind_of(part, key) is None)
