"""Faults of the compiler: E9xx."""

from pyc.diagnostics import Code

CODES: tuple[Code, ...] = (
    Code(
        "E901",
        "code generation crashed",
        "The process that generates code for the program died, or did not end. This is a fault of pyc or of LLVM, never"
        " of the program: please report it with the program and the command.",
        wrong="pyc compile model.py        # the generating process is killed",
        right="pyc compile model.py -O0    # often gets around it until it is mended",
    ),
    Code(
        "E902",
        "the compiler is at fault",
        "A pass broke its promise or an unexpected exception was raised inside pyc. This is a fault of pyc, never of"
        " the program: please report it with the file that the message names. PYC_TRACEBACK=1 prints the traceback.",
        wrong="pyc compile model.py        # a pass drops the precision of a tensor",
        right="PYC_TRACEBACK=1 pyc compile model.py",
    ),
)
