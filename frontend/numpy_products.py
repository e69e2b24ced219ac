"""Sums of products over named axes: ``einsum`` and ``tensordot``, as matrix products of rearranged arrays."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pyc.dataclass import dataclass
from pyc.diagnostics import Note
from pyc.source import Span

from . import arrays, check_operators, library_calls, reductions, tree
from .arguments import as_tuples, bound, constant_ints
from .context import Checker, Operand
from .dims import Dim
from .numpy_table import Handler
from .report import fix
from .shapes import differ, shape_text
from .types import ScalarType, TensorType


@dataclass(frozen=True)
class Term:
    """An operand whose axes have labels, each once."""

    x: tree.Expression
    labels: str

    def dim(self, label: str) -> Dim:
        assert isinstance(self.x.type, TensorType)
        return self.x.type.dims[self.labels.index(label)]


#: Element types that products and their sums are computed in as they are stored.
_AS_PRODUCTS = frozenset({"f32", "f64", "c64", "c128", "i32", "i64", "u32", "u64"})

# --- einsum -----------------------------------------------------------------------------------------------------------

#: Labels for the axes that ``...`` stands for, the last one last.
_REST = "zyxwvutsrqponmlkjihgfedcba".upper()


def _einsum(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    if not node.args:
        raise c.error("E203", "np.einsum needs its subscripts", span)
    text = c.static_text(node.args[0])
    if text is None:
        message = "the subscripts of np.einsum are a string literal"
        raise c.error("E202", message, c.span(node.args[0]), fix('`np.einsum("ij,jk->ik", a, b)`'))
    if any(k.arg not in ("optimize",) for k in node.keywords):
        raise c.error("E203", "np.einsum takes its subscripts and arrays in compiled code", span)
    operands = [c.number_or_array(a) for a in node.args[1:]]
    inputs, output = _labels(c, text.replace(" ", ""), operands, c.span(node.args[0]))
    _check_extents(c, inputs, operands, c.span(node.args[0]))
    terms = [_once_each(c, o, labels, node, span) for o, labels in zip(operands, inputs, strict=True)]
    result = terms[0]
    rest = [t.labels for t in terms[1:]]
    for i, other in enumerate(terms[1:]):
        needed = set(output).union(*rest[i + 1 :])
        result = _multiplied(c, _summed(c, result, needed | set(other.labels), span), other, needed, span)
    result = _summed(c, result, set(output), span)
    if not output:
        return result.x
    return arrays.transposed(result.x, [result.labels.index(k) for k in output], span)


def _labels(c: Checker, text: str, operands: Sequence[Operand], span: Span) -> tuple[list[str], str]:
    """The labels of each operand's axes and of the result's, ``...`` written out.

    Raises:
        Invalid: E202, the subscripts do not fit the operands.
    """
    left, arrow, right = text.partition("->")
    parts = left.split(",")
    if len(parts) != len(operands):
        raise c.error("E202", f"{len(parts)} subscripts for {len(operands)} arrays", span)
    found: list[str] = []
    most = 0
    for part, o in zip(parts, operands, strict=True):
        named = part.replace("...", "", 1)
        if not all(k.isalpha() and k.isascii() for k in named):
            raise c.error("E202", f"`{part}` is no list of letters", span)
        more = len(o.dims) - len(named)
        if more < 0 or (more and "..." not in part):
            message = f"the subscripts `{part}` name {len(named)} axes, and the array has {len(o.dims)}"
            raise c.error("E202", message, span)
        most = max(most, more)
        found.append(part.replace("...", _free(text)[:more][::-1]) if "..." in part else part)
    rest = _free(text)[:most][::-1]
    if arrow:
        output = right.replace("...", rest)
    else:
        once = sorted(k for k in set(left) if k.isalpha() and left.count(k) == 1)
        output = rest + "".join(once)
    every = set("".join(found))
    for k in output:
        if k not in every or output.count(k) > 1:
            raise c.error("E202", f"the output subscript `{k}` is not that of one axis of the arrays", span)
    return found, output


def _check_extents(c: Checker, inputs: list[str], operands: Sequence[Operand], span: Span) -> None:
    """Refuse a label that is provably of two extents.

    Raises:
        Invalid: E205.
    """
    first: dict[str, tuple[Dim, Operand]] = {}
    for labels, o in zip(inputs, operands, strict=True):
        for k, dim in zip(labels, o.dims, strict=True):
            known, other = first.setdefault(k, (dim, o))
            if known.value == 1:
                first[k] = (dim, o)
            if dim.value == 1 or known.value == 1 or not differ(known, dim):
                continue
            message = f"the subscript `{k}` of np.einsum is {known} in {other.span.text} and {dim} in {o.span.text}"
            notes = [Note(f"this has shape {shape_text(p.dims)}", p.span) for p in dict.fromkeys((other, o))]
            raise c.error("E205", message, span, *notes)


def _free(text: str) -> str:
    return "".join(k for k in _REST if k not in text)


def _once_each(c: Checker, o: Operand, labels: str, node: ast.Call, span: Span) -> Term:
    """An operand with each label once: of a label that stands twice, the diagonal."""
    from .numpy_joining import at_least

    x = at_least(c, o, 0, span).x
    while len(set(labels)) < len(labels):
        k = next(k for k in labels if labels.count(k) > 1)
        i = labels.index(k)
        j = labels.index(k, i + 1)
        x = library_calls.applied(c, "matrices", "diagonal", [x, 0, i, j], node, span)
        labels = labels[:i] + labels[i + 1 : j] + labels[j + 1 :] + k
    return Term(x, labels)


def _summed(c: Checker, t: Term, needed: set[str], span: Span) -> Term:
    """A term without the labels that nothing needs any more."""
    over = tuple(i for i, k in enumerate(t.labels) if k not in needed)
    if not over:
        return t
    assert isinstance(t.x.type, TensorType)
    kind = "any" if t.x.type.dtype == "bool" else "sum"
    x = reductions.reduced(c, kind, c.operand(t.x), over, span, keepdims=False, dtype=t.x.type.dtype)
    return Term(x, "".join(k for k in t.labels if k in needed))


def _multiplied(c: Checker, a: Term, b: Term, needed: set[str], span: Span) -> Term:
    """The product of two terms, summed over what both have and nothing needs."""
    b = _summed(c, b, needed | set(a.labels), span)
    if isinstance(a.x.type, ScalarType) or isinstance(b.x.type, ScalarType):
        product = check_operators.elementwise(c, "mul", c.operand(a.x), c.operand(b.x), span, words="np.einsum")
        return Term(product, a.labels + b.labels)
    common = [k for k in a.labels if k in b.labels]
    x, y = c.operand(a.x), c.operand(b.x)
    stretched = any((a.dim(k).value == 1) != (b.dim(k).value == 1) for k in common)
    inner = [k for k in common if k not in needed]
    alone = len(common) == len(a.labels) == len(b.labels) and _sums_as_it_multiplies(x, y)
    if not inner or stretched or alone or "bool" in (x.type.dtype, y.type.dtype):
        if inner:
            a, b = _as_contracted(a, b)
        return _summed(c, _elementwise(c, a, b, span), needed, span)
    batch = [k for k in common if k in needed]
    rows = [k for k in a.labels if k not in common]
    columns = [k for k in b.labels if k not in common]
    return _contracted(c, a, b, (batch, rows, columns, inner), span)


def _sums_as_it_multiplies(x: Operand, y: Operand) -> bool:
    """Whether a contraction of two arrays rounds as a sum of their products does, which is one loop over both."""
    policies = {o.type.precision for o in (x, y) if isinstance(o.type, TensorType)}
    return all(p.is_plain and p.storage in _AS_PRODUCTS for p in policies)


def _as_contracted(a: Term, b: Term) -> tuple[Term, Term]:
    """Two operands of a contraction that is made of products and a sum: rounded to storage, as others are."""
    policies = [t.x.type.precision for t in (a, b) if isinstance(t.x.type, TensorType)]
    if all(p.is_plain for p in policies):
        return a, b
    first, second = (
        Term(check_operators.with_precision(t.x, p.storage, p), t.labels) for t, p in zip((a, b), policies, strict=True)
    )
    return first, second


def _elementwise(c: Checker, a: Term, b: Term, span: Span) -> Term:
    """The product of two terms on all of their labels."""
    labels = a.labels + "".join(k for k in b.labels if k not in a.labels)
    lhs, rhs = (c.operand(_spread(c, t, labels, span)) for t in (a, b))
    return Term(check_operators.elementwise(c, "mul", lhs, rhs, span, words="np.einsum"), labels)


def _spread(c: Checker, t: Term, labels: str, span: Span) -> tree.Expression:
    """A term with an axis for each label, of extent 1 for those that it has not."""
    own = [k for k in labels if k in t.labels]
    x = arrays.transposed(t.x, [t.labels.index(k) for k in own], span)
    items = [tree.Range() if k in t.labels else tree.NewAxis() for k in labels]
    dims = [t.dim(k) if k in t.labels else Dim.of(1) for k in labels]
    return arrays.with_axes(c, x, items, dims, span)


def _contracted(c: Checker, a: Term, b: Term, groups: tuple[list[str], ...], span: Span) -> Term:
    """A matrix product: stacks over the first group of labels, rows, columns, and the sum over the last group."""
    batch, rows, columns, inner = groups

    # Of one label, a group is an axis as it is; without any, an operand is a vector.
    alone = not batch and (not rows or not columns)
    # Several labels of rows are a stack of matrices, which are multiplied by one.
    stack, rows = (rows[:-1], rows[-1:]) if not batch and len(inner) == len(columns) == 1 else ([], rows)

    def product(x: tree.Expression, y: tree.Expression) -> tree.Expression:
        left, right = Term(x, a.labels), Term(y, b.labels)
        lhs = _grouped(c, left, batch or stack, [rows, inner] if rows or not alone else [inner], span)
        rhs = _grouped(c, right, batch, [inner, columns] if columns or not alone else [inner], span)
        found = check_operators.matmul(c, c.operand(lhs), c.operand(rhs), span)
        groups = [group for group in (rows, columns) if group or not alone]
        if not isinstance(found.type, TensorType) or all(len(group) == 1 for group in groups):
            return found
        sizes = [
            arrays.extent(c, t.x, t.labels.index(k), span)
            for t, labels in ((left, batch), (left, rows), (right, columns))
            for k in labels
        ]
        return arrays.reshaped(c, c.operand(found), sizes, span)

    x = c.once_only(a.x, lambda p: c.once_only(b.x, lambda q: product(p, q)))
    return Term(x, "".join([*batch, *stack, *rows, *columns]))


def _grouped(c: Checker, t: Term, batch: list[str], groups: list[list[str]], span: Span) -> tree.Expression:
    """A stack of arrays whose axes are groups of labels: matrices, or vectors."""
    order = [*batch, *(k for group in groups for k in group)]
    x = arrays.transposed(t.x, [t.labels.index(k) for k in order], span)
    if all(len(group) <= 1 for group in groups):
        if all(groups):
            return x
        own: list[tree.Item] = [tree.Range() if group else tree.NewAxis() for group in groups]
        dims = [t.dim(group[0]) if group else Dim.of(1) for group in groups]
        items = [*(tree.Range() for _ in batch), *own]
        return arrays.with_axes(c, x, items, [*(t.dim(k) for k in batch), *dims], span)
    sizes = [arrays.extent(c, t.x, t.labels.index(k), span) for k in batch]
    for group in groups:
        size = c.runtime(1, span)
        for k in group:
            extent = c.operand(arrays.extent(c, t.x, t.labels.index(k), span))
            size = check_operators.binary(c, ast.Mult(), c.operand(size), extent, span)
        sizes.append(size)
    return arrays.reshaped(c, c.operand(x), sizes, span)


# --- tensordot --------------------------------------------------------------------------------------------------------


def _tensordot(c: Checker, node: ast.Call, span: Span, name: str) -> tree.Expression:
    a = bound(c, node, "np.tensordot", ["a", "b"], ["axes"])
    x, y = a.array("a"), a.array("b")
    found = c.operand(dotted(c, x, y, *_pairs(c, a.nodes.get("axes"), x, y, span), span))
    if isinstance(found.type, TensorType):
        return found.x
    precision = check_operators.joined_precision([x, y], found.type.dtype)
    return arrays.filled(c, found.x, [], precision, c.target, span)


def _pairs(
    c: Checker, node: ast.expr | None, x: Operand, y: Operand, span: Span
) -> tuple[Sequence[int], Sequence[int]]:
    """The axes of both arrays that are summed over."""
    value = c.value(as_tuples(node)) if node is not None else 2
    message = "axes of np.tensordot is a constant, or a pair of constants or of tuples of them"
    number = constant_ints(c.runtime(value, span) if isinstance(value, int) else value)
    if number is not None and len(number) == 1 and not isinstance(value, tree.Tuple | tuple):
        first: Sequence[int] = range(len(x.dims) - number[0], len(x.dims))
        second: Sequence[int] = range(number[0])
    else:
        items = value.items if isinstance(value, tree.Tuple) else value if isinstance(value, tuple) else ()
        parts = [constant_ints(c.runtime(i, span)) for i in items]
        if len(parts) != 2 or parts[0] is None or parts[1] is None:
            raise c.error("E202", message, span)
        first, second = parts[0], parts[1]
    if len(first) != len(second) or not _within(first, x) or not _within(second, y):
        raise c.error("E213", "axes of np.tensordot do not fit the arrays", span)
    return [i % len(x.dims) for i in first], [i % len(y.dims) for i in second]


def _within(axes: Sequence[int], o: Operand) -> bool:
    return all(-len(o.dims) <= i < len(o.dims) for i in axes)


def dotted(
    c: Checker, x: Operand, y: Operand, first: Sequence[int], second: Sequence[int], span: Span
) -> tree.Expression:
    """The sum of products over pairs of axes, the others in order."""
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    a = [next(letters) for _ in x.dims]
    b = [next(letters) for _ in y.dims]
    for i, j in zip(first, second, strict=True):
        b[j] = a[i]
    output = "".join([k for k in a if k not in b] + [k for k in b if k not in a])
    result = _multiplied(c, Term(x.x, "".join(a)), Term(y.x, "".join(b)), set(output), span)
    if not output:
        return result.x
    return arrays.transposed(result.x, [result.labels.index(k) for k in output], span)


PRODUCTS: dict[str, Handler] = {"einsum": _einsum, "tensordot": _tensordot}
