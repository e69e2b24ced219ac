"""Control flow and writes: E4xx.

Most are of targets that compute with values (a GPU, a model): on a CPU, such functions keep their arrays in memory.
"""

from pyc.diagnostics import Code

CODES: tuple[Code, ...] = (
    Code(
        "E401",
        "a write to an array that may be one of several",
        "Behind a branch or a loop, a name may stand for one array or for another. For a GPU and in a model, arrays are"
        " values: there is no writing to 'whichever it is'. (A CPU has it in memory.) Give the name an array of its own"
        " before it is written, or write on each of the ways where it is known.",
        wrong="def f(u: Tensor[f64, N], c: bool) -> None:\n    v = u if c else u * 2.0\n    v[0] = 1.0",
        right="def f(u: Tensor[f64, N], c: bool) -> None:\n    if c:\n        u[0] = 1.0",
    ),
    Code(
        "E402",
        "a read of an array whose memory may have been written under another name",
        "A name stands for an array that may share memory with another one (behind a branch, after a reshape, as the"
        " result of a call), and that one has been written since. In Python the read might see the write; the value"
        " that is kept for a GPU or a model would not. On a CPU, such a function keeps its arrays in memory.",
        wrong="def f(u: Tensor[f64, N], c: bool) -> f64:\n    v = u if c else u * 2.0\n    u[0] = 1.0\n    return v[0]",
        right="def f(u: Tensor[f64, N], c: bool) -> f64:\n"
        "    v = u.copy() if c else u * 2.0\n    u[0] = 1.0\n    return v[0]",
    ),
    Code(
        "E403",
        "a loop that exchanges the arrays it writes",
        "After 'u, v = v, u' in a loop, each name stands for the other array in the next round. As values, which a GPU"
        " and a model compute with, that would copy both arrays in each round; on a CPU, nothing is copied. Copy"
        " the elements once, or write two rounds in the body.",
        wrong="def f(u: Tensor[f64, N], n: int) -> Tensor[f64, N]:\n    a = u * 1.0\n    b = u * 2.0\n"
        "    for _ in range(n):\n        b[0] = 1.0\n        a, b = b, a\n    return a",
        right="def f(u: Tensor[f64, N], n: int) -> Tensor[f64, N]:\n    a = u * 1.0\n    b = u * 2.0\n"
        "    for _ in range(n):\n        b[0] = 1.0\n        c = a.copy()\n        a[:] = b\n"
        "        b[:] = c\n    return a",
    ),
    Code(
        "E404",
        "a write through a reshape or a broadcast",
        "A broadcast is read-only. A reshape is a view of the array only where its memory allows it: on a CPU that is"
        " found out when the function runs, a GPU and a model do not know memory. Of a new array, NumPy decides the"
        " layout after those that it is made of, so that it is not known whether a reshape of it is a view. Write to"
        " the array itself, or make a copy and write to that.",
        wrong="def f(u: Tensor[f64, 4, 4]) -> None:\n    v = u.reshape(16)\n    v[0] = 1.0",
        right="def f(u: Tensor[f64, 4, 4]) -> None:\n    u[0, 0] = 1.0",
    ),
    Code(
        "E405",
        "a result that shares memory with an argument",
        "In Python, a view of an argument that is returned shares memory with it, and so it does on a CPU. A GPU"
        " returns arrays of its own: where the result is a part of an argument this must be said with '.copy()'; where"
        " it may be the argument itself (a loop that ran no round), a remark tells that it is a copy then. So it does"
        " of a model, which has no memory to share.",
        wrong="def f(u: Tensor[f64, N]) -> Tensor[f64, N - 1]:\n    return u[1:]",
        right="def f(u: Tensor[f64, N]) -> Tensor[f64, N - 1]:\n    return u[1:].copy()",
    ),
    Code(
        "E406",
        "arguments of a call that overlap, one of them written",
        "The called function writes one argument, and another one may be the same memory. A GPU has code for arguments"
        " that do not overlap only. Pass a copy of one, or parts that are known to be apart.",
        wrong="def g(a: Tensor[f64, N], b: Tensor[f64, N]) -> None:\n    a[:] = b * 2.0\n\n"
        "def f(u: Tensor[f64, N]) -> None:\n    g(u, u)",
        right="def g(a: Tensor[f64, N], b: Tensor[f64, N]) -> None:\n    a[:] = b * 2.0\n\n"
        "def f(u: Tensor[f64, N]) -> None:\n    g(u, u.copy())",
    ),
    Code(
        "E407",
        "a write to a weight",
        "Weights are constants of the compiled program. A method that needs to change one works on a copy.",
        wrong="class Net(pyc.Module):\n    w: Tensor[f32, 4]\n"
        "    def __call__(self, x: f32) -> f32:\n        w = self.w\n"
        "        w[0] = x\n        return w.sum()",
        right="class Net(pyc.Module):\n    w: Tensor[f32, 4]\n"
        "    def __call__(self, x: f32) -> f32:\n        w = self.w.copy()\n"
        "        w[0] = x\n        return w.sum()",
    ),
    Code(
        "E409",
        "a name that holds arrays of several extents",
        "Where control flow joins, an array computed as a value has one number of elements. On a CPU such a function"
        " works on arrays in memory instead, of any extents; a model has none.",
        wrong="def f(x: Tensor[f64, N], k: int):\n    if k > 0:\n        x = x[:k] * 2\n    return x + 1",
        right="def f(x: Tensor[f64, N], k: int):\n    return np.where(np.arange(len(x)) < k, x * 2, x) + 1",
    ),
    Code(
        "E410",
        "a field of a record that others see is assigned",
        "Records are values: assigning a field gives one name another value. In Python it changes the record for every"
        " name that has it. Where a record has several names, or is the caller's, these would differ: make a record of"
        " its own first, or return a new one.",
        wrong="@pyc.record\nclass Body:\n    x: f64\n\ndef f(b: Body) -> Body:\n    b.x = 0.0\n    return b",
        right="import dataclasses\n\n@pyc.record\nclass Body:\n    x: f64\n\n"
        "def f(b: Body) -> Body:\n    b = dataclasses.replace(b)\n    b.x = 0.0\n    return b",
    ),
    Code(
        "E411",
        "a loop over prange whose rounds need each other",
        "The rounds of a loop over 'prange' may run at the same time, in any order. A name that a round reads before it"
        " binds it has a value of the round before, unless it is a reduction: all that is done with it is one of"
        " 's += x' (and '-='), '*=', '&=', '|=', '^=', 's = min(s, x)', 'max', 's and x' or 's or x'. A name that each"
        " round binds is its own, and has no value after the loop.",
        wrong="def f(x: Tensor[f64, N]) -> float:\n    s = 0.0\n    for i in prange(len(x)):\n"
        "        s = s * 0.5 + x[i]\n    return s",
        right="def f(x: Tensor[f64, N]) -> float:\n    s = 0.0\n    for i in prange(len(x)):\n"
        "        s += x[i]\n    return s",
    ),
    Code(
        "E412",
        "a race in a loop over prange",
        "Rounds that may run at the same time access the same elements of an array, and one of them writes: what is"
        " there afterwards would depend on which comes first. Each round writes elements of its own, mostly those that"
        " the loop's variable selects. Only what is certain is reported: that rounds differ in positions which are"
        " computed is for you to know.",
        wrong="def f(x: Tensor[f64, N]) -> None:\n    for i in prange(1, len(x)):\n        x[i] = x[i - 1] * 2",
        right="def f(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:\n    for i in prange(1, len(x)):\n"
        "        y[i] = x[i - 1] * 2",
    ),
    Code(
        "E413",
        "a result that is read-only on some ways only",
        "NumPy makes diagonals, broadcasts and '.imag' of real numbers read-only, and views of them. Compiled functions"
        " give such results as NumPy does. Here it depends on the way that is taken through the function whether the"
        " result is one of them. Return a copy, which can always be written.",
        wrong="def f(u: Tensor[f64, N, N], c: bool):\n    return u.diagonal() if c else u[0]",
        right="def f(u: Tensor[f64, N, N], c: bool):\n    return u.diagonal().copy() if c else u[0]",
    ),
    Code(
        "E450",
        "an array is copied",
        "A remark, shown with --remarks. Updates happen in place where the old value of the array is not needed any"
        " more. Here it is still read afterwards, or while the new one is computed, so that the compiled function keeps"
        " both and copies one. The result is right; the copy costs memory and time.",
        wrong="def f(u: Tensor[f64, N]) -> None:\n    u[1:] = u[:-1]",
        right="def f(u: Tensor[f64, N], v: Tensor[f64, N]) -> None:\n    v[1:] = u[:-1]",
    ),
    Code(
        "E451",
        "a loop over prange runs its rounds one after the other",
        "A remark, shown with --remarks. What the rounds print, and the values in messages of exceptions, is formatted"
        " by Python while the loop runs. So that it comes in the order of the rounds, such a loop runs on one thread.",
        wrong="def f(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:\n    for i in prange(len(x)):\n"
        "        y[i] = x[i] * 2\n        print(i)",
        right="def f(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:\n    for i in prange(len(x)):\n"
        "        y[i] = x[i] * 2\n    print('done')",
    ),
    Code(
        "E452",
        "lines that are computed in one loop",
        "A remark, shown with --remarks. Operations on arrays that go over the same elements, or over the rows of the"
        " same arrays, are computed together: what one line computes the next one reads while it still is at hand, and"
        " arrays that only they would read are not made. It says nothing of what a program may see.",
        wrong="def f(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:\n    a = np.exp(x)\n    y[:] = a / (a + 1)",
        right="def f(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:\n    y[:] = 1 / (1 + np.exp(-x))",
    ),
    Code(
        "E453",
        "an array is stored between two loops",
        "A remark, shown with --remarks. What a line computes is read by another one that cannot be computed in the"
        " same loop: it needs all of it first, other elements than those at hand, or each of them many times. The array"
        " costs memory, and the time to write and read it.",
        wrong="def f(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:\n    a = np.exp(x)\n    y[:] = a + a[::-1]",
        right="def f(x: Tensor[f64, N], y: Tensor[f64, N]) -> None:\n    y[:] = np.exp(x) * 2.0",
    ),
    Code(
        "E454",
        "an array is copied as the program says",
        "A remark, shown with --remarks. The line says that elements are put from one array into another: 'x.copy()',"
        " an assignment to a slice, a concatenation. All such copies that are left as such are told, with the extents"
        " of what is copied.",
        wrong="def f(u: Tensor[f64, N], v: Tensor[f64, N]) -> None:\n    v[:] = u",
        right="def f(u: Tensor[f64, N], v: Tensor[f64, N]) -> None:\n    v[:] = u * 2.0",
    ),
    Code(
        "E455",
        "how a sum of products is computed",
        "A remark, shown with --remarks. Products of matrices, also those of 'np.einsum' and convolutions, are computed"
        " in blocks that stay in caches; those of a matrix and a vector by rows or columns; other sums of products, and"
        " products of a few numbers, by loops.",
        wrong="def f(a: Tensor[f64, N, N], b: Tensor[f64, N, N]) -> Tensor[f64, N, N]:\n    return a @ b",
        right="def f(a: Tensor[f64, N, N], b: Tensor[f64, N, N]) -> Tensor[f64, N, N]:\n    return a * b",
    ),
    Code(
        "E408",
        "a function that is nested too deeply",
        "A thousand statements inside each other, or of early returns after each other (each puts what follows into"
        " its other branch), are more than the compiler follows. Split the function.",
        wrong="def f(x: int) -> int:\n    if x == 0:\n        return 7\n    if x == 1:\n        return 3\n"
        "    ...  # and hundreds more",
        right="def f(x: int, table: Tensor[i64, N]) -> int:\n    return int(table[x])",
    ),
)
