"""For plain ``lit test/lit``; pytest runs the same files through ``test/unit/test_lit.py``."""

import os
import sys
from pathlib import Path

here = Path(__file__).parent if "__file__" in globals() else Path(config.test_source_root or ".")  # noqa: F821
sys.path.insert(0, str(here))
from lit_format import InProcess  # noqa: E402

config.name = "pyc"  # noqa: F821
config.test_format = InProcess()  # noqa: F821
config.suffixes = [".mlir", ".py", ".test"]  # noqa: F821
config.excludes = ["lit.cfg.py", "lit_format.py", "in_process.py", "Inputs", "__pycache__"]  # noqa: F821
config.test_source_root = os.path.abspath(here)  # noqa: F821
