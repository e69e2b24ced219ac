"""The test format of ``lit.cfg.py``; lit's workers import it by name, so it cannot stand in the configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lit.formats
import lit.Test
from in_process import missing_feature, run_file


class InProcess(lit.formats.FileBasedTest):
    """Runs RUN lines in lit's worker process."""

    def execute(self, test: Any, litConfig: Any) -> tuple[Any, str]:
        path = Path(test.getSourcePath())
        absent = missing_feature(path.read_text())
        if absent:
            return lit.Test.UNSUPPORTED, f"requires {absent}"
        problem = run_file(path)
        return (lit.Test.FAIL, problem) if problem else (lit.Test.PASS, "")
