"""Arrays of records while functions are interpreted: their fields are arrays of the language."""

from __future__ import annotations

from typing import Any

import numpy as np

from pyc._soa import refuse_unseen
from pyc.records import Nested, RecordArray, RecordType

from .array import wrapped


def of_records(dtype: np.dtype[Any], record: RecordType) -> np.dtype[Any]:
    """A plain structured type as one whose elements are records of a class: the same memory, nested records too."""
    fields: Any = dtype.fields or {}
    kinds = record.__pyc_record__.fields()
    own: Any = {
        "names": list(kinds),
        "formats": [
            of_records(fields[n][0], k.record) if isinstance(k, Nested) else fields[n][0] for n, k in kinds.items()
        ],
        "offsets": [fields[n][1] for n in kinds],
        "itemsize": dtype.itemsize,
    }
    return np.dtype((record.dtype.type, np.dtype(own)))


class InterpretedRecords(RecordArray):
    """An array of records whose fields are arrays of the language; no write to a copy that nobody has is silent."""

    #: Whether arrays chose these records from others: then they are a copy.
    _chosen = False

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        if isinstance(index, str):
            return self._field(found)
        if isinstance(found, InterpretedRecords) and found.size and not np.may_share_memory(found, self):
            vars(found)["_chosen"] = True
        return found

    def __setitem__(self, index: Any, value: Any) -> None:
        if self._chosen:
            refuse_unseen()
        super().__setitem__(index, value)

    def __setattr__(self, name: str, value: Any) -> None:
        if self._chosen and name in (self.dtype.names or ()):
            refuse_unseen()
            self[name].view(np.ndarray)[...] = value
            return
        super().__setattr__(name, value)

    def _field(self, found: Any) -> Any:
        if isinstance(found, np.ndarray) and found.dtype.names is None:
            return wrapped(found.view(np.ndarray), None, None)
        made = super()._field(found)
        if self._chosen and isinstance(made, InterpretedRecords):
            vars(made)["_chosen"] = True
        return made
