"""What a name can mean at compile time: element types, targets, definitions, libraries, annotations."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pyc.dataclass import dataclass
from pyc.precision import DTYPES, STORED, Precision
from pyc.source import Span
from pyc.target import Target

from .dims import Dim
from .types import RecordType, ScalarType

if TYPE_CHECKING:
    from .scope import Namespace

#: What a type parameter can stand for.
ParameterKind = Literal["dim", "dtype", "precision", "target", "int", "bool", "str", "pack"]


@dataclass(frozen=True)
class Element:
    """An element type: ``f32``, ``np.float32``."""

    dtype: str

    def __str__(self) -> str:
        return self.dtype


@dataclass(frozen=True)
class PythonType:
    """``int``, ``float``, ``bool``, ``complex``, ``str``, ``tuple``: a built-in class."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Bound:
    """What a type parameter may be: ``Float`` admits the element types in ``dtypes``."""

    kind: ParameterKind
    name: str
    dtypes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TypeParameter:
    """A type parameter of a definition, declared between brackets or by ``TypeVar`` and ``Dim``.

    ``default`` is what it is where nothing says it, in terms of those before it; ``None`` if it has none.
    """

    name: str
    kind: ParameterKind
    dtypes: tuple[str, ...] = field(default=(), compare=False)
    bound: str = field(default="", compare=False)
    span: Span | None = field(default=None, compare=False)
    default: Value = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"*{self.name}" if self.kind == "pack" else self.name


@dataclass(frozen=True)
class Library:
    """A module that the compiler knows by heart: ``numpy``, ``math``, ``pyc``, ``typing``."""

    name: str


@dataclass(frozen=True)
class LibraryName:
    """A name of a known module, or a built-in (module ``builtins``)."""

    library: str
    name: str

    def __str__(self) -> str:
        prefix = {"builtins": ""}.get(self.library, f"{self.library}.").replace("numpy", "np")
        return prefix + self.name


@dataclass(eq=False)
class Definition:
    """A function, method or class of the user's. ``owner`` is the class of a method.

    A function inside another has the compile-time ``names`` of the one around it, and a lambda its ``place``.
    """

    name: str
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    namespace: Namespace
    owner: Definition | None = None
    names: Mapping[str, Value] = field(default_factory=dict)
    place: Span | None = None

    def __str__(self) -> str:
        return f"{self.owner.name}.{self.name}" if self.owner else self.name

    @property
    def span(self) -> Span:
        return self.place or self.namespace.parsed.name_span(self.node)


@dataclass(frozen=True)
class Recursive:
    """A function inside a function, in its own body: what it uses from around has come with the call."""

    definition: Definition
    captured: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        return self.definition.name


@dataclass(frozen=True)
class Parent:
    """``super()``: a module, as the classes see it that the class ``owner`` derives from."""

    module: ModuleInstance
    owner: Definition


@dataclass(frozen=True)
class Applied:
    """A generic with type arguments: ``axpy[f32]``, ``MLP[784, 10]``."""

    definition: Definition
    arguments: tuple[Value, ...]
    spans: tuple[Span, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return f"{self.definition}[{', '.join(map(text, self.arguments))}]" if self.arguments else str(self.definition)


@dataclass(frozen=True)
class Table:
    """A dict of constants."""

    items: tuple[tuple[Value, Value], ...]

    def get(self, key: Value) -> tuple[Value] | None:
        """The value of a key, in a tuple; the last of equal keys counts."""
        found = [v for k, v in self.items if k == key]
        return (found[-1],) if found else None


@dataclass(frozen=True, eq=False)
class Alias:
    """``type Mat[R, C] = Tensor[f64, R, C]``: a type once it has its arguments."""

    name: str
    value: ast.expr
    namespace: Namespace
    parameters: tuple[Any, ...]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class TensorPattern:
    """``Tensor[element, *dims, target]`` as written: type parameters not yet bound."""

    element: Precision | TypeParameter | RecordPattern
    dims: tuple[Dim | TypeParameter, ...]
    target: Target | TypeParameter | None

    @property
    def pack(self) -> int | None:
        """The index of the shape pack among the dims."""
        return next((i for i, d in enumerate(self.dims) if isinstance(d, TypeParameter)), None)

    def __str__(self) -> str:
        parts = [self.element, *self.dims, *([self.target] if self.target else [])]
        return f"Tensor[{', '.join(map(str, parts))}]"


@dataclass(frozen=True)
class ScalarPattern:
    element: ScalarType | TypeParameter

    def __str__(self) -> str:
        return str(self.element)


@dataclass(frozen=True)
class TuplePattern:
    items: tuple[Pattern, ...]

    def __str__(self) -> str:
        return f"tuple[{', '.join(map(str, self.items))}]"


@dataclass(frozen=True)
class RecordPattern:
    """A record as written; ``fields`` are the types of its fields, in terms of its type arguments."""

    record: Applied
    fields: tuple[tuple[str, Pattern], ...] = field(compare=False)
    parameters: tuple[str, ...] = field(compare=False)
    layout: str = field(default="aos", compare=False)

    def __str__(self) -> str:
        return str(self.record)


@dataclass(frozen=True)
class GeneratorPattern:
    """``np.random.Generator``: what a function of the program takes from another."""

    def __str__(self) -> str:
        return "np.random.Generator"


@dataclass(frozen=True)
class NonePattern:
    def __str__(self) -> str:
        return "None"


@dataclass(frozen=True)
class ModulePattern:
    """A field that is a submodule."""

    module: Applied

    def __str__(self) -> str:
        return str(self.module)


@dataclass(frozen=True)
class ModuleInstance:
    """A module at compile time, ``self`` or ``self.sub``; ``path`` leads to it from the method's own module."""

    module: Applied
    bindings: tuple[tuple[str, Value], ...] = field(compare=False)
    path: str = ""


@dataclass(frozen=True)
class Captured:
    """A value that exists at run time: what the variable ``name`` of the function that is being checked holds."""

    name: str


@dataclass(frozen=True)
class Closure:
    """A function inside another, or a lambda. ``captured`` are the names that it uses and does not bind itself.

    What they mean is said for the function in which the closure is used. A name of the function that defines it is
    :class:`Captured`: as in Python it is read when the closure is called.
    """

    definition: Definition
    captured: tuple[tuple[str, Value], ...]

    def __str__(self) -> str:
        return self.definition.name


@dataclass(frozen=True)
class Partial:
    """``functools.partial(function, *arguments, **keywords)``."""

    function: Value
    arguments: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]

    def __str__(self) -> str:
        return f"partial({text(self.function)})"


@dataclass(frozen=True)
class Contract:
    """A function as a parameter with the type ``Callable[...]``, to which calls of it are held.

    ``name`` is the parameter, ``span`` where it is declared.
    """

    function: Value
    name: str
    parameters: tuple[Pattern, ...] | None
    result: Pattern | None
    span: Span = field(compare=False)

    def __str__(self) -> str:
        return text(self.function)


@dataclass(frozen=True)
class Method:
    """A method of a module: ``self.forward``, ``self.sub`` when called."""

    module: ModuleInstance
    definition: Definition


@dataclass(frozen=True)
class Limits:
    """What ``np.iinfo`` and ``np.finfo`` say of an element type."""

    dtype: str

    def __str__(self) -> str:
        return f"the limits of {self.dtype}"


@dataclass(frozen=True)
class RecordMethod:
    """A method of a record; what it is called on is its first argument."""

    record: RecordType
    definition: Definition


Pattern = TensorPattern | ScalarPattern | TuplePattern | RecordPattern | GeneratorPattern | NonePattern | ModulePattern
if TYPE_CHECKING:
    #: A compile-time value. Numbers, strings and tuples of values stand for themselves, as does ``None``.
    Value: TypeAlias = (
        int | float | complex | bool | str | tuple["Value", ...] | Element | PythonType | Bound | TypeParameter
        | Precision | Target | Dim | Library | LibraryName | Definition | Applied | Method | RecordMethod
        | ModuleInstance | Pattern | Captured | Closure | Recursive | Parent | Partial | Contract | Table | Alias
        | Limits | Namespace | None
    )  # fmt: skip
else:
    Value = object
Bindings: TypeAlias = Mapping[str, Value]

_FLOATS = tuple(n for n, d in DTYPES.items() if d.is_float and n not in STORED)
_INTEGERS = tuple(n for n, d in DTYPES.items() if d.is_integer and n not in STORED)
_COMPLEX = tuple(n for n, d in DTYPES.items() if d.kind == "complex")
#: The bounds of type parameters that the language names.
BOUNDS = {
    "Float": Bound("dtype", "Float", _FLOATS),
    "Int": Bound("dtype", "Int", _INTEGERS),
    "Number": Bound("dtype", "Number", (*_INTEGERS, *_FLOATS, *_COMPLEX)),
    "Precision": Bound("precision", "Precision"),
    "Target": Bound("target", "Target"),
}


def text(value: Value) -> str:
    """A compile-time value as users write it."""
    match value:
        case str():
            return repr(value)
        case tuple():
            return f"({', '.join(map(text, value))}{',' if len(value) == 1 else ''})"
        case Target(name=name, chip=chip):
            return f'{name}("{chip}")' if chip else name
        case _:
            return str(value)


def described(value: Value) -> str:
    """What kind of thing a compile-time value is, for a message."""
    match value:
        case Library(name) | LibraryName("module", name):
            return f"the module {name}"
        case LibraryName():
            return f"the function {value}"
        case Definition(node=ast.ClassDef()):
            return f"the class {value}"
        case Definition():
            return f"the function {value}"
        case Element() | PythonType():
            return f"the type {value}"
        case Target():
            return f"the target {text(value)}"
        case TypeParameter():
            return f"the type parameter {value.name}"
        case bool() | int() | float() | complex() | str() | None:
            return f"the constant {value!r}"
        case Applied():
            return str(value)
        case TensorPattern() | ScalarPattern() | TuplePattern() | RecordPattern() | NonePattern() | ModulePattern():
            return f"the type {value}"
        case GeneratorPattern():
            return f"the type {value}"
        case RecordMethod():
            return f"the method {value.definition}"
        case ModuleInstance():
            return f"the module instance {value.module}"
        case Method():
            return f"the method {value.definition}"
        case Closure(definition=Definition(name="lambda")):
            return "a lambda"
        case Closure():
            return f"the function {value}"
        case Recursive():
            return f"the function {value}"
        case Parent():
            return "`super()`"
        case Partial():
            return str(value)
        case Contract(function=function):
            return described(function)
        case Table():
            return "the dict of constants"
        case Alias():
            return f"the type alias {value}"
        case Precision():
            return f"the precision {value}"
        case tuple():
            return f"the constant tuple {text(value)}"
        case _:
            return "a module"
