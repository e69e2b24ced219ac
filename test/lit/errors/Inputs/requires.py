"""Let a bundle require an instruction that no processor has: ``requires.py FOLDER``."""

import json
import sys
from pathlib import Path

path = Path(sys.argv[1], "manifest.json")
manifest = json.loads(path.read_text())
manifest["requires"]["features"] = ["instructions-of-tomorrow"]
path.write_text(json.dumps(manifest))
