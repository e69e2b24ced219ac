"""What ``pyc explain`` prints: the text of a diagnostic code, a list of them, or the nearest to what was asked."""

from __future__ import annotations

import difflib
import textwrap

from pyc.codes import all_codes
from pyc.diagnostics import Code

#: What each hundred is about, as headings of the list.
HUNDREDS = {
    "1": "Syntax and names",
    "2": "Types and shapes",
    "3": "Targets and precision",
    "4": "Control flow and writes",
    "5": "Files, weights and artifacts",
    "6": "Export to ONNX",
    "9": "Faults of the compiler",
}


def explain(code: Code) -> str:
    """The title, the explanation and the examples of a code."""
    out = [f"{code.id}: {code.title}", "", *_paragraphs(code.explanation)]
    for heading, example in (("Wrong:", code.wrong), ("Right:", code.right)):
        if example:
            out += ["", heading, textwrap.indent(example.strip("\n"), "    ")]
    return "\n".join(out) + "\n"


def find(text: str) -> Code | None:
    """The code that ``E207``, ``e207`` or ``207`` names, if there is one."""
    wanted = text.strip().strip("[]").upper()
    return all_codes().get(wanted) or all_codes().get(f"E{wanted}")


def nearest(text: str) -> list[Code]:
    """Codes that may have been meant: neighbours of a number, or titles and explanations with the words of a phrase."""
    codes = all_codes()
    wanted = text.strip().upper()
    if wanted.removeprefix("E").isdigit():
        return [codes[i] for i in difflib.get_close_matches(wanted, codes, n=5, cutoff=0.5)]
    words = wanted.lower().split()
    titles = [c for c in codes.values() if all(w in c.title.lower() for w in words)]
    texts = [c for c in codes.values() if c not in titles and all(w in c.explanation.lower() for w in words)]
    return (titles + texts)[:8]


def listing() -> str:
    """Every code with its title, under the heading of its hundred."""
    out: list[str] = []
    heading = ""
    for code in all_codes().values():
        if code.id[1] != heading:
            heading = code.id[1]
            out += ["", HUNDREDS[heading]] if out else [HUNDREDS[heading]]
        out.append(line(code))
    return "\n".join([*out, "", "'pyc explain E207' says more, with an example."]) + "\n"


def line(code: Code) -> str:
    """A code as one line of a list."""
    return f"  {code.id}  {code.title}"


def _paragraphs(text: str) -> list[str]:
    """Paragraphs wrapped to a terminal's width; an indented line is an example and stays as it is."""
    out: list[str] = []
    for paragraph in textwrap.dedent(text).strip().split("\n\n"):
        if any(row.startswith("    ") for row in paragraph.split("\n")):
            out += [paragraph, ""]
        else:
            out += [textwrap.fill(paragraph, 100), ""]
    return out[:-1]
