"""What the types of a signature mention that is not known yet."""

from __future__ import annotations

from .values import (
    Applied,
    ModulePattern,
    Pattern,
    RecordPattern,
    ScalarPattern,
    TensorPattern,
    TuplePattern,
    TypeParameter,
)


def appearing(patterns: list[Pattern]) -> list[TypeParameter]:
    """The type parameters and dimension names that patterns mention, in order, each once."""
    found: dict[str, TypeParameter] = {}
    for pattern in patterns:
        match pattern:
            case TensorPattern(element=RecordPattern() as element, dims=dims, target=target):
                parts = [*appearing([element]), *dims, target]
            case TensorPattern(element=element, dims=dims, target=target):
                parts = [element, *dims, target]
            case RecordPattern(record=Applied(arguments=arguments)):
                parts = list(arguments)
            case ScalarPattern(element=element):
                parts = [element]
            case TuplePattern(items=items):
                parts = appearing(list(items))
            case ModulePattern(module=Applied(arguments=arguments)):
                parts = list(arguments)
            case _:
                parts = []
        for part in parts:
            if isinstance(part, TypeParameter):
                found.setdefault(part.name, part)
            else:
                for name in sorted(getattr(part, "symbols", ())):
                    found.setdefault(name, TypeParameter(name, "dim"))
    return list(found.values())
