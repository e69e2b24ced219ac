"""``--emit=exe``: programs that print, fail and end as the same file does in CPython."""

from __future__ import annotations

import contextlib
import io
import linecache
import math
import os
import platform
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyc import CompileError
from pyc.target import Target
from pyc.tools.driver import Job, compile_file

VALUES = r"""
import math

import numpy as np

import pyc


@pyc.record
class Point:
    x: float
    n: int


def numbers(n: int, x: float) -> None:
    y, z, h = np.float32(x), np.float64(x), np.float16(x)
    k, b = np.uint8(n % 200), n % 2 == 0
    print(n, x, y, z, h, b, k, (n, (x, b)), None, "text", 2.5, -7, (y, z, h, k), (n,), ())
    print(n, x, sep="|", end="!")
    print()
    print(*(n, x), "", sep="")
    print(f"{n:>8}|{n:<8}|{n:^8}|{n:=+8}|{n:08}|{n:+d}|{n: }|{n:,}|{n:_}|{n:020,}|{n:*^12_}|{n:é>9}")
    print(f"{n:x}|{n:X}|{n:#x}|{n:#b}|{n:o}|{n:#o}|{n:_x}|{n:#018_b}|{n:.3f}|{n:e}|{n:g}|{n:%}|{n:n}")
    print(f"{x:.3f}|{x:e}|{x:g}|{x:%}|{x:12.4f}|{x:<12.2e}|{x:^+14.3g}|{x:=12.1f}|{x:012.3f}|{x:,.2f}|{x:_.1f}|{x:020,.3f}")
    print(f"{x}|{x!r}|{x!s:>24}|{x:.0f}|{x:#.0f}|{x:.0e}|{x:#.0e}|{x:.1}|{x:.3}")
    print(f"{x:.17}|{x:#}|{x:#g}|{x:.12g}|{x:G}|{x:E}|{x:F}")
    print(f"{x:10}|{x:<10}|{x:+}|{x: }|{x:010}|{x:z.1f}|{x:,}|{x:.60f}|{x:n}")
    print(f"{y}|{y:.3f}|{h}|{h:>9}|{y!r}|{k:#x}|{k:5}|{b:5}|{b}|{b!s:>6}")
    print(f"{n:{k % 20}d}|{x:{n % 7 + 10}.{k % 5}f}|{'ab':>{k % 20}}")
    print(f"{n=}|{x=:.2f}|{{}}|{(n, x)}|{(n, x)!s:>40}|{'ß'!r}|{'ß'!a}")
    print(f"{f'{n}é':>12}|{f'{n}é'!r}|{f'{n}é'!a:>12}|{'text':.2}|{'text':^9.3s}|{None}|{()}")
    print(Point(x, n), ("a'b\n", "it's"), f"a{n}'b\n{f'{n} tab'!r}")
    print((b, np.bool_(b)), np.bool_(b), f"{np.bool_(b)}", flush=True)


def arrays(n: int, x: float) -> None:
    u = np.arange(n) * 0.37 - 1
    print(u, u * 1e6, u / 1e6, u.astype(np.float32), (u * 3).astype(np.float16), u * 1e300)
    v = np.arange(n) * n
    print(v, -v, v.astype(np.uint8), v % 3 == 1, v[:0], u[:0], v.astype(np.float32) / 3)
    w = np.arange(n * 7).reshape(n, 7) * x
    print(w)
    print(w.T, w.sum(), w.astype(np.int64))
    t = np.arange(n * 6).reshape(2, n, 3)
    print(t, t.shape, (u, v), (v.astype(np.int8),))
    print(f"u is {u} of {len(u)} {w[:2]!r}")
    u[n // 2 :] = np.inf
    if n > 3:
        u[1] = np.nan
        u[3] = -np.inf
    print(u, (u * 0,))
    print(np.float32(x) * np.ones(n, np.float32), np.full((n, 2), n > 4))
    q = np.zeros((0, 3))
    print(q, (q, q.astype(np.float16), u[:0]))
    for row in w:
        print("row", row)


def powers() -> None:
    for k in range(-1074, 1024):
        x = math.ldexp(1.0, k)
        print(x, np.float32(x), np.float16(x), x * 3, np.float32(x) * np.float32(1.7))


def halves() -> None:
    for m in range(1024):
        print(np.float16(m * 2.0**-24))
    for e in range(-24, 6):
        for m in range(1024, 2048):
            print(np.float16(m * 2.0**e))


def main(what: int, n: int = 3, x: float = 0.5) -> int:
    if what == 0:
        numbers(n, x)
    elif what == 1:
        arrays(n, x)
    elif what == 2:
        powers()
    elif what == 3:
        halves()
    else:
        print(x, np.float32(x), np.float64(x), f"{x:.{n}g} {x:{n}.{n}e} {x:.3%}")
    return n
"""
ERRORS = r"""
import numpy as np

from pyc import Tensor, f64


def positive(n: int) -> int:
    if n < 3:
        raise ValueError(f"{n} is less than {3}")
    return n


def tells(n: int) -> int:
    return positive(n) + positive(n - 1)


def fib(n: int) -> int:
    if n == 0:
        raise LookupError("none", n)
    return fib(n - 1) + 1


def kinds(what: int) -> None:
    x = np.arange(4.0)
    if what == 1:
        print(x[what * 9])
    if what == 2:
        raise KeyError(what)
    if what == 3:
        raise KeyError
    if what == 4:
        raise LookupError("found", what, 0.5)
    if what == 5:
        print(what // (what - 5))
    if what == 6:
        assert what < 0, f"{what} and {x}"
    if what == 7:
        print(2**62 * what)
    if what == 8:
        tells(3)
    if what == 9:
        fib(7)
    if what == 10:
        try:
            positive(what - 10)
        except ValueError as error:
            print("caught", error, repr(error), error.args, f"{error!s:>30}")
            raise KeyError("from", what) from error
    if what == 11:
        try:
            tells(1)
        except ValueError as error:
            print(error.args[0])
            raise
    if what == 12:
        print(f"{x.sum():d}")
    if what == 13:
        print(f"{(what, 2):>5}")
    if what == 14:
        try:
            print(x[what])
        except IndexError as e:
            print("index", e, repr(e))
    if what == 15:
        np.linalg.inv(np.zeros((2, 2)))
    if what == 16:
        print(f"{what:{what}.{what}x}")
    if what == 17:
        raise RuntimeError("it's \"ß\"\nnext")
    if what == 18:
        raise StopIteration(what)
    if what == 19:
        raise ValueError((what, "a"), None)
    if what == 20:
        raise RuntimeError("")


def main(what: int = 0, quiet: bool = False, x: float = 1.5) -> None:
    if not quiet:
        print("begin", what, x)
    kinds(what)
    print("end")
"""


class Program:
    """A program as an executable, and as Python runs it."""

    def __init__(self, folder: Path, name: str, text: str) -> None:
        path = folder / f"{name}.py"
        path.write_text(text)
        self.namespace: dict[str, Any] = {"__name__": name}
        self.file = str(path)
        exec(compile(text, self.file, "exec"), self.namespace)
        job = Job(self.file, target=Target.parse("cpu:native"), emit="exe", output=str(folder / name))
        self.path = compile_file(job).path

    def compiled(self, *arguments: object, **options: Any) -> tuple[str, str, int]:
        """What the executable prints, what it says of its error, its status."""
        assert self.path is not None
        given = [repr(a) if isinstance(a, float) else str(a) for a in arguments]
        done = subprocess.run([self.path, *given], capture_output=True, text=True, timeout=60, **options)
        return done.stdout, done.stderr, done.returncode

    def python(self, *arguments: object) -> tuple[str, str, int]:
        """The same of Python, of whose traceback only the lines of places and messages are taken."""
        said, status = "", 0
        with contextlib.redirect_stdout(io.StringIO()) as out, np.errstate(all="ignore"):
            try:
                status = int(self.namespace["main"](*arguments) or 0) & 0xFF
            except Exception as error:
                status, said = 1, "".join(self._shown(error))
        return out.getvalue(), said, status

    def _shown(self, error: BaseException) -> Iterator[str]:
        linecache.checkcache()
        for line in "".join(traceback.format_exception(error)).splitlines(keepends=True):
            elsewhere = line.startswith('  File "') and self.file not in line
            if not line.startswith("    ") and not elsewhere:
                yield line

    def agrees(self, *arguments: object) -> tuple[str, str, int]:
        expected = self.python(*arguments)
        assert self.compiled(*arguments) == expected
        return expected


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return Program(tmp_path_factory.mktemp("values"), "values", VALUES)


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return Program(tmp_path_factory.mktemp("errors"), "errors", ERRORS)


NUMBERS = [(0, 0.1), (-5, -0.0), (44, math.inf), (7, math.nan), (9, 123456.789), (-77, 1e-7), (123456789012, 1e300)]
NUMBERS += [(2**63 - 1, 5e-324), (-(2**63), -1.7976931348623157e308), (1000, 1e16), (999, 9999999999999998.0)]
NUMBERS += [(-1, -math.inf), (100000, 0.00001), (12, 1234.5), (3, 99999.95), (255, 2.5), (4095, 1e22)]


@pytest.mark.parametrize(("n", "x"), NUMBERS)
def test_numbers_and_format_specifications(values: Program, n: int, x: float) -> None:
    values.agrees(0, n, x)


ARRAYS = [(0, 1.0), (1, 3e9), (2, math.nan), (3, 2.0**-17), (5, 0.25), (13, 2.0), (29, 0.34375), (200, 0.5)]
ARRAYS += [(1200, 7.75)]


@pytest.mark.parametrize(("n", "x"), ARRAYS)
def test_arrays_are_printed_as_numpy_prints_them(values: Program, n: int, x: float) -> None:
    values.agrees(1, n, x)


def test_powers_of_two_and_all_small_floats(values: Program) -> None:
    assert values.agrees(2)[0].count("\n") == 2098
    assert values.agrees(3)[0].count("\n") == 31744


@settings(max_examples=150, deadline=None)
@given(n=st.integers(1, 25), x=st.floats())
def test_any_float(values: Program, n: int, x: float) -> None:
    values.agrees(4, n, x)


@pytest.mark.parametrize("what", [k for k in range(21) if k not in (7, 12, 13, 15, 16)])
def test_errors(errors: Program, what: int) -> None:
    errors.agrees(what)


@pytest.mark.parametrize("what", [12, 13, 16])
def test_errors_of_what_is_printed(errors: Program, what: int) -> None:
    printed, said, status = errors.python(what)
    compiled = errors.compiled(what)
    assert compiled[::2] == (printed, status)
    # The traceback of these has the innermost place alone.
    assert compiled[1].splitlines()[-2:] == said.splitlines()[-2:]


def test_overflow_and_singular(errors: Program) -> None:
    assert errors.compiled(7)[1].endswith("OverflowError: int does not fit in 64 bits\n")
    assert errors.compiled(15)[1].endswith("numpy.linalg.LinAlgError: Singular matrix\n")


def test_arguments_and_defaults(errors: Program) -> None:
    assert errors.compiled() == ("begin 0 1.5\nend\n", "", 0)
    assert errors.compiled("+2_1", "true") == ("end\n", "", 0)
    assert errors.compiled("0", "False", "-inf")[0] == "begin 0 -inf\nend\n"
    assert errors.compiled("-0", "0", " 1")[1:] != ("", 0)
    usage = "usage: errors [what] [quiet] [x]\n  what: int, 0 by default\n"
    for wrong in ("x", "1.0", "", "_1", "1__0", str(2**63), "1e3", "+", "0x10", " 1"):
        out, said, status = errors.compiled(wrong)
        assert (out, status) == ("", 2)
        assert said.startswith(usage)
        assert said.endswith(f"errors: what is an int of 64 bits, not '{wrong}'\n")
    assert errors.compiled("0", "maybe")[1].endswith("errors: quiet is True or False, not 'maybe'\n")
    assert errors.compiled("0", "1", "0x10")[1].endswith("errors: x is a float, not '0x10'\n")
    assert errors.compiled("0", "1", "2", "3")[1].endswith("errors: too many arguments\n")
    assert errors.compiled("--help")[0].startswith(usage)


def test_needed_arguments(values: Program) -> None:
    assert values.compiled()[1] == (
        "usage: values what [n] [x]\n  what: int\n  n: int, 3 by default\n  x: float, 0.5 by default\n"
        "values: missing arguments\n"
    )


def test_it_needs_neither_python_nor_pyc(values: Program, tmp_path: Path) -> None:
    assert values.path is not None
    assert os.access(values.path, os.X_OK)
    assert values.compiled(4, 3, 0.1, env={}, cwd=tmp_path) == values.python(4, 3, 0.1)
    linked = subprocess.run(["ldd", values.path], capture_output=True, text=True, check=True).stdout
    assert {line.split()[0].partition(".")[0] for line in linked.splitlines()} <= {
        "linux-vdso",
        "libc",
        "libm",
        "libpthread",
        "/lib64/ld-linux-x86-64",
        "/lib/ld-linux-aarch64",
    }


def test_a_reader_that_stops_ends_it_quietly(values: Program) -> None:
    for ignored in ("", "trap '' PIPE; "):
        command = f"{ignored}'{values.path}' 3 | head -n 1"
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
        assert (done.stdout, done.stderr) == ("0.0\n", "")


def test_the_file_run_by_python(tmp_path: Path) -> None:
    program = tmp_path / "three"
    path = program.with_suffix(".py")
    path.write_text(
        "def main() -> int:\n    print(f'{7:>4}')\n    return 259\n\n\n"
        "if __name__ == '__main__':\n    raise SystemExit(main() & 0xFF)\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pyc", "compile", "three.py", "--emit=exe"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "wrote three: main\n")
    runs = [subprocess.run(c, capture_output=True, text=True) for c in ([program], [sys.executable, path])]
    assert [(r.stdout, r.stderr, r.returncode) for r in runs] == [("   7\n", "", 3)] * 2


def test_the_place_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "tool").mkdir()
    (tmp_path / "tool.py").write_text("def main() -> None:\n    print(1)\n")
    with pytest.raises(CompileError, match="E504"):
        compile_file(Job(str(tmp_path / "tool.py"), emit="exe", output=str(tmp_path / "tool")))
    done = compile_file(Job(str(tmp_path / "tool.py"), emit="exe", output=str(tmp_path / "made/tool"))).path
    assert done is not None
    assert subprocess.run([done], capture_output=True, text=True).stdout == "1\n"


NET = """\
import numpy as np
import pyc
from pyc import Buffer, Tensor, f32, f64, prange


def total(n: int, stop: int) -> float:
    s = 0.0
    for i in prange(n):
        if i == stop:
            raise ValueError(f"stopped at {i}")
        s += i * 0.5
    return s


class Net(pyc.Module):
    w: Tensor[f32, 4, 3]
    b: Tensor[f64, 2]
    seen: Buffer[f64, 2]

    def apply(self, x: Tensor[f32, 2, 4]):
        return x @ self.w

    def main(self, n: int = 3) -> int:
        self.seen += self.b * n
        print(self.apply(np.ones((2, 4), np.float32) * n), self.b, self.seen)
        print(total(n * 100000, 500000))
        return n
"""


def test_weights_threads_and_levels(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(NET)
    w, b, seen = np.arange(12, dtype=np.float32).reshape(4, 3), np.array([0.5, 2.5]), np.array([1.0, 2.0])
    np.savez(tmp_path / "net.npz", w=np.asfortranarray(w), b=b, seen=seen)
    also = ("x86-64-v3", "x86-64-v4") if platform.machine() == "x86_64" else ()
    lowest = Target.parse("cpu:x86-64" if also else "cpu:native")
    job = Job(
        str(tmp_path / "net.py"),
        target=lowest,
        output=str(tmp_path / "net"),
        emit="exe",
        functions=("Net.main",),
        weights=str(tmp_path / "net.npz"),
        also=also,
    )
    program = compile_file(job).path
    assert program is not None
    product = np.full((2, 4), 4, np.float32) @ w
    for level in ("x86-64", "x86-64-v4"):
        for threads in ("1", "3"):
            environment = {"PYC_CPU": level, "PYC_NUM_THREADS": threads}
            done = subprocess.run([program, "4"], capture_output=True, text=True, env=environment)
            expected = f"{product} {b} {seen + b * 4}\n{sum(i * 0.5 for i in range(400000))}\n"
            assert (done.stdout, done.stderr, done.returncode) == (expected, "", 4)
            failed = subprocess.run([program, "6"], capture_output=True, text=True, env=environment)
            assert failed.returncode == 1
            assert failed.stderr.splitlines()[-1] == "ValueError: stopped at 500000"
