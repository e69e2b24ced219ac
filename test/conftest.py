"""What holds for all tests."""

import os

# The compiler checks the level of a module after each pass.
os.environ.setdefault("PYC_VERIFY", "1")
