"""What ``pyc run --trace`` writes is a timeline that viewers read, however the program ends."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from collections import defaultdict
from typing import Any

import pytest

PROGRAM = """\
import sys
import threading
import time

import numpy as np
from pyc import Dim, Tensor, f64, prange

import first
import second

N = Dim("N")


def total(x: Tensor[f64, N]) -> float:
    s = 0.0
    for i in prange(len(x)):
        s += first.doubled(x[i]) + second.halved(x[i])
    return s


def copied(x: Tensor[f64, N]) -> Tensor[f64, N]:
    y = x * 1.0
    z = y + 0.0
    y[0] = 2.0
    return z + y + x


def at(x: Tensor[f64, N], i: int) -> float:
    return x[i]


def numbers(n):
    for i in range(n):
        yield total(np.ones(i + 1))


def work(n):
    try:
        at(np.ones(2), n)
    except IndexError:
        pass
    return sum(numbers(n))


def endless():
    while True:
        work(2)


def main(how):
    threads = [threading.Thread(target=work, args=(3,), name=f"worker {i}") for i in range(3)]
    for thread in threads:
        thread.start()
    work(3)
    for thread in threads:
        thread.join()
    print(total(np.ones(100_000)), copied(np.zeros(2)).tolist(), flush=True)
    if how == "raise":
        at(np.ones(3), 9)
    if how == "exit":
        sys.exit(3)
    if how == "daemon":
        threading.Thread(target=endless, daemon=True, name="daemon").start()
        work(3)
    if how == "late":
        threading.Thread(target=lambda: (time.sleep(0.2), work(2)), name="late").start()
    if how == "interrupt":
        print("waiting", flush=True)
        while True:
            work(2)


main(sys.argv[1])
"""
FILES = {
    "program.py": PROGRAM,
    "first.py": "import second\n\n\ndef doubled(v):\n    return second.halved(v) * 4\n",
    "second.py": """\
def halved(v):
    return v / 2


def more(v):
    import first

    return first.doubled(v) * 2
""",
}
#: How a program ends, and its exit status.
ENDINGS = {"end": 0, "raise": 1, "exit": 3, "daemon": 0, "late": 0, "interrupt": 130}


@pytest.fixture(scope="module")
def timelines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The timeline of a program for each way to end; the first run compiles."""
    folder = tmp_path_factory.mktemp("timelines")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    environment = {**os.environ, "PYC_CACHE_DIR": str(folder / "cache"), "PYC_NUM_THREADS": "3"}

    def started(how: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "pyc", "run", "--trace", f"{how}.json", "program.py", how]
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Tests that run in the background of a shell have been told to ignore it.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def ended(how: str, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        if how == "interrupt":
            while process.stdout.readline() != "waiting\n":
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            # Python ignores an interrupt that arrives in a callback: as users do, ask again.
            for _ in range(20):
                try:
                    process.wait(timeout=5)
                    break
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=120)
        assert process.returncode == ENDINGS[how], said
        last = {
            "raise": "IndexError: index 9 is out of bounds for axis 0 with size 3",
            "interrupt": "KeyboardInterrupt",
        }
        assert said.splitlines()[-1:] == [last[how]] if how in last else said == ""

    ended("end", started("end"))
    rest = {how: started(how) for how in ENDINGS if how != "end"}
    for how, process in rest.items():
        ended(how, process)
    return {how: json.loads((folder / f"{how}.json").read_text(), parse_constant=pytest.fail) for how in ENDINGS}


@pytest.mark.parametrize("how", ENDINGS)
def test_every_event_is_well_formed(timelines: dict[str, dict[str, Any]], how: str) -> None:
    document = timelines[how]
    assert document["displayTimeUnit"] == "ms"
    events = document["traceEvents"]
    named = {e["tid"]: e["args"]["name"] for e in events if e["ph"] == "M" and e["name"] == "thread_name"}
    for e in events:
        assert isinstance(e["name"], str)
        assert e["name"]
        assert all(type(e[k]) is int for k in ("pid", "tid"))
        assert isinstance(e["ts"], int | float)
        assert math.isfinite(e["ts"])
        assert e["ts"] >= 0
        assert e["ph"] in ("X", "i", "M")
        assert isinstance(e.get("args", {}), dict)
        if e["ph"] == "M":
            assert e["name"] in ("process_name", "thread_name")
            assert isinstance(e["args"]["name"], str)
            continue
        assert e["tid"] in named
        assert e["cat"]
        if e["ph"] == "X":
            assert math.isfinite(e["dur"])
            assert e["dur"] >= 0
        else:
            assert e["s"] == "t"
    assert len({e["pid"] for e in events}) == 1
    assert [e["args"]["name"] for e in events if e["name"] == "process_name"] == ["pyc run program.py"]
    assert len(named) == sum(e["name"] == "thread_name" for e in events)
    assert {"MainThread", "worker 0", "worker 1", "worker 2"} <= set(named.values())
    assert sorted(events, key=lambda e: e["ph"] != "M") == events


@pytest.mark.parametrize("how", ENDINGS)
def test_spans_of_a_thread_are_nested_or_apart(timelines: dict[str, dict[str, Any]], how: str) -> None:
    spans = defaultdict(list)
    for e in timelines[how]["traceEvents"]:
        if e["ph"] == "X":
            spans[e["tid"]].append(e)
    for own in spans.values():
        open_until: list[float] = []
        for e in sorted(own, key=lambda e: (e["ts"], -e["dur"])):
            while open_until and open_until[-1] <= e["ts"] + 0.001:
                open_until.pop()
            end = e["ts"] + e["dur"]
            assert not open_until or end <= open_until[-1] + 0.001, e
            open_until.append(end)


@pytest.mark.parametrize("how", ENDINGS)
def test_files_and_lines_are_the_users(timelines: dict[str, dict[str, Any]], how: str) -> None:
    events = timelines[how]["traceEvents"]
    modules = {e["name"]: e["args"]["file"] for e in events if e["name"].startswith("module ")}
    assert set(modules) == {f"module {name}" for name in FILES}
    lines = {os.path.basename(name): text.count("\n") for name, text in FILES.items()}
    for e in events:
        if e["ph"] == "X" and "file" in e["args"]:
            assert 1 <= e["args"]["line"] <= lines[os.path.basename(e["args"]["file"])]
    here = [text.strip() for text in PROGRAM.splitlines()]
    for e in events:
        if e["name"] in ("call total", "call at") and e["ph"] == "X":
            assert f"{e['name'][5:]}(" in here[e["args"]["line"] - 1]
    copies = [e["args"]["remark"] for e in events if e["name"] == "copy"]
    assert any("program.py, line 2" in remark for remark in copies)
    assert {"call total", "call copied", "call at", "work", "main"} <= {e["name"] for e in events}


def test_how_it_ended_is_on_it(timelines: dict[str, dict[str, Any]]) -> None:
    def endings(how: str) -> list[str]:
        return [e["name"] for e in timelines[how]["traceEvents"] if e.get("cat") == "exception"]

    assert endings("raise") == ["IndexError: index 9 is out of bounds for axis 0 with size 3"]
    assert endings("interrupt") == ["KeyboardInterrupt"]
    assert endings("end") == endings("exit") == endings("daemon") == []
    names = {e["args"]["name"] for e in timelines["late"]["traceEvents"] if e["name"] == "thread_name"}
    assert "late" in names
