"""The statements and functions of random programs; ``drawn.py`` has their expressions."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
from drawn import FEATURES, INTS, Function, Scope, Type, Value, dtype_of, given
from drawn_wide import Wide

ERRORS = ("ValueError", "IndexError", "ZeroDivisionError", "TypeError", "KeyError", "RuntimeError")


class Statements(Wide):
    """Writes the statements of one function; ``left``: how many may still have others inside."""

    left: int = 9

    def block(self, s: Scope, most: int = 3) -> list[str]:
        lines = []
        for _ in range(self.r.randint(1, most if self.left > 0 else 1)):
            lines += ["    " + line for line in self.statement(s)]
        return lines

    def statement(self, s: Scope) -> list[str]:
        simple = [self.assigned, self.stored, self.stored, self.augmented, self.rebound, self.exchanged]
        if self.has("out"):
            simple += [self.out, self.out]
        if self.has("index"):
            simple += [self.indexed, self.indexed]
        if self.has("records") and self.records:
            simple += [self.record] * 4
        if self.has("nested"):
            simple += [self.called]
        if self.has("inner") and s.depth < 2:
            simple += [self.inner] * 2
        if self.has("unpacked"):
            simple += [self.unpacked, self.packed]
        if self.has("steps"):
            simple += [self.stepped] * 3
        if self.has("writes"):
            simple += [self.written] * 4
        if self.has("mixed"):
            simple += [self.mixed] * 5
        if self.has("jumps") or self.has("raise"):
            simple += [self.jump]
        self.left -= 1
        if s.depth >= 3 or self.left < 0 or self.chance(0.45 + 0.15 * s.depth):
            return self.of(*simple)(s)
        nested = [self.branch, self.counted, self.over, self.repeated]
        if self.has("try"):
            nested += [self.guarded] * 3
        if self.has("match"):
            nested += [self.matched] * 2
        if self.has("prange") and not s.loop:
            nested += [self.parallel] * 3
        return self.of(*nested)(s)

    # --- simple statements --------------------------------------------------------------------------------------------

    def assigned(self, s: Scope) -> list[str]:
        name = self.pick(s, lambda t: t.is_python and t.dtype != "complex")
        if name is None or name.text not in ("a", "b", "r", "o"):
            return [f"a = {self.integer(s)}"]
        text = {"int": self.integer, "float": self.real, "bool": self.condition}[name.type.dtype](s)
        if name.type.dtype != "bool" and self.chance(0.3):
            return [f"{name.text} {self.of('+=', '-=')} {text}"]
        if self.chance(0.1):
            return [f"a, b = {self.integer(s)}, {self.integer(s)}"]
        return [f"{name.text} = {f'bool({text})' if name.type.dtype == 'bool' else text}"]

    def _target(self, s: Scope) -> Value | None:
        found = self.pick(s, lambda t: t.dims is not None and len(t.dims) > 0)
        if found is None:
            return None
        assert found.type.dims is not None
        return self.viewed(s, found.type.dims) if self.chance(0.5) else found

    def stored(self, s: Scope) -> list[str]:
        """An element, or a part that a slice says."""
        to = self._target(s)
        if to is None:
            return self.assigned(s)
        dims = to.type.dims
        assert dims is not None
        value = self._fitting(s, to.type)
        if self.chance(0.5):
            where = ", ".join(self.position(s, d) for d in dims)
        else:
            where = self.of(":", "1:", ":-1", "::2", "::-1", "-2:", "a % 3:", "3:b", "1::-1")
            if len(dims) == 2 and self.chance(0.5):
                where += f", {self.of(self.position(s, dims[1]), '1:', '::-1', '::2')}"
        # An element of bf16 and a float are a number of f32 for ml_dtypes.
        op = self.of("=", "=", "=", "+=", "*=") if to.type.dtype not in ("bool", "bf16") else "="
        return [f"{to.text}[{where}] {op} {value}"]

    def _fitting(self, s: Scope, t: Type) -> str:
        """A number that an array of a type takes."""
        match t.kind:
            case "b":
                return self.condition(s, 1)
            case "c":
                z = self.number(s, "fc")
                return z.text if z.type.is_python or self._casts(z.type, t) else self.real(s, 1)
            case "f":
                e = self.element(s, 1, lambda u: u.kind in "iuf" and np.can_cast(dtype_of(u.dtype), dtype_of(t.dtype)))
                return e.text if e and self.chance(0.4) else self.real(s, 1)
        e = self.element(s, 1, lambda u: u.dtype == t.dtype)
        return e.text if e and self.chance(0.4) else f"({self.integer(s, 1)}) {self.of('& 15', '% 11')}"

    def augmented(self, s: Scope) -> list[str]:
        """A whole array, or a view of one, changed in place."""
        to = self._target(s)
        if to is None:
            return self.assigned(s)
        dims = to.type.dims
        assert dims is not None
        x = self.array(s, dims, 1)
        op = self.of("=", "+=", "-=", "*=", *(("&=", "|=", "^=") if to.type.kind in "iub" else ("=",)))
        if op == "=":
            if not self._casts(x.type, to.type):
                return self.stored(s)
            return [f"{to.text}{self.of('[:]', '[...]', '[::-1]')} = {x.text}"]
        t = given(f"{{0}} {op[:-1]} {{1}}", Type(to.type.dtype, dims), x.type)
        if t is None or not self._casts(t, to.type):
            return self.stored(s)
        if to.text.isidentifier():
            return [f"{to.text} {op} {x.text}"]
        return [f"{to.text}[...] {op} {x.text}"]

    @staticmethod
    def _casts(source: Type, to: Type) -> bool:
        return np.can_cast(dtype_of(source.dtype), dtype_of(to.dtype), "safe")

    def rebound(self, s: Scope) -> list[str]:
        """A name of an array, bound anew to one of the same type."""
        name = self.pick(s, lambda t: t.dims is not None and len(t.dims) > 0)
        if name is None or not name.text.isidentifier() or s.guarded:
            return self.augmented(s)  # where an error may come, names of arrays are not bound anew
        assert name.type.dims is not None
        x = self.array(s, name.type.dims)
        if x.type.dtype != name.type.dtype:
            same = self.viewed(s, name.type.dims, lambda t: t.dtype == name.type.dtype)
            assert same is not None
            x = same
        return [f"{name.text} = {x.text}"]

    def exchanged(self, s: Scope) -> list[str]:
        one = self.arrays(s)
        if one is None or not one.text.isidentifier() or s.guarded:
            return self.augmented(s)
        two = self.pick(s, lambda t: t == one.type)
        assert two is not None
        if two.text == one.text:
            return self.augmented(s)
        return [f"{one.text}, {two.text} = {two.text}, {one.text}{self.of('', '', '[::-1]')}"]

    def out(self, s: Scope) -> list[str]:
        to = self._target(s)
        if to is None:
            return self.assigned(s)
        assert to.type.dims is not None
        x, y = self.array(s, to.type.dims, 1), self.array(s, to.type.dims, 1)
        op = self.of("add", "subtract", "multiply", "minimum", "maximum")
        t = given(f"np.{op}({{}}, {{}})", x.type, y.type)
        if t is None or not self._casts(t, to.type):
            op, y = "positive", None
            if x.type.dtype == "bool" or not self._casts(x.type, to.type):
                return self.stored(s)
        return [f"np.{op}({x.text}{', ' + y.text if y else ''}, out={to.text})"]

    def indexed(self, s: Scope) -> list[str]:
        """A write by a mask or by positions."""
        to = self._target(s)
        if to is None:
            return self.assigned(s)
        dims = to.type.dims
        assert dims is not None
        value = self._fitting(s, to.type)
        op = self.of("=", "=", "+=") if to.type.dtype != "bool" else "="
        if self.chance(0.5):
            return [f"{to.text}[{self.condition_array(s, dims, 1)}] {op} {value}"]
        n = self.extents[dims[0]]
        where = self.of(
            "[0, -1]", f"np.arange({n})[::2]", f"np.arange({n}) // 2", "[a % 3, 0]", f"np.arange({n})[::-1]"
        )
        if self.chance(0.3):
            return [f"{to.text}[{where}] = {to.text}[{where}][::-1]"]
        return [f"{to.text}[{where}] {op} {value}"]

    def record(self, s: Scope) -> list[str]:
        name, kind = self.r.choice(list(self.records.items()))
        i, j = self.position(s, "R"), self.position(s, "R")
        real, integer = self.real(s, 1), f"({self.integer(s, 1)}) % 50"
        if kind == "Vec":
            return [
                self.of(
                    f"{name}[{i}].x = {real}",
                    f"{name}[{i}].n += {integer}",
                    f"{name}['x'] += {real}",
                    f"{name}['y'][::-1] *= {name}['x']",
                    f"{name}[{i}] = Vec({real}, {name}[{j}].y, {integer})",
                    f"{name}[{i}] = {name}[{j}]",
                    f"d = Vec({real}, n={integer})",
                    f"d = dataclasses.replace(d, y={real})",
                    f"d = d + Vec({name}[{i}].x, {real})",
                    f"d = d + {name}[{i}]",
                    f"r = float(d.sum() + {name}[{i}].sum())",
                    f"{name}[1:] = {name}[:-1]",
                    f"{name}[::2]['n'] = {integer}",
                    f"b = int({name}[{i}].n) + d.n",
                )
            ]
        return [
            self.of(
                f"{name}[{i}].low.x = {real}",
                f"{name}[{i}].low = Vec({real}, 1.0, {integer})",
                f"{name}['low']['y'] += {real}",
                f"{name}[{i}].w *= 2",
                f"{name}[{i}].k = {integer}",
                f"{name}['k'] += np.arange(len({name}), dtype=np.int16)",
                f"{name}[{i}] = Box({name}[{j}].low, 2.5, 7)",
                f"{name}[{i}].low = {name}[{j}].low",
                f"d = dataclasses.replace({name}[{i}].low)",
                f"r = float({name}[{i}].low.sum())",
                f"{name}[:] = {name}[::-1]",
            )
        ]

    def called(self, s: Scope) -> list[str]:
        x = self.pick(s, lambda t: t.dims is not None and len(t.dims) > 0 and t.dtype in ("f64", "f32", "i64", "i32"))
        if x is None:
            return self.assigned(s)
        if x.type.kind == "i" and self.chance(0.6) and len(x.type.dims or ()) == 1:
            return [f"a = folded(lambda p, q: (p * 3 + q) % {self.of('101', '97')}, {x.text}, {self.integer(s, 1)})"]
        if len(x.type.dims or ()) == 2 and x.type.kind == "i" and self.chance(0.7):
            return [f"b = int(biggest({x.text}))"]
        by = self.integer(s, 2) if x.type.kind == "i" else self.real(s, 2)
        return [
            f"bump({self.of(x.text, f'{x.text}[::-1]', f'{x.text}[1:]')}, {by}{' & 7' if x.type.kind == 'i' else ''})"
        ]

    def jump(self, s: Scope) -> list[str]:
        if s.loop and self.has("jumps") and self.chance(0.6):
            return [f"if {self.condition(s)}:", f"    {self.of('break', 'continue')}"]
        if self.has("raise") and self.chance(0.6):
            error = self.of(*ERRORS)
            text = self.of("'no'", "f'{a} of {b}'", "")
            return [f"if {self.condition(s)}:", f"    raise {error}({text})"]
        if self.has("raise") and self.chance(0.4):
            return [f"assert {self.condition(s)}, {self.of(repr('must'), 'f' + repr('a is {a}'))}"]
        return [f"if {self.condition(s)}:", "    return RESULT"] if self.has("jumps") else self.assigned(s)

    # --- nested statements --------------------------------------------------------------------------------------------

    def branch(self, s: Scope) -> list[str]:
        lines = [f"if {self.condition(s)}:", *self.block(s.inside())]
        if self.chance(0.3):
            lines += [f"elif {self.condition(s)}:", *self.block(s.inside())]
        return [*lines, "else:", *self.block(s.inside())] if self.chance(0.5) else lines

    def _otherwise(self, s: Scope, lines: list[str]) -> list[str]:
        return [*lines, "else:", *self.block(s.inside(), 2)] if self.chance(0.25) else lines

    def counted(self, s: Scope) -> list[str]:
        i, extent = self.fresh("i"), self.extents[self.of(*self.extents)]
        span = self.of("3", extent, f"1, {extent}", f"{extent} - 1, -1, -1", "b % 5", "0, 7, 3", "a % 3, 4")
        return self._otherwise(
            s, [f"for {i} in range({span}):", *self.block(s.inside(Value(i, Type("int")), loop=True))]
        )

    def over(self, s: Scope) -> list[str]:
        x = self.arrays(s)
        if x is None:
            return self.counted(s)
        assert x.type.dims is not None
        v, i = self.fresh("v"), self.fresh("i")
        item = Value(v, Type(x.type.dtype, x.type.dims[1:] or None))
        source = self.of(x.text, x.text, f"{x.text}[::-1]", f"{x.text}[1:]")
        inside = s.inside(item, loop=True)
        counted = inside.with_(Value(i, Type("int")))
        match self.r.randrange(4):
            case 0 | 1:
                return self._otherwise(s, [f"for {v} in {source}:", *self.block(inside)])
            case 2:
                return self._otherwise(s, [f"for {i}, {v} in enumerate({source}):", *self.block(counted)])
            case _:
                return [f"for {i}, {v} in zip(range({self.of('2', '9')}), {source}):", *self.block(counted)]

    def repeated(self, s: Scope) -> list[str]:
        i = self.fresh("i")
        body = [f"    {i} += 1", *self.block(s.inside(Value(i, Type("int")), loop=True))]
        return [f"{i} = 0", *self._otherwise(s, [f"while {i} < {self.of('2', '3', 'b % 6')}:", *body])]

    def guarded(self, s: Scope) -> list[str]:
        inside = s.inside(guarded=True)
        body = self.block(inside)
        if self.chance(0.6):
            error, position = self.of(*ERRORS[:3]), self.r.randint(0, 1)
            more = [f"    if {self.condition(s)}:", f"        raise {error}(f'at {{a}}')"]
            body = [*more, *body] if position else [*body, *more]
        lines = ["try:", *body]
        kinds = self.of("ZeroDivisionError", "IndexError", "(ValueError, IndexError)", "ArithmeticError", "Exception")
        bound = f" as {self.fresh('e')}" if self.chance(0.4) else ""
        if self.chance(0.85):
            handler = self.block(inside, 2)
            if self.chance(0.15):
                handler.append(f"    raise{self.of('', ' RuntimeError(b)', ' KeyError(a) from None')}")
            lines += [f"except {kinds}{bound}:", *handler]
            if self.chance(0.3) and kinds != "Exception":
                lines += [f"except {self.of('Exception', 'LookupError', 'ValueError')}:", *self.block(inside, 2)]
            if self.chance(0.3):
                lines += ["else:", *self.block(inside, 2)]
            if self.chance(0.3):
                lines += ["finally:", *self.block(inside, 2)]
        else:
            lines += ["finally:", *self.block(inside, 2)]
        return lines

    def matched(self, s: Scope) -> list[str]:
        name = self.fresh("e")
        form = self.r.randrange(4)
        if form == 0:
            subject, cases = f"{self.integer(s)} % 4", ["0", "1 | 2", "-3 | 3", "_"]
        elif form == 1:
            subject = "(a % 2, b % 3)"
            cases = ["(0, 1)", f"(1, {name})", f"({name}, 0) if {name} > 0", "_"]
        elif form == 2 and self.records:
            subject = "d"
            cases = ["Vec(x=0.0)", f"Vec({self.of('1.5', '2.0')}, n=3)", f"Vec(n={name}) if {name} > 4", "_"]
        else:
            subject, cases = self.integer(s), [f"{name} if {self.condition(s, 1)}", "5", "_"]
        lines = [f"match {subject}:"]
        for case in cases:
            more = (Value(name, Type("int")),) if name in case else ()
            if case == "_" and self.chance(0.3):
                break
            lines += [f"    case {case}:", *("    " + line for line in self.block(s.inside(*more), 2))]
        return lines

    def parallel(self, s: Scope) -> list[str]:
        """Independent rounds: each writes its own elements, and numbers are combined."""
        dim = self.of(*self.extents)
        i, t = self.fresh("i"), self.fresh("t")
        counter = Value(i, Type("int"))
        reading = Scope(tuple(v for v in s.values if v.type.is_python and v.text not in ("a", "b", "r")), 2).with_(
            counter
        )
        own = [v for v in s.values if v.type.dims is not None and v.type.dims[:1] == (dim,) and v.text.isidentifier()]
        written = self.r.choice(own) if own else None
        others = tuple(v for v in s.values if v.type.dims and (written is None or v.text != written.text))
        # Names may be views of what is written: only copies made before the loop are read at other positions.
        lines, reads = [], []
        for v in self.r.sample(others, min(2, len(others))):
            copied = self.fresh("q")
            lines.append(f"{copied} = {v.text}.copy()")
            reads.append(Value(copied, v.type))
        inner = Scope((*reading.values, *reads), 2)
        body = [f"    {t} = {self.integer(inner)}"]
        inner = inner.with_(Value(t, Type("int")))
        if self.chance(0.4):
            body += [f"    if {self.condition(inner)}:", "        continue"]
        if self.chance(0.6):
            body.append(f"    a {self.of('+=', '-=', '^=', '|=')} {self.integer(inner)}")
        if self.chance(0.4):
            body.append(f"    b = {self.of('min', 'max')}(b, {self.integer(inner)})")
        if self.chance(0.3):
            body.append(f"    r = {self.of('min', 'max')}(r, {t} * 0.5)")
        if written is not None:
            assert written.type.dims is not None
            if len(written.type.dims) == 1:
                body.append(f"    {written.text}[{i}] = {self._fitting(inner, written.type)}")
            else:
                op = self.of("=", "+=") if written.type.dtype != "bool" else "="
                body.append(f"    {written.text}[{i}] {op} {self._fitting(inner, written.type)}")
        return [*lines, f"for {i} in prange({self.extents[dim]}):", *body]

    # --- functions ----------------------------------------------------------------------------------------------------

    def function(self, name: str) -> Function:
        parameters: dict[str, str] = {}
        values: list[Value] = []
        shapes = [
            ("N",),
            ("N", "M"),
            self.of(("N",), ("M",), ("N", "N"), ("M", "N"), ("N", "M")),
            self.of((), ("N",), ("M",)),
        ]
        for letter, dims in zip("xyzw", shapes[: self.r.randint(2, 4)], strict=False):
            dtype = self.of(*self._dtypes())
            parameters[letter] = f"Tensor[{', '.join((dtype, *dims))}]"
            values.append(Value(letter, Type(dtype, dims)))
            for axis, dim in enumerate(dims):
                self.extents.setdefault(dim, f"{letter}.shape[{axis}]")
        if self.has("records"):
            for letter, kind in (("p", "Vec"), ("u", "Box")):
                if letter == "p" or self.chance(0.5):
                    parameters[letter] = f"Tensor[{kind}, K]"
                    self.records[letter] = kind
            self.extents["R"] = "p.shape[0]"
        for letter, kind in (("n", "int"), ("k", "int"), ("s", "float"), ("t", "bool")):
            parameters[letter] = kind
            values.append(Value(letter, Type(kind)))
        if self.has("complex"):
            parameters["c"] = "complex"
            values.append(Value("c", Type("complex")))
        if self.has("mixed"):
            parameters["v"] = "Tensor[H, N]"
        if self.has("sized"):
            kind = self.of(*INTS, "f32")
            parameters["g"] = kind
            values.append(Value("g", Type(kind)))
        lines = ["a, b, r, o = n, 2, 0.5, t"]
        values += [
            Value("a", Type("int")),
            Value("b", Type("int")),
            Value("r", Type("float")),
            Value("o", Type("bool")),
        ]
        if self.has("random"):
            lines.append("rng = np.random.default_rng(abs(k))")
        if self.records:
            lines.append("d = Vec(s, 1.5)")
        s = Scope(tuple(values))
        for k in range(self.r.randint(0, 2)):
            x = self.array(s, self.of(*{v.type.dims for v in values if v.type.dims}))
            lines.append(f"h{k} = {x.text}")
            values.append(Value(f"h{k}", x.type))
            s = Scope(tuple(values))
        for _ in range(self.r.randint(2, 5)):
            lines += self.statement(s)
        results = ["a", "b", "r", "o", *(v.text for v in values if v.text[0] in "xyh" and v.type.dims is not None)]
        if self.records:
            results.append("d")
        if self.has("mixed"):
            results.append("v")
        if self.chance(0.4):
            x = self.array(s, self.of(*{v.type.dims for v in values if v.type.dims}))
            results.append(x.text)
        final = ", ".join(results)
        early = ", ".join(results[:-1] + [results[-1]])
        head = f"def {name}({', '.join(f'{p}: {t}' for p, t in parameters.items())}):"
        text = "\n".join([head, *("    " + line.replace("RESULT", early) for line in lines), f"    return {final}"])
        return Function(name, text, self.features, parameters, mixed="mixed" in self.features)


def functions(seed: int, count: int) -> list[Function]:
    """The functions of a program."""
    found = []
    for k in range(count):
        r = random.Random(seed * 1000 + k)
        features = tuple(sorted(r.sample(FEATURES, 4)))
        found.append(Statements(r, features).function(f"f{k}"))
    return found


def arguments(f: Function, n: int, m: int, records: dict[str, Any]) -> tuple[Any, ...]:
    """What a function is called with."""
    r = np.random.default_rng(n * 7 + m)
    extents = {"N": n, "M": m, "K": n + 1}
    found: list[Any] = []
    for annotation in f.parameters.values():
        if not annotation.startswith("Tensor"):
            number = {
                "int": int,
                "float": lambda v: float(v) / 2,
                "bool": lambda v: bool(v % 2),
                "complex": lambda v: complex(v, 1.5),
            }
            if annotation in number:
                found.append(number[annotation](int(r.integers(-3, 6))))
            else:
                found.append(dtype_of(annotation).type(r.integers(0, 9)))
            continue
        kind, *dims = annotation[7:-1].split(", ")
        shape = tuple(extents[d] for d in dims)
        if kind in records:
            a = records[kind].zeros(shape)
            for v in [a] if kind == "Vec" else [a["low"]]:
                v["x"], v["n"] = r.integers(-4, 5, shape) * 0.5, r.integers(0, 5, shape)
            found.append(a)
            continue
        t = dtype_of("f16" if kind == "H" else kind)
        low = 0 if t.kind in "ub" else -4
        x = r.integers(low, 2 if t.kind == "b" else 5, shape)
        x = (x + 1j * r.integers(-2, 3, shape)) * 0.5 if t.kind == "c" else x * 0.5 if t.kind == "f" else x
        x = np.asarray(x).astype(t)
        if shape and r.random() < 0.3:
            x = np.ascontiguousarray(x[::-1])[::-1]
        elif len(shape) == 2 and r.random() < 0.5:
            x = np.asfortranarray(x)
        found.append(x)
    return tuple(found)
