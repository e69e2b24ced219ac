"""Values of which a function and its caller say different things, for models without functions.

Where a call is written out, its result is the value that the function gives: one value, of which one thing can be said
under a name. Before::

    y = Layer(x)                # Layer says role="out" of what it gives, the caller role="carried"

After::

    y_given = Layer(x)
    y = Identity(y_given)       # role="carried"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import onnx_ir as ir

from . import carriers

_Functions = Mapping[tuple[str, str], ir.Function]


def separate(graph: ir.Graph, functions: Sequence[ir.Function]) -> None:
    """Give results of calls values of their own where the caller says something else of them than the function."""
    known = {(f.domain, f.name): f for f in functions}
    for body in (graph, *functions):
        for node in list(ir.traversal.RecursiveGraphIterator(body)):
            if (node.domain, node.op_type) in known:
                for value in node.outputs:
                    if any(text != own for text, own in _both(value, known)):
                        _apart(node, value)


def _both(value: ir.Value, known: _Functions) -> Iterator[tuple[str, str]]:
    """What is said under the same names of the result of a call, and of what the function gives."""
    said = _said(value)
    for key, own in _given(value, known).items():
        if key in said:
            yield said[key], own


def _given(value: ir.Value, known: _Functions) -> dict[str, str]:
    """What a function says of the value that a call of it gives, or one that it calls for it."""
    node = value.producer()
    function = None if node is None else known.get((node.domain, node.op_type))
    if node is None or function is None:
        return {}
    result = function.outputs[node.outputs.index(value)]
    return _given(result, known) | _said(result)


def _said(value: ir.Value) -> dict[str, str]:
    return {key: text for key, text in value.metadata_props.items() if key.startswith(carriers.USER)}


def _apart(node: ir.Node, value: ir.Value) -> None:
    """Put an ``Identity`` behind a call. It gives what stood for the result, under its name and with what is said."""
    copy = ir.node("Identity", [value], metadata_props=dict(node.metadata_props))
    (made,) = copy.outputs
    body = node.graph
    assert body is not None
    made.type, made.shape, made.doc_string = value.type, value.shape, value.doc_string
    made.metadata_props.update(value.metadata_props)
    for key in _said(value):
        del value.metadata_props[key]
    ir.convenience.replace_all_uses_with(value, made, replace_graph_outputs=True)
    copy.replace_input_with(0, value)
    made.name, value.name = value.name, f"{value.name}_given"
    copy.name = f"{node.name}_said"
    body.insert_after(node, copy)
