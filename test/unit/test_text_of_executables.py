"""Text in executables is that of Python and NumPy: format specifications, numbers, arrays, drawn at random."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyc.targets.cpu import program

#: Reads cases, writes the text of each: its length, its bytes.
MAIN = r"""
static void take(void *at, size_t bytes) {
    if (fread(at, 1, bytes, stdin) != bytes) exit(0);
}
static void array(pyc_text *t) {
    char kind, name[16];
    int32_t bits, rank, quoted;
    int64_t shape[8];
    take(&kind, 1), take(&bits, 4), take(&rank, 4), take(&quoted, 4), take(name, 16), take(shape, 8 * (size_t)rank);
    size_t count = pyc_count(shape, rank);
    int64_t *at = malloc(8 * count + 8);
    take(at, 8 * count);
    if (quoted) pyc_quote_array(t, kind, bits, rank, shape, at, name, quoted == 2);
    else pyc_put_array(t, kind, bits, rank, shape, at);
    free(at);
}
int main(void) {
    for (;;) {
        pyc_text t = {0}, x = {0};
        char kind, spec[256], s[256];
        int32_t n, size;
        int64_t value;
        take(&kind, 1);
        if (kind == 'A') {
            array(&t);
        } else {
            take(&value, 8), take(&n, 4), take(spec, (size_t)n), spec[n] = 0;
            if (kind == 'i') pyc_format_int(&t, value, spec, (size_t)n);
            if (kind == 'u') pyc_format_unsigned(&t, value, spec, (size_t)n);
            if (kind == 'b') pyc_format_bool(&t, value, spec, (size_t)n);
            if (kind == 'f') pyc_format_float(&t, value, spec, (size_t)n);
            if (kind == 'r') pyc_put_float(&t, pyc_double(value), 64, 1e16);
            if (kind == 'h') pyc_put_scalar(&t, 'f', 16, value);
            if (kind == 'g') pyc_put_scalar(&t, 'f', 32, value);
            if (strchr("sqa", kind)) take(&size, 4), take(s, (size_t)size), pyc_put(&x, s, (size_t)size);
            if (kind == 's') pyc_put_string(&t, &x, spec, (size_t)n);
            if (kind == 'q') pyc_put_quoted(&t, &x);
            if (kind == 'a') pyc_put_escaped(&t, &x, 0, true);
        }
        if (pyc_failed) t.used = 0, pyc_puts(&t, pyc_failed), pyc_failed = NULL;
        size = (int32_t)t.used;
        fwrite(&size, 4, 1, stdout), fwrite(pyc_chars(&t), 1, t.used, stdout);
        pyc_drop(&t), pyc_drop(&x);
    }
}
"""
SPECIAL = (0.0, -0.0, 1.0, -1.0, float("inf"), float("-inf"), float("nan"), 0.5, 1.5, 2.5, 99.5, 999999.5, 1e16, 1e-5)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("no C compiler")
    folder = tmp_path_factory.mktemp("text")
    (folder / "text.c").write_bytes(program.runtime("_text.c", "_arrays.c") + MAIN.encode())
    flags = ["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-Wno-format-truncation"]
    subprocess.run([compiler, *flags, "text.c", "-o", "text", "-lm"], cwd=folder, check=True)
    return folder / "text"


def agree(binary: Path, cases: list[tuple[object, str, bytes]]) -> None:
    """Hold what the program writes against what is expected, for (what it is, expected, as the program reads it)."""
    out = subprocess.run([binary], input=b"".join(c[2] for c in cases), capture_output=True, check=True).stdout
    at = 0
    for what, expected, _ in cases:
        (size,) = struct.unpack_from("<i", out, at)
        assert (what, out[at + 4 : at + 4 + size].decode()) == (what, expected)
        at += 4 + size
    assert at == len(out)


def one(kind: str, value: bytes = b"\0" * 8, spec: str = "", more: str | None = None) -> bytes:
    encoded, after = spec.encode(), b"" if more is None else more.encode()
    size = b"" if more is None else struct.pack("<i", len(after))
    return kind.encode() + value + struct.pack("<i", len(encoded)) + encoded + size + after


def formatted(value: object, spec: str) -> str:
    """What Python makes of it, or the exception: its words differ between versions of Python."""
    try:
        return format(value, spec)
    except (ValueError, TypeError, OverflowError) as error:
        return type(error).__name__


def a_spec(r: random.Random) -> str:
    parts = [
        (0.5, lambda: r.choice(["", "*", "é", "0", "<", ">"]) + r.choice("<>=^")),
        (0.4, lambda: r.choice("+- ")),
        (0.15, lambda: "z"),
        (0.3, lambda: "#"),
        (0.3, lambda: "0"),
        (0.6, lambda: str(r.choice([0, 1, 2, 5, 8, 13, 20, 40]))),
        (0.3, lambda: r.choice(",_")),
        (0.5, lambda: f".{r.choice([0, 1, 2, 3, 6, 10, 17, 25])}"),
        (0.8, lambda: r.choice("bdoxXneEfFgG%sq")),
    ]
    return "".join(make() for chance, make in parts if r.random() < chance)


def a_float(r: random.Random) -> float:
    match r.randrange(4):
        case 0:
            return struct.unpack("<d", struct.pack("<Q", r.getrandbits(64)))[0]
        case 1:
            return r.choice(SPECIAL)
        case 2:
            return round(r.uniform(-1000, 1000), r.randint(0, 5))
    return r.uniform(-1, 1) * 10.0 ** r.randint(-20, 25)


def test_format_specifications(text: Path) -> None:
    r = random.Random(5)
    cases: list[tuple[object, str, bytes]] = []
    for _ in range(6000):
        spec = a_spec(r)
        i = r.choice([0, 1, -1, r.randint(-(10**4), 10**4), r.randint(-(2**63), 2**63 - 1), -(2**63)])
        f, b, u = a_float(r), r.random() < 0.5, r.getrandbits(64)
        s = "".join(r.choice("abé€😀") for _ in range(r.randint(0, 6)))
        cases.append(((i, spec), formatted(i, spec), one("i", struct.pack("<q", i), spec)))
        cases.append(((f, spec), formatted(f, spec), one("f", struct.pack("<d", f), spec)))
        cases.append(((b, spec), formatted(b, spec), one("b", struct.pack("<q", b), spec)))
        cases.append(((u, spec), formatted(u, spec), one("u", struct.pack("<Q", u), spec)))
        cases.append(((s, spec), formatted(s, spec), one("s", spec=spec, more=s)))
    agree(text, cases)


def test_numbers(text: Path) -> None:
    r = random.Random(6)
    bits = [*range(0, 2**32, 2**32 // 4001), *(e << 23 for e in range(256))]
    singles = np.array(bits, np.uint32).view(np.float32)
    halves = np.arange(0, 2**16, 13).astype(np.uint16).view(np.float16)
    doubles = [a_float(r) for _ in range(6000)]
    agree(text, [(x, str(x), one("g", struct.pack("<d", float(x)))) for x in singles])
    agree(text, [(x, str(x), one("h", struct.pack("<d", float(x)))) for x in halves])
    agree(text, [(x, repr(x), one("r", struct.pack("<d", x))) for x in doubles])


def test_strings(text: Path) -> None:
    r = random.Random(7)
    cases: list[tuple[object, str, bytes]] = []
    for _ in range(2000):
        s = "".join(r.choice("ab'\"\\\n\t\r\x00\x1b\x7fé€😀") for _ in range(r.randint(0, 7)))
        cases.append((s, repr(s), one("q", more=s)))
        cases.append((s, ascii(f"é{s}é")[1:-1] if s.isalpha() else "", one("a", more=f"é{s}é" if s.isalpha() else "")))
    agree(text, cases)


def an_array(r: random.Random, rng: np.random.Generator) -> np.ndarray[Any, Any]:
    rank = r.choice([0, 1, 1, 1, 2, 2, 3, 4])
    extents = [0, 1, 2, 3, 5, 12, 40, 300] if rank == 1 else [0, 1, 2, 3, 5, 7, 8]
    if rank < 3 and r.random() < 0.2:
        extents = [999, 1000, 1001, 1500] if rank == 1 else [3, 7, 30, 40]
    shape = tuple(r.choice(extents) for _ in range(rank))
    dtype = np.dtype(r.choice(["float64", "float64", "float32", "float16", "int64", "int8", "uint64", "uint8", "bool"]))
    n = int(np.prod(shape, dtype=int))
    if dtype.kind == "b":
        return rng.integers(0, 2, n).astype(dtype).reshape(shape)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        small = np.clip(rng.integers(-20, 20, n), max(info.min, -20), 20)
        large = rng.integers(info.min, info.max, n, dtype=dtype.type, endpoint=True)
        return (small if r.random() < 0.5 else large).astype(dtype).reshape(shape)
    found = {
        0: lambda: rng.normal(size=n),
        1: lambda: np.array([a_float(r) for _ in range(n)]),
        2: lambda: np.round(rng.normal(size=n) * 100, r.randint(0, 3)),
        3: lambda: rng.normal(size=n) * 10.0 ** r.randint(-12, 12),
        4: lambda: np.arange(n) * r.choice([0.5, 0.25, 1.0, 3.0, 0.1]),
    }[r.randrange(5)]()
    if n and r.random() < 0.2:
        found[r.randrange(n)] = r.choice([np.nan, np.inf, -np.inf])
    with np.errstate(all="ignore"):
        return found.astype(dtype).reshape(shape)


def test_arrays(text: Path) -> None:
    r, rng = random.Random(8), np.random.default_rng(8)
    cases: list[tuple[object, str, bytes]] = []
    for _ in range(700):
        a = an_array(r, rng)
        wide = {"f": np.float64, "u": np.uint64}.get(a.dtype.kind, np.int64)
        content = a.astype(wide).tobytes()
        for quoted in (0, 2 if a.dtype.name in ("float64", "int64", "bool") else 1):
            head = b"A" + a.dtype.kind.encode() + struct.pack("<iii", 8 * a.itemsize, a.ndim, quoted)
            shape = a.dtype.name.encode().ljust(16, b"\0") + struct.pack(f"<{a.ndim}q", *a.shape)
            with np.errstate(all="ignore"):
                expected = repr(a) if quoted else str(a)
            cases.append(((a.dtype, a.shape, quoted), expected, head + shape + content))
    agree(text, cases)
