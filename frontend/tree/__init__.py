"""The checked program: what the checker gives and the emitter takes.

Every expression has its type; every conversion stands as a :class:`Cast`; generics are instantiated, names resolved,
compile-time branches chosen. Control flow is still Python's (``break``, early ``return``), and arrays still have
reference semantics: turning both into values is the emitter's work.
"""

from __future__ import annotations

from .arrays import (
    ArgReduce as ArgReduce,
)
from .arrays import (
    BroadcastTo as BroadcastTo,
)
from .arrays import (
    Chosen as Chosen,
)
from .arrays import (
    Concat as Concat,
)
from .arrays import (
    Copy as Copy,
)
from .arrays import (
    Correlate as Correlate,
)
from .arrays import (
    Diagonal as Diagonal,
)
from .arrays import (
    DimValue as DimValue,
)
from .arrays import (
    Empty as Empty,
)
from .arrays import (
    Entry as Entry,
)
from .arrays import (
    Extent as Extent,
)
from .arrays import (
    Fill as Fill,
)
from .arrays import (
    Gather as Gather,
)
from .arrays import (
    Index as Index,
)
from .arrays import (
    Iota as Iota,
)
from .arrays import (
    Item as Item,
)
from .arrays import (
    Matmul as Matmul,
)
from .arrays import (
    NewAxis as NewAxis,
)
from .arrays import (
    Nonzero as Nonzero,
)
from .arrays import (
    Packed as Packed,
)
from .arrays import (
    Range as Range,
)
from .arrays import (
    Reduce as Reduce,
)
from .arrays import (
    Reshape as Reshape,
)
from .arrays import (
    Subscript as Subscript,
)
from .arrays import (
    Transpose as Transpose,
)
from .expressions import (
    Annotated as Annotated,
)
from .expressions import (
    Binary as Binary,
)
from .expressions import (
    Bind as Bind,
)
from .expressions import (
    Call as Call,
)
from .expressions import (
    Cast as Cast,
)
from .expressions import (
    Checked as Checked,
)
from .expressions import (
    Compare as Compare,
)
from .expressions import (
    Conditional as Conditional,
)
from .expressions import (
    Conform as Conform,
)
from .expressions import (
    Constant as Constant,
)
from .expressions import (
    DimCheck as DimCheck,
)
from .expressions import (
    Do as Do,
)
from .expressions import (
    Expression as Expression,
)
from .expressions import (
    FromArray as FromArray,
)
from .expressions import (
    Guard as Guard,
)
from .expressions import (
    IsKind as IsKind,
)
from .expressions import (
    Local as Local,
)
from .expressions import (
    Named as Named,
)
from .expressions import (
    Select as Select,
)
from .expressions import (
    ShortCircuit as ShortCircuit,
)
from .expressions import (
    Static as Static,
)
from .expressions import (
    Together as Together,
)
from .expressions import (
    Transfer as Transfer,
)
from .expressions import (
    Tuple as Tuple,
)
from .expressions import (
    TupleItem as TupleItem,
)
from .expressions import (
    Unary as Unary,
)
from .expressions import (
    Updated as Updated,
)
from .expressions import (
    WeightRef as WeightRef,
)
from .program import (
    Function as Function,
)
from .program import (
    Program as Program,
)
from .program import (
    Variable as Variable,
)
from .program import (
    Weight as Weight,
)
from .statements import (
    Assert as Assert,
)
from .statements import (
    Assign as Assign,
)
from .statements import (
    Break as Break,
)
from .statements import (
    Continue as Continue,
)
from .statements import (
    Evaluate as Evaluate,
)
from .statements import (
    ForRange as ForRange,
)
from .statements import (
    Handler as Handler,
)
from .statements import (
    If as If,
)
from .statements import (
    Raise as Raise,
)
from .statements import (
    Reraise as Reraise,
)
from .statements import (
    Return as Return,
)
from .statements import (
    Rounds as Rounds,
)
from .statements import (
    Statement as Statement,
)
from .statements import (
    Store as Store,
)
from .statements import (
    Tell as Tell,
)
from .statements import (
    Try as Try,
)
from .statements import (
    While as While,
)
