"""Which nodes of a model are those that were sealed: also where calls were inlined, and nodes and values renamed.

The sealed outline is followed in order. A node is recognised where the model has one that computes the same operation,
with the same attributes, of the values that stand for its inputs; its outputs then are known values in turn. A call
that the model does not have is followed into its function: the arguments stand for the parameters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from onnx import AttributeProto, ModelProto, TensorProto

from pyc.dataclass import dataclass

from .outline import Outline, Sketch, graphs_of, label_of, scopes, sketch, sketches, tensor_digest

#: A value of the sealed model: the calls that it is in, its scope there, and its name.
_Term = tuple[tuple[str, ...], str, str]
#: So many times as many operations as there are in both models are looked for: functions that call functions several
#: times can stand for any number.
_MOST = 10
#: Values that may stand for one another: more do not in what export writes.
_LONGEST = 100_000


@dataclass(frozen=True)
class Call:
    """A call that was inlined: the part of the sealed model, and the function that it called."""

    part: str
    function: str


@dataclass(frozen=True)
class Found:
    """A value of the model and the sealed part that speaks of it.

    ``borrowed``: it is an argument or the result of a call that was inlined, and the part speaks of the parameter, or
    of the result in the function. ``inside``: the part is of a function that was inlined, with extents of other names.
    """

    part: str
    scope: str
    name: str
    how: str
    borrowed: bool = False
    inside: bool = False


@dataclass(frozen=True)
class Match:
    """A node of the model, in ``scope``, that is a sealed one, within calls that were inlined, the outermost first.

    A constant may have become an initializer, which is ``proto`` then.
    """

    part: str
    scope: str
    proto: Any
    how: str
    within: tuple[Call, ...] = ()


@dataclass(frozen=True)
class Matches:
    """What of the sealed model is in a model: nodes, values, and the calls that were inlined, with those in them."""

    nodes: tuple[Match, ...]
    values: tuple[Found, ...]
    calls: tuple[Call, ...]


def matches(outline: Outline, model: ModelProto, said: Mapping[str, Any]) -> Matches:
    """Every node and value of a model that is recognised, in the order of the sealed ones.

    Raises:
        ValueError: the outline is damaged.
    """
    nodes: list[Match] = []
    values: list[Found] = []
    calls: list[Call] = []
    bodies = dict(scopes(model))
    most = 1000 + _MOST * (sum(len(b.node) for b in bodies.values()) + sum(len(e["nodes"]) for e in outline.values()))
    for scope in outline:
        if "/" not in scope and scope in bodies:
            matching = _Matching(outline, said, most=most)
            nodes += matching.of_scope(scope, scope, bodies[scope])
            values += matching.values
            calls += matching.calls
    return Matches(tuple(nodes), tuple(dict.fromkeys(values)), tuple(dict.fromkeys(calls)))


@dataclass
class _Here:
    """The graph or function of the model in which nodes are looked for."""

    scope: str
    body: Any
    around: _Here | None
    nodes: dict[tuple[str, tuple[str, ...], str], list[Any]] = field(default_factory=lambda: defaultdict(list))
    named: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    #: Values that can be seen here, and those of them that are given here: names around may be used anew.
    outputs: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)
    #: The nodes that give them, and the initializers that they are.
    makers: dict[str, Any] = field(default_factory=dict)
    #: Constants among them, with what they are: equal ones are one value, and which of them is used says nothing.
    constants: dict[str, str] = field(default_factory=dict)
    #: Constants that are initializers, by what they are.
    tensors: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    taken: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, scope: str, body: Any, weights: Collection[str] = (), around: _Here | None = None) -> _Here:
        """A body; ``weights`` are initializers that are known by their names."""
        here = cls(scope, body, around)
        here.given |= {v if isinstance(v, str) else v.name for v in body.input}
        here.given |= {t.name for t in getattr(body, "initializer", ())}
        here.given |= {o for node in body.node for o in node.output if o}
        here.outputs |= here.given
        if around is not None:
            here.outputs |= around.outputs
            here.constants |= {k: v for k, v in around.constants.items() if k not in here.given}
        for tensor in getattr(body, "initializer", ()):
            here.makers[tensor.name] = tensor
            if tensor.name not in weights:
                here.constants[tensor.name] = digest = tensor_digest(tensor)
                here.tensors[digest].append(tensor)
        found = [(node, sketch(node)) for node in body.node]
        for _, s in found:
            if s.op == "Constant":
                here.constants[s.outputs[0]] = s.digest
        for node, s in found:
            here.makers |= dict.fromkeys(s.outputs, node)
            here.nodes[here.key(s.op, s.inputs, s.digest)].append(node)
            here.named[s.name].append(node)
        return here

    def key(self, op: str, inputs: Sequence[str], digest: str) -> tuple[str, tuple[str, ...], str]:
        """What nodes that compute the same have in common."""
        return op, tuple(self.constants.get(i, i) for i in inputs), digest

    def is_constant(self, name: str) -> bool:
        """Whether a value, by its name or as a constant in :meth:`key`, is a constant."""
        return name in self.constants or name in self.constants.values()

    def scope_of(self, name: str) -> str:
        """The scope, this one or one around it, that has a value of a name."""
        if self.around is not None and name not in self.given and name in self.around.outputs:
            return self.around.scope_of(name)
        return self.scope

    def maker(self, name: str) -> Any:
        """The node that gives a value that can be seen here, or the initializer that it is; ``None`` for an input."""
        if name in self.given or self.around is None:
            return self.makers.get(name)
        return self.around.maker(name)

    def constant(self, digest: str) -> tuple[str, Any] | None:
        """The scope and the initializer that a constant has become; ``None`` if there is none."""
        free = [t for t in self.tensors.get(digest, ()) if id(t) not in self.taken]
        if free:
            self.taken.add(id(free[0]))
            return self.scope, free[0]
        found = self.around.constant(digest) if self.around is not None else None
        if found is None and self.tensors.get(digest):
            return self.scope, self.tensors[digest][0]
        return found


@dataclass(frozen=True)
class _Pending:
    """A product of two matrices that the model has not by itself."""

    term: _Term
    terms: tuple[_Term, ...]


@dataclass(frozen=True)
class _Absent:
    """A node that the model has not: another may compute the same, or a tool has computed it beforehand."""

    part: str
    within: tuple[Call, ...]
    inputs: tuple[_Term, ...]
    outputs: tuple[_Term, ...]
    here: _Here


@dataclass
class _Matching:
    """One scope of the model, and those inside it."""

    outline: Outline
    said: Mapping[str, Any]
    #: What stands for sealed values: the name of a value of the model, and whether its name is all that is known.
    known: dict[_Term, tuple[str, str]] = field(default_factory=dict)
    #: Parameters and results of functions that were inlined are values around.
    same: dict[_Term, _Term] = field(default_factory=dict)
    #: The scope around each graph that is in a node.
    visible: dict[str, str] = field(default_factory=dict)
    values: list[Found] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    #: Products that were not found, by what they give.
    products: dict[_Term, _Pending] = field(default_factory=dict)
    #: Sealed values that constants and weights alone give.
    constant: set[_Term] = field(default_factory=set)
    #: Nodes that were not found, and values of which something is said and that were not found where they are used.
    absent: list[_Absent] = field(default_factory=list)
    unseen: list[tuple[str, _Term, bool, _Here]] = field(default_factory=list)
    #: Initializers of graphs in nodes, by what they are: some tools move constants to where they are read.
    inner: dict[tuple[str, str], tuple[str, Any]] = field(default_factory=dict)
    #: Products that nodes compute on their way.
    inside: list[tuple[_Term, str, Any]] = field(default_factory=list)
    #: Nodes that are sealed ones.
    taken: list[Any] = field(default_factory=list)
    #: Results of nodes that only passed a value on.
    passed: set[_Term] = field(default_factory=set)
    #: The values that each scope defines.
    defined: dict[str, frozenset[str]] = field(default_factory=dict)
    most: int = 0
    followed: int = 0

    def of_scope(self, sealed: str, scope: str, body: Any) -> Iterator[Match]:
        """The nodes of a graph or function of the model that are those of a sealed one, by position of its inputs."""
        entry = self.outline[sealed]
        weights = {*entry["inputs"], *self._initializers()} if sealed == "main" else set[str]()
        here = _Here.of(scope, body, weights)
        inputs = [v if isinstance(v, str) else v.name for v in body.input]
        names = entry["inputs"]
        if names == inputs or (len(names) == len(inputs) and sealed != "main"):
            for was, now in zip(names, inputs, strict=True):
                self.known[(), sealed, was] = (now, "structure")
        for was in names:
            if was in here.outputs:
                self.known.setdefault(((), sealed, was), (was, "structure"))
        if sealed == "main":
            # Weights are known by their names, as inputs are.
            for name in weights & here.outputs:
                self.known.setdefault(((), "main", name), (name, "structure"))
            self._moved(scope, body, weights - here.outputs)
            self.constant |= {((), "main", name) for name in self._initializers()}
        yield from self._nodes(sealed, (), (), here)
        yield from self._beforehand()

    def _tensor(self, s: Sketch, here: _Here) -> tuple[str, Any] | None:
        """The scope and the initializer that a constant has become."""
        return here.constant(s.digest) or self.inner.get((s.outputs[0], s.digest))

    def _moved(self, scope: str, body: Any, weights: Collection[str]) -> None:
        """Note the initializers of graphs in nodes, and which of them are weights."""
        for place, graph in graphs_of(scope, body):
            for tensor in graph.initializer if graph is not body else ():
                self.inner[tensor.name, tensor_digest(tensor)] = (place, tensor)
                part = f"initializer main/{tensor.name}"
                if tensor.name in weights and part in self.said:
                    self.known.setdefault(((), "main", tensor.name), (tensor.name, "structure"))
                    self.values.append(Found(part, place, tensor.name, "structure"))
                    if (part := f"value main/{tensor.name}") in self.said:
                        self.values.append(Found(part, place, tensor.name, "structure"))

    def _initializers(self) -> Iterator[str]:
        """The weights that the sealed model held."""
        return (part.removeprefix("initializer main/") for part in self.said if part.startswith("initializer main/"))

    def _nodes(self, sealed: str, chain: tuple[str, ...], within: tuple[Call, ...], here: _Here) -> Iterator[Match]:
        for s in sketches(self.outline[sealed]):
            self.followed += 1
            if self.followed > self.most:
                raise ValueError(f"more than {self.most} operations in calls of calls")
            yield from self._one(s, sealed, chain, within, here)

    def _one(
        self, s: Sketch, sealed: str, chain: tuple[str, ...], within: tuple[Call, ...], here: _Here
    ) -> Iterator[Match]:
        part = f"node {sealed}/{s.name}"
        inputs = tuple(self._name((chain, sealed, v)) for v in s.inputs)
        if s.op not in self.outline and self._is_constant(s, sealed, chain):
            self.constant |= {self._root((chain, sealed, v)) for v in s.outputs}
        node, how = self._find(s, sealed, chain, inputs, here)
        if node is None and s.op in self.outline:
            yield from self._into(s, sealed, chain, within, here)
            return
        product = None
        if node is None:
            (node, product), how = self._fused(s, sealed, chain, here), "fused"
        if node is None:
            if s.op == "MatMul":
                terms = tuple(self._root((chain, sealed, v)) for v in s.inputs)
                term = self._root((chain, sealed, s.outputs[0]))
                self.products[term] = _Pending(term, terms)
            tensor = self._tensor(s, here) if s.op == "Constant" else None
            if tensor is not None:
                self.known[self._root((chain, sealed, s.outputs[0]))] = (tensor[1].name, "structure")
                yield Match(part, *tensor, "structure", within)
            else:
                terms = [tuple((chain, sealed, v) for v in vs if v) for vs in (s.inputs, s.outputs)]
                self.absent.append(_Absent(part, within, terms[0], terms[1], here))
                if s.op == "Identity" and s.inputs and s.outputs:
                    self._passed(terms[0][0], terms[1][0], here)
            self._by_name(s, sealed, chain, here)
            self._found((*s.inputs, *s.outputs), sealed, chain, here)
            return
        here.taken.add(id(node))
        self.taken.append(node)
        for was, now in zip(s.outputs, node.output, strict=False):
            if was and now:
                self.known[self._root((chain, sealed, was))] = (now, "name" if how == "name" else "structure")
        yield Match(part, here.scope, node, how, within)
        if product is not None:
            self.inside.append((product.term, here.scope, node))
        self._found((*s.inputs, *s.outputs), sealed, chain, here)
        for name in s.graphs:
            graph = next((a.g for a in node.attribute if a.name == name and a.type == AttributeProto.GRAPH), None)
            inner = f"{sealed}/{s.name}/{name}"
            if graph is not None and inner in self.outline:
                yield from self._inside(
                    inner, chain, within, f"{here.scope}/{label_of(node)}/{name}", graph, here, sealed
                )

    def _passed(self, given: _Term, result: _Term, here: _Here) -> None:
        """What a node that only passes a value on gives, where the model has no such node, is that value."""
        was, now = self._root(result), self._root(given)
        if was == now:
            return
        if now not in self.known:
            if was in self.known:
                self.known[now] = self.known[was]
            elif not result[0] and result[2] in here.outputs:
                self.known[now] = (result[2], "name")
        self.same[was] = now
        self.passed.add(was)

    def _beforehand(self) -> Iterator[Match]:
        """Nodes that the model has not, and weights, by what they are in: a tensor or a node that a tool has made.

        What a tool computes beforehand is a tensor, what it fuses a node that is none of the sealed ones.
        """
        into: dict[_Term, dict[int, tuple[str, Any]]] = defaultdict(dict)
        for term, scope, node in self.inside:
            into[self._root(term)][id(node)] = (scope, node)
        taken = {id(n) for n in self.taken} - {id(n) for _, _, n in self.inside}
        # What a node became is where those before it are: the last ones go first.
        for absent in reversed(self.absent):
            inputs = [self._root(t) for t in absent.inputs]
            for output in map(self._root, absent.outputs):
                if (place := self._place(output, absent.here)) is not None:
                    into[output][id(place[1])] = place
                inside = {k: v for k, v in into[output].items() if k not in taken}
                for term in inputs:
                    if term != output and term not in self.known:
                        into[term] |= inside
        for absent in self.absent:
            for scope, proto in {k: v for t in absent.outputs for k, v in into[self._root(t)].items()}.values():
                how = "folded" if isinstance(proto, TensorProto) else "merged" if id(proto) in taken else "fused"
                yield Match(absent.part, scope, proto, how, absent.within)
        for name in self._initializers():
            for part in (f"initializer main/{name}", f"value main/{name}"):
                if part in self.said:
                    yield from self._in(part, into[(), "main", name], False)
        for part, term, borrowed, here in self.unseen:
            root = self._root(term)
            if root in self.known and self.known[root][0] in here.outputs:
                name, how = self.known[root]
                self.values.append(Found(part, here.scope_of(name), name, how, borrowed, bool(term[0])))
            else:
                yield from self._in(part, into[root], borrowed)

    def _in(self, part: str, places: Mapping[int, tuple[str, Any]], borrowed: bool) -> Iterator[Match]:
        """A weight or a value that is in tensors, or that nodes compute on their way."""
        for scope, proto in places.values():
            if isinstance(proto, TensorProto):
                self.values.append(Found(part, scope, proto.name, "folded", borrowed))
            else:
                yield Match(part, scope, proto, "fused")

    def _place(self, term: _Term, here: _Here) -> tuple[str, Any] | None:
        """The scope and the tensor, or the node, that gives a known value."""
        name = self.known[term][0] if term in self.known else ""
        found = here.maker(name)
        return None if found is None else (here.scope_of(name), found)

    def _inside(
        self,
        sealed: str,
        chain: tuple[str, ...],
        within: tuple[Call, ...],
        scope: str,
        graph: Any,
        around: _Here,
        outer: str,
    ) -> Iterator[Match]:
        """The nodes of a graph in a node, which sees the values around it."""
        here = _Here.of(scope, graph, around=around)
        self.visible.setdefault(sealed, outer)
        inputs = [v.name for v in graph.input]
        if len(inputs) == len(self.outline[sealed]["inputs"]):
            for was, now in zip(self.outline[sealed]["inputs"], inputs, strict=True):
                self.known[chain, sealed, was] = (now, "structure")
        yield from self._nodes(sealed, chain, within, here)

    def _into(
        self, s: Sketch, sealed: str, chain: tuple[str, ...], within: tuple[Call, ...], here: _Here
    ) -> Iterator[Match]:
        """The nodes of the function that a call that is not there any more called."""
        call = Call(f"node {sealed}/{s.name}", s.op)
        if any(c.function == s.op for c in within):
            raise ValueError(f"{s.op} calls itself")
        body, inner = self.outline[s.op], (*chain, f"{sealed}/{s.name}")
        for was, given in zip(body["inputs"], s.inputs, strict=False):
            self.same[inner, s.op, was] = (chain, sealed, given)
        for was, given in zip(body["outputs"], s.outputs, strict=False):
            if given:
                self.same[inner, s.op, was] = (chain, sealed, given)
        yield from self._nodes(s.op, inner, (*within, call), here)
        for given in s.outputs:
            self._by_name_of(given, sealed, chain, here)
        if any(self._root((chain, sealed, given)) in self.known for given in s.outputs):
            # What it gives is still there, and the call is not.
            self.calls.append(call)
        self._found((*body["inputs"], *body["outputs"]), s.op, inner, here)
        self._found((*s.inputs, *s.outputs), sealed, chain, here)

    def _find(
        self, s: Sketch, sealed: str, chain: tuple[str, ...], inputs: tuple[str | None, ...], here: _Here
    ) -> tuple[Any, str]:
        """The node of the model that a sealed one is, and how it was found."""
        if None not in inputs:
            same = here.nodes.get(here.key(s.op, [i or "" for i in inputs], s.digest), ())
            free = [n for n in same if id(n) not in here.taken]
            if free:
                return next((n for n in free if n.name == s.name), free[0]), "structure"
            if same:
                return same[0], "merged"  # equal computations were made one
        elif (node := self._folded(s, sealed, chain, inputs, here)) is not None:
            return node, "structure"
        for node in here.named.get(s.name, ()) if not chain else ():
            # Attributes may have been spelled anew; all that is known of its values has to agree.
            other = sketch(node)
            if id(node) in here.taken or (other.op, other.outputs) != (s.op, s.outputs):
                continue
            if len(other.inputs) == len(inputs) and all(
                i in (None, o) for i, o in zip(inputs, other.inputs, strict=True)
            ):
                return node, "name"
        return None, ""

    def _folded(
        self, s: Sketch, sealed: str, chain: tuple[str, ...], inputs: tuple[str | None, ...], here: _Here
    ) -> Any:
        """The one node that computes the same of what is known, and of constants for what constants alone gave."""
        if all(i is None for i in inputs):
            return None
        return self._computed(s.op, s.digest, [self._root((chain, sealed, v)) for v in s.inputs], here)

    def _computed(self, op: str, digest: str, terms: Sequence[_Term], here: _Here) -> Any:
        """The one node that computes an operation of known values, and of constants, which then are known."""
        names = [self._name(t) for t in terms]
        if any(name is None and t not in self.constant for name, t in zip(names, terms, strict=True)):
            return None
        wanted = here.key(op, [name or "" for name in names], digest)[1]
        found: list[Any] = []
        for key, nodes in here.nodes.items():
            if (key[0], key[2], len(key[1])) == (op, digest, len(wanted)) and all(
                w == g if name is not None else here.is_constant(g)
                for name, w, g in zip(names, wanted, key[1], strict=True)
            ):
                found += [n for n in nodes if id(n) not in here.taken]
        if len(found) != 1:
            return None
        for name, term, given in zip(names, terms, found[0].input, strict=True):
            if name is None:
                self.known[term] = (given, "structure")
        return found[0]

    def _fused(self, s: Sketch, sealed: str, chain: tuple[str, ...], here: _Here) -> tuple[Any, _Pending | None]:
        """The one ``Gemm`` that computes a sum whose one term is a product, and that product."""
        if s.op != "Add":
            return None, None
        terms = [self._root((chain, sealed, v)) for v in s.inputs]
        for term, other in ((terms[0], terms[1]), (terms[1], terms[0])):
            product = self.products.get(term)
            if product is not None and (node := self._computed("Gemm", "", [*product.terms, other], here)) is not None:
                return node, product
        return None, None

    def _is_constant(self, s: Sketch, sealed: str, chain: tuple[str, ...]) -> bool:
        """Whether a node computes of constants alone, so that it may have been computed beforehand."""
        roots = [self._root((chain, sealed, v)) for v in s.inputs if v]
        return not s.graphs and all(r in self.constant for r in roots)

    def _by_name(self, s: Sketch, sealed: str, chain: tuple[str, ...], here: _Here) -> None:
        """Values of a node that is gone, such as one that was fused, which the model has under their names."""
        for was in s.outputs:
            self._by_name_of(was, sealed, chain, here)

    def _by_name_of(self, was: str, sealed: str, chain: tuple[str, ...], here: _Here) -> None:
        root = self._root((chain, sealed, was))
        if was and root not in self.known and not root[0] and root[2] in here.outputs:
            self.known[root] = (root[2], "name")

    def _found(self, names: Iterable[str], sealed: str, chain: tuple[str, ...], here: _Here) -> None:
        """Note the values that something was said of, as the model has them."""
        for v in names:
            part, term = f"value {sealed}/{v}", (chain, sealed, v)
            if sealed in self.visible and not self._defines(sealed, v):
                continue  # it is a value of a graph around, which speaks for itself
            root = self._root(term)
            if part not in self.said:
                continue
            is_borrowed = self._is_borrowed(term)
            if root in self.known and self.known[root][0] in here.outputs:
                name, how = self.known[root]
                self.values.append(Found(part, here.scope_of(name), name, how, is_borrowed, bool(chain)))
            else:
                self.unseen.append((part, term, is_borrowed, here))

    def _name(self, term: _Term) -> str | None:
        """The name of what stands for a sealed value; an input that is left out has none, and is empty."""
        if not term[2]:
            return ""
        found = self.known.get(self._root(term))
        return None if found is None else found[0]

    def _root(self, term: _Term) -> _Term:
        """The value that a parameter or a result of an inlined function, or one seen from inside a graph, is."""
        for _ in range(_LONGEST):
            chain, sealed, name = term
            if term in self.same:
                term = self.same[term]
            elif sealed in self.visible and not self._defines(sealed, name):
                term = (chain, self.visible[sealed], name)
            else:
                return term
        raise ValueError("values stand for each other")

    def _is_borrowed(self, term: _Term) -> bool:
        """Whether a value is a parameter or a result of a function that was inlined."""
        for _ in range(_LONGEST):
            if term not in self.same:
                return False
            if term not in self.passed:
                return True
            term = self.same[term]
        raise ValueError("values stand for each other")

    def _defines(self, sealed: str, name: str) -> bool:
        if sealed not in self.defined:
            given = (o for s in sketches(self.outline[sealed]) for o in s.outputs)
            self.defined[sealed] = frozenset([*self.outline[sealed]["inputs"], *given])
        return name in self.defined[sealed]
