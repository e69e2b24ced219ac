"""A compiled program in processes with one thread and with several."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def printed_by_threads(text: str, script: str, folder: Path) -> list[str]:
    """What a script, which is given the path of a program's bundle, prints with one thread and with three."""
    source, bundle = folder / "threaded.py", folder / "threaded_cpu"
    source.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pyc", "compile", str(source), "--target=cpu:native", "-o", str(bundle)]
    subprocess.run(command, check=True, capture_output=True)
    found = []
    for threads in ("1", "3"):
        command, environment = [sys.executable, "-c", script, str(bundle)], {**os.environ, "PYC_NUM_THREADS": threads}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        found.append(done.stdout)
    return found
