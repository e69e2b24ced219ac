"""``@pyc.jit``: a function compiled when it is first called, for the argument types of the call.

What is compiled is the function as its file has it: the source is read, never the function object. Dimensions stay
symbolic, so a new shape compiles nothing; a new element type, rank or kind of number does. Results are kept for the
process and, by :mod:`cache`, on disk.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import inspect
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from importlib import import_module
from types import FunctionType
from typing import Any

import numpy as np

from pyc.annotations import spell
from pyc.diagnostics import CompileError
from pyc.markers import fast_flags
from pyc.module import Module, changes
from pyc.target import Target
from pyc.targets.cpu._native import Link, Native, attach, called_natively
from pyc.targets.interpreter import Array, typed
from pyc.targets.interpreter.calls import Signature, read_signature

from .bound_modules import Bound, instance_name
from .compilation import JitOptions, begin, compiled, is_cached
from .kinds import is_constant, key, kind, spelled, static_kind

#: The level of code that is made quickly.
_QUICK = 1
#: How many types of arguments are told apart in compiled code: each costs a few nanoseconds for those before it.
_MOST_LINKS = 8
#: For how many seconds a child waits for what its parent compiles again, and how often it looks.
_PATIENCE, _LOOK = 10.0, 0.1
#: What a call of one signature runs: the arguments, all by position, give the result.
Entry = Callable[[tuple[Any, ...]], Any]


def jit(
    function: Any = None,
    /,
    *,
    target: Any = None,
    unchecked: bool = False,
    level: int = 3,
    background: bool = False,
    fastmath: bool | str | Iterable[str] = False,
    **others: Any,
) -> Any:
    """``function``, compiled on its first call for each combination of argument types: ``@pyc.jit``.

    With options it gives the decorator: ``@pyc.jit(target=cpu("x86-64-v3"), unchecked=True)``. ``unchecked`` drops the
    checks of bounds and overflow; ``level`` is how hard code is optimised, from 0 to 3; ``background=True`` answers the
    first call with code that is made quickly, while a thread has it made at ``level``; ``fastmath`` is True or a set of
    flags by which arithmetic on floats may differ from IEEE's (``reassoc``, ``contract``, ...). Where the environment
    has ``PYC_INTERPRET=1`` the function is interpreted instead.

    Raises:
        TypeError: an option that does not exist, or something that is not a function of a module.
    """
    if others:
        name = next(iter(others))
        known = "it takes target=, unchecked=, level=, background= and fastmath="
        raise TypeError(f"pyc.jit has no option {name!r}; {known}")
    if level not in (0, 1, 2, 3):
        raise TypeError(f"pyc.jit takes a level from 0 to 3, not {level!r}")
    options = JitOptions(_target(target), bool(unchecked), int(level), bool(background), fast_flags(fastmath))
    if function is None:
        return functools.partial(_jitted, options=options)
    return _jitted(function, options)


def _target(given: Any) -> Target | None:
    if given is None or isinstance(given, Target):
        return given
    raise TypeError(f"pyc.jit takes a target such as cpu('x86-64-v3'), not {given!r}")


def _jitted(function: Any, options: JitOptions) -> Any:
    if not isinstance(function, FunctionType):
        raise TypeError(f"pyc.jit compiles functions, not {type(function).__name__}")
    if os.environ.get("PYC_INTERPRET", "0") not in ("", "0"):
        from .declared_locals import converting

        return typed(converting(function))
    if "<locals>" in function.__qualname__:
        name = function.__qualname__.replace(".<locals>", "")
        raise TypeError(f"{name} is defined inside a function: pyc.jit compiles the functions of a module")
    if not function.__name__.isidentifier():
        raise TypeError("pyc.jit compiles functions that have a name: write the lambda as a def")
    return Compiled(function, options)


def compile_on_call(function: FunctionType) -> Any:
    """``function`` as one that is compiled when it is called; what ``pyc run`` makes of typed functions."""
    return Compiled(function, JitOptions())


@called_natively
class Compiled(Native):
    """A function that compiles itself on demand. ``f[f32]`` is its instance for type parameters given explicitly."""

    def __init__(self, function: FunctionType, options: JitOptions, instance: str = "") -> None:
        functools.update_wrapper(self, function)
        self.__wrapped__: FunctionType = function
        self._options = options
        self._instance = instance
        self._entries: dict[tuple[Any, ...], Entry] = {}
        self._only: Entry | None = None
        #: The function that was compiled last, what calls go to directly, and how many there are behind each other.
        self._made: Any = None
        self._direct: tuple[Any, ...] = ()
        self._links = 0
        self._retired: list[Any] = []
        #: What a thread compiles again: by name and types, the arguments of the call and the options.
        self._improving: dict[tuple[str, tuple[str, ...] | None], tuple[tuple[Any, ...], JitOptions]] = {}
        code = function.__code__
        self._arity = -1 if code.co_kwonlyargcount else code.co_argcount  # -1: never called by position alone
        #: Names of the parameters, how many of them must be passed by position, and the defaults of the last.
        self._names = code.co_varnames[: code.co_argcount]
        self._least = code.co_posonlyargcount
        defaults = function.__defaults__ or ()
        self._defaults = dict(zip(self._names[len(self._names) - len(defaults) :], defaults, strict=True))
        self._instances: dict[str, Compiled] = {}
        self._modules: weakref.WeakKeyDictionary[Module, Bound] = weakref.WeakKeyDictionary()
        self._renew_lock()
        _made.add(self)

    def _renew_lock(self) -> None:
        """Make the lock under which a function is compiled once, however many threads call it first."""
        self._lock = threading.RLock()

    @functools.cached_property
    def _signature(self) -> Signature:
        try:
            return read_signature(self.__wrapped__)
        except (NameError, TypeError):
            # The compiler says of the same annotations where they are wrong, and what to write.
            target = self._options.target or Target("cpu", "native")
            try:
                compiled(self.__wrapped__, self.__wrapped__.__name__ + self._instance, None, target, self._options)
            except CompileError as error:
                raise error from None
            raise

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        if named or len(arguments) != self._arity:
            ordered = self._ordered(arguments, named)
            return self._call(self._bound(arguments, named)) if ordered is None else self(*ordered)
        only = self._only
        if only is None:
            return self._call(arguments)
        try:
            return only(arguments)
        except TypeError:
            # Refused, before anything ran: what is mixed and in compute precision is rounded first.
            if not any(isinstance(v, Array) for v in arguments):
                raise
        return self._call(arguments)

    def _ordered(self, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """All arguments by position, where nothing is wrong with them and none is passed by keyword only."""
        if not self._least <= len(arguments) <= self._arity:
            return None
        values, left = list(arguments), len(named)
        for name in self._names[len(arguments) :]:
            if name in named:
                values.append(named[name])
                left -= 1
            elif name in self._defaults:
                values.append(self._defaults[name])
            else:
                return None
        return None if left else tuple(values)

    def _bound(self, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> tuple[Any, ...]:
        """All arguments by position, with the defaults, as Python binds them and with its messages."""
        try:
            bound = self._signature.python.bind(*arguments, **named)
        except TypeError as error:
            raise TypeError(f"{self.__wrapped__.__name__}(): {error}") from None
        bound.apply_defaults()
        return tuple(bound.arguments.values())

    def _call(self, values: tuple[Any, ...]) -> Any:
        if values and isinstance(values[0], Module):
            return self._method(values[0])(values[1:])
        called_with = tuple(map(key, values))
        entry = self._entries.get(called_with)
        if entry is None:
            with self._lock:
                entry = self._entries.get(called_with)
                if entry is None:
                    entry = self._entries[called_with] = self._compiled_for(values)
                    self._call_directly(values)
        return _run(entry, self._passed(values))

    def _passed(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments that are not constants of the instance."""
        declared = self._signature.parameters.values()
        return tuple(v for v, d in zip(values, declared, strict=True) if not is_constant(v, d))

    def _compiled_for(self, values: tuple[Any, ...]) -> Entry:
        """The entry for arguments of these types."""
        if "." in self.__wrapped__.__qualname__:
            # By its name alone, the compiler would take a function of the module that is called the same.
            raise TypeError(
                f"{self.__wrapped__.__qualname__} is defined in a class: pyc.jit compiles the functions of a module and"
                " the methods of a pyc.Module"
            )
        name = self.__wrapped__.__name__ + self._instance
        if self._signature.is_concrete or (self._instance and self._says_all):
            only = self._only
            if only is None:
                self._made = self._export(name, None, values)
                only = self._only = self._made.run
            return only
        declared = self._signature.parameters
        kinds = tuple(
            static_kind(n, v, self.__wrapped__.__globals__) if is_constant(v, declared[n]) else kind(n, v, declared[n])
            for n, v in zip(declared, values, strict=True)
        )
        self._made = self._export(name, kinds, values)
        return self._made.run

    def _export(self, name: str, kinds: tuple[str, ...] | None, values: tuple[Any, ...]) -> Any:
        """The function for arguments of these types: quickly made code at first, where better is made meanwhile."""
        options = self._options
        if not options.background or options.level <= _QUICK:
            return _only_export(compiled(self.__wrapped__, name, kinds, self._chosen_target, options))
        final = replace(options, background=False)
        if is_cached(self.__wrapped__, name, kinds, self._chosen_target, final):
            return _only_export(compiled(self.__wrapped__, name, kinds, self._chosen_target, final))
        quick = _only_export(compiled(self.__wrapped__, name, kinds, self._chosen_target, replace(final, level=_QUICK)))
        self._improving[name, kinds] = values, final
        # From a thread, the process could not be forked: a new one would load the compiler again.
        begun = begin(self.__wrapped__, name, kinds, self._chosen_target, final)
        self._start_improving(name, kinds, begun, 0.0)
        return quick

    def _start_improving(self, name: str, kinds: tuple[str, ...] | None, begun: Any, patience: float) -> None:
        arguments = name, kinds, *self._improving[name, kinds], begun, patience
        threading.Thread(target=self._improve, args=arguments, daemon=True).start()

    def _improve(
        self,
        name: str,
        kinds: tuple[str, ...] | None,
        values: tuple[Any, ...],
        options: JitOptions,
        begun: Any,
        patience: float,
    ) -> None:
        """Compile a function again, and let calls have that; what fails leaves the code that there is.

        ``begun`` is the job that does, if there is one. For so many seconds of ``patience`` another process is given
        the time to put the code into the cache.
        """
        until = time.monotonic() + patience
        while time.monotonic() < until and not is_cached(self.__wrapped__, name, kinds, self._chosen_target, options):
            time.sleep(_LOOK)
        with contextlib.suppress(CompileError):
            bundle = compiled(self.__wrapped__, name, kinds, self._chosen_target, options, begun=begun)
            made = _only_export(bundle)
            with self._lock:
                # A call may be in the old code at this moment.
                self._retired.append(self._made)
                self._made = made
                if self._only is not None:
                    self._only = made.run
                self._entries[tuple(map(key, values))] = made.run
                self._call_directly(values)
        self._improving.pop((name, kinds), None)

    def _call_directly(self, values: tuple[Any, ...]) -> None:
        """Let calls with arguments of the types that were compiled last go to compiled code.

        What it does not take goes on to the types compiled before, and from those to :meth:`__call__`.
        """
        made = self._made
        if made is None or made.direct is None or len(made._parameters) != len(values) or self._links == _MOST_LINKS:
            return
        entry, names = made.direct
        if self._only is not None:
            attach(self, entry, names, self.__call__, made.fail)
            return
        if not all(type(v) is np.ndarray or isinstance(v, (bool, int, float, np.generic)) for v in values):
            return  # compiled code would take a plain array for one of the language, which has a precision besides
        # Each kind of number is a type of its own here: an int and an np.int64 are compiled apart.
        types = {i: type(v) for i, v in enumerate(values) if not isinstance(v, np.ndarray)}
        link = Link() if self._links else self.__call__
        if isinstance(link, Link):
            attach(link, *self._direct)
        self._direct = entry, names, link, made.fail, types
        self._links += attach(self, *self._direct)

    @functools.cached_property
    def _says_all(self) -> bool:
        """Whether an instance gives every type parameter; else the arguments of each call show the others."""
        given = ast.parse(f"f{self._instance}", mode="eval").body.slice  # type: ignore[attr-defined]
        count = len(given.elts) if isinstance(given, ast.Tuple) else 1
        return count >= len([p for p in self._signature.generic if p.kind != "dim" and p.default is None])

    def __getitem__(self, arguments: Any) -> Compiled:
        given = arguments if isinstance(arguments, tuple) else (arguments,)
        return self._instance_of(", ".join(map(spelled, given)))

    def _instance_of(self, text: str) -> Compiled:
        with self._lock:
            if text not in self._instances:
                self._instances[text] = Compiled(self.__wrapped__, self._options, f"[{text}]")
            return self._instances[text]

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __reduce__(self) -> Any:
        """Pickled by its name, as functions are, and an instance by that and its types; code belongs to a process."""
        if self._instance:
            return _instance, (self.__module__, self.__wrapped__.__qualname__, self._instance[1:-1])
        return self.__wrapped__.__qualname__

    def __repr__(self) -> str:
        return f"<pyc.jit {self.__wrapped__.__qualname__}{self._instance}{_written(self.__wrapped__)}>"

    @property
    def _chosen_target(self) -> Target:
        return self._options.target or self._signature.fixed_target or Target("cpu", "native")

    def _method(self, module: Module) -> Entry:
        """The compiled method of one module object, with the weights that it has now."""
        known, now = self._modules.get(module), changes()
        if known is not None and known.changes == now:
            return known.entry
        with self._lock:
            known = self._modules.get(module)
            if known is None:
                known = self._modules[module] = self._bound_method(module)
            known.take(module.arrays(), now)
        return known.entry

    def _bound_method(self, module: Module) -> Bound:
        cls = type(module)
        bindings = cls.__pyc_bindings__ or {}
        target = next((b for b in bindings.values() if isinstance(b, Target)), None) or self._chosen_target
        name = instance_name(self.__wrapped__, cls)
        export = _only_export(compiled(self.__wrapped__, name, None, target, self._options))
        run = export._methods[self.__wrapped__.__name__].run
        return Bound(lambda values: _run(run, values), export, repr(cls.__name__))


#: Every function that is compiled on demand, as long as it lives.
_made: weakref.WeakSet[Compiled] = weakref.WeakSet()


def _after_fork() -> None:
    """Give a child what threads of its parent would have given it: they are not there."""
    for function in list(_made):
        function._renew_lock()  # a thread may have held it
        for name, kinds in list(function._improving):
            function._start_improving(name, kinds, None, _PATIENCE)


os.register_at_fork(after_in_child=_after_fork)


def _instance(module: str, name: str, text: str) -> Compiled:
    """``f[f32]`` where a pickle of it is read."""
    generic: Compiled = functools.reduce(getattr, name.split("."), import_module(module))  # type: ignore[assignment]
    return generic._instance_of(text)


class _Written:
    """An annotation as it is written, for a signature's text."""

    def __init__(self, annotation: Any) -> None:
        self._text = annotation if isinstance(annotation, str) else spell(annotation)

    def __repr__(self) -> str:
        return self._text


def _written(function: FunctionType) -> str:
    """The signature of a function as text, its types as they are written."""
    signature, empty = inspect.signature(function), inspect.Parameter.empty
    parameters = [
        p if p.annotation is empty else p.replace(annotation=_Written(p.annotation))
        for p in signature.parameters.values()
    ]
    result = signature.return_annotation
    return str(
        signature.replace(parameters=parameters, return_annotation=result if result is empty else _Written(result))
    )


def _only_export(bundle: Any) -> Any:
    (name,) = dict.fromkeys(e["attribute"] for e in bundle._manifest["functions"])
    return getattr(bundle, name)


# --- results ----------------------------------------------------------------------------------------------------------


def _run(entry: Entry, values: tuple[Any, ...]) -> Any:
    """The result of a call. Arrays of the language are rounded to storage for it, as arguments are."""
    plain = [v.stored() if isinstance(v, Array) else v for v in values]
    result = entry(tuple(plain))

    def restored(r: Any) -> Any:
        return next((v for v, p in zip(values, plain, strict=True) if r is p), r)  # an argument itself

    return tuple(map(restored, result)) if isinstance(result, tuple) else restored(result)
