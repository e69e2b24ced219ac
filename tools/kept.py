"""What compilations share, kept in the cache: code that does not depend on the program, and what is known of a text.

This compiler makes it once of the same facts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from . import cache


def keep(facts: Mapping[str, str], make: Callable[[], bytes]) -> bytes:
    """What ``make`` gives, or gave once for the same facts."""
    key = cache.key({**facts, "compiler": cache.compiler()})
    entry = cache.read(key)
    if entry is None:
        entry = cache.Entry({"kept": dict(facts)}, make())
        cache.write(key, entry)
    return entry.code
