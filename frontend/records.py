"""Classes of records: their fields, defaults and methods as declared, and as types once their type arguments are known.

A record is a tuple whose items have names. Everything after the checker sees the tuple: what stands in this file and in
``check_records.py`` is all that the compiler knows of records.
"""

from __future__ import annotations

import ast
from dataclasses import field

from pyc.dataclass import dataclass
from pyc.source import Span

from .annotations import Annotations
from .binding import explicit
from .patterns import appearing
from .report import Invalid, Report, fix
from .signatures import Declarations
from .static import Scope, Static
from .types import RecordType
from .values import (
    Applied,
    Definition,
    GeneratorPattern,
    ModulePattern,
    NonePattern,
    Pattern,
    RecordPattern,
    ScalarPattern,
    TensorPattern,
    TuplePattern,
    TypeParameter,
)

#: Methods that would change what a record is made of.
_REFUSED = {
    "__init__": "a record is made from its fields; write a function that returns one",
    "__new__": "a record is made from its fields; write a function that returns one",
    "__post_init__": "a record is made from its fields; write a function that returns one",
    "__setattr__": "fields are assigned as they are",
    "__getattr__": "fields are read as they are",
    "__getattribute__": "fields are read as they are",
    **{
        f"__i{name}__": f"a record is a value: `__{name}__` says what `{symbol}=` makes of it"
        for name, symbol in [
            *[("add", "+"), ("sub", "-"), ("mul", "*"), ("matmul", "@"), ("truediv", "/"), ("floordiv", "//")],
            *[("mod", "%"), ("pow", "**"), ("lshift", "<<"), ("rshift", ">>"), ("and", "&"), ("or", "|"), ("xor", "^")],
        ]
    },
}


@dataclass(frozen=True)
class RecordField:
    """A field as declared. ``default`` is what it is where a call does not give it."""

    name: str
    node: ast.expr
    span: Span
    text: str
    default: ast.expr | None


@dataclass(frozen=True, eq=False)
class RecordClass:
    """A class with ``@pyc.record``. ``layout`` is ``aos`` or ``soa``: how arrays of it lie in memory."""

    definition: Definition
    type_parameters: tuple[TypeParameter, ...]
    fields: dict[str, RecordField]
    methods: dict[str, Definition]
    layout: str


@dataclass(eq=False)
class Records:
    """The record classes of a program, each read once."""

    static: Static
    annotations: Annotations
    declarations: Declarations
    report: Report
    _classes: dict[Definition, RecordClass | None] = field(default_factory=dict)
    _active: list[Definition] = field(default_factory=list)
    _yields: dict[ast.expr, Definition] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.annotations.hooks["record"] = self.pattern
        self.declarations.record_class = self.declared

    def declared(self, definition: Definition) -> RecordClass:
        """What a record class declares.

        Raises:
            Invalid: E226, it declares something that is no field or method.
        """
        if definition not in self._classes:
            self._classes[definition] = None
            self._classes[definition] = self._read(definition)
        found = self._classes[definition]
        if found is None:
            raise Invalid(definition.name)
        return found

    def _read(self, definition: Definition) -> RecordClass:
        node, span = definition.node, definition.namespace.span
        assert isinstance(node, ast.ClassDef)
        for base in node.bases:
            inherited = self.declarations.class_of(base, definition)
            if inherited is not None:
                message = f"the record {definition.name} derives from {inherited}, and records do not inherit"
                mend = f"make it a field: `base: {inherited}`"
                raise self.report.error("E226", message, span(base), fix(mend))
        fields: dict[str, RecordField] = {}
        methods: dict[str, Definition] = {}
        for statement in node.body:
            match statement:
                case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                    fields[name] = RecordField(name, annotation, span(statement), span(annotation).text, value)
                case ast.FunctionDef(name=name) if name in _REFUSED:
                    message = f"the record {definition.name} defines {name}"
                    raise self.report.error("E226", message, _head(span(statement)), fix(_REFUSED[name]))
                case ast.FunctionDef(name=name):
                    methods[name] = Definition(name, statement, definition.namespace, definition)
                case ast.AsyncFunctionDef():
                    self.declarations.check_coroutine(definition, statement)
                case ast.Pass() | ast.Expr(value=ast.Constant()):
                    pass
                case _:
                    message = "a record declares fields with their types, and methods"
                    raise self.report.error("E226", message, span(statement), fix("`mass: f32 = 1.0`"))
        if not fields:
            message = f"the record {definition.name} has no fields"
            raise self.report.error("E226", message, definition.span, fix("`x: f64` declares one"))
        self._default_order(definition, fields)
        layout = self.declarations.record_layout(definition) or "aos"
        return RecordClass(definition, self._parameters(definition, fields), fields, methods, layout)

    def _default_order(self, definition: Definition, fields: dict[str, RecordField]) -> None:
        """Python takes positional arguments in order: a field without a default cannot follow one with it."""
        seen: RecordField | None = None
        for f in fields.values():
            if seen is not None and f.default is None:
                message = f"the field {f.name} of {definition.name} has no default and follows {seen.name}, which has"
                raise self.report.error("E226", message, f.span, fix("move it up, or give it a default"))
            seen = f if f.default is not None else seen

    def _parameters(self, definition: Definition, fields: dict[str, RecordField]) -> tuple[TypeParameter, ...]:
        """Those between brackets, else those of ``Generic[...]``, else the element types that the fields name."""
        written = self.declarations.generic_parameters(definition)
        if written:
            return written
        scope = Scope(definition.namespace)
        self._active.append(definition)
        try:
            patterns = [
                self.annotations.pattern(f.node, scope) for f in fields.values() if not _recursive(f, definition)
            ]
        finally:
            self._active.pop()
        return tuple(p for p in appearing(patterns) if p.kind == "dtype")

    # --- types --------------------------------------------------------------------------------------------------------

    def pattern(self, applied: Applied, span: Span) -> RecordPattern | None:
        """The type that a record class with type arguments is; ``None`` where the class is no record.

        Raises:
            Invalid: E215, the arguments do not fit; E116, it contains itself; E226, a field has no type of records.
        """
        definition = applied.definition
        if self.declarations.record_layout(definition) is None:
            return None
        if definition in self._active:
            raise self.report.error("E116", f"the record {definition.name} contains itself", span)
        declared = self.declared(definition)
        bindings = explicit(declared.type_parameters, applied, self.report, span, complete=True)
        self._active.append(definition)
        try:
            scope = Scope(definition.namespace, bindings)
            fields = [(f, self.annotations.pattern(f.node, scope)) for f in declared.fields.values()]
        finally:
            self._active.pop()
        for f, p in fields:
            self._holds(definition, f, p)
        names = tuple(p.name for p in declared.type_parameters)
        return RecordPattern(
            Applied(definition, tuple(bindings[n] for n in names)),
            tuple((f.name, p) for f, p in fields),
            names,
            declared.layout,
        )

    def _holds(self, definition: Definition, f: RecordField, pattern: Pattern) -> None:
        """Refuse a field that no record holds: of a module, of None, an array whose extents are no numbers."""
        match pattern:
            case ScalarPattern():
                return
            case RecordPattern(layout="soa"):
                message = f"the field {f.name} of {definition.name} is a record with another layout"
                if self.declared(definition).layout != "soa":
                    raise self.report.error("E226", message, f.span, fix("give both records one layout"))
                return
            case RecordPattern():
                return
            case TuplePattern(items=items):
                for item in items:
                    self._holds(definition, f, item)
                return
            case TensorPattern(element=RecordPattern()):
                message = f"the field {f.name} of {definition.name} is an array of records"
            case TensorPattern(dims=dims, target=target):
                numbers = all(not isinstance(d, TypeParameter) and d.value is not None for d in dims)
                if numbers and target is None:
                    return
                message = f"the field {f.name} of {definition.name} is an array whose extents are not numbers"
            case ModulePattern() | NonePattern() | GeneratorPattern():
                message = f"the field {f.name} of {definition.name} is a {pattern}"
        known = "fields are numbers, records, tuples of these, and arrays of fixed size such as `Tensor[f32, 3]`"
        raise self.report.error("E226", message, f.span, fix(known))

    @property
    def any_declared(self) -> bool:
        """Whether a record has been declared."""
        return bool(self._classes)

    def returning(self, method: Definition, value: ast.expr) -> Definition:
        """A method that returns ``value``, with the parameters of ``method``, which yields it."""
        if value not in self._yields:
            node = method.node
            assert isinstance(node, ast.FunctionDef)
            body: list[ast.stmt] = [ast.copy_location(ast.Return(value), value)]
            made = ast.copy_location(ast.FunctionDef(node.name, node.args, body, []), node)
            setattr(made, "type_params", [])  # noqa: B010  Python 3.12 wants it, and 3.11 has no such name
            self._yields[value] = Definition(method.name, made, method.namespace, method.owner)
        return self._yields[value]

    def of(self, t: RecordType) -> RecordClass:
        """The class of a record."""
        assert isinstance(t.key, Applied)
        return self.declared(t.key.definition)


def _recursive(f: RecordField, definition: Definition) -> bool:
    return any(isinstance(n, ast.Name) and n.id == definition.name for n in ast.walk(f.node))


def _head(span: Span) -> Span:
    line = span.text.split("\n")[0]
    return Span(span.source, span.start, span.start + len(line.rstrip()))
