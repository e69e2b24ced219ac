"""How much stack a thread has left, as LLVM IR that libraries with recursive functions contain.

``@pyc.stack.begin(slot)`` is called where recursion begins, and ``@pyc.stack.room(slot)`` at each call: whether there
is room for one more. The slot holds the lowest address that is known to be fine. It begins with some kilobytes, which
every thread has; the first call that comes below asks the C library where the thread's stack really ends, once. Threads
of Python may have stacks as small as they are asked to be (``threading.stack_size``).
"""

from __future__ import annotations

import re

from pyc.passes.bound_recursion import BEGIN, ROOM

#: Bytes that a thread has when it calls, and bytes that are left to the frame of a call and to functions of C.
_ASSUMED, _RESERVED = 32 * 1024, 64 * 1024
_DECLARED = re.compile(rf"^declare .*@(?:{re.escape(BEGIN)}|{re.escape(ROOM)})\(.*\n", re.MULTILINE)

_TEXT = f"""
declare ptr @llvm.frameaddress.p0(i32)
declare i64 @c.pthread_self()
declare i32 @c.pthread_getattr_np(i64, ptr)
declare i32 @c.pthread_attr_getstack(ptr, ptr, ptr)
declare i32 @c.pthread_attr_destroy(ptr)

define internal void @{BEGIN}(i64 %slot) alwaysinline {{
  %frame = call ptr @llvm.frameaddress.p0(i32 0)
  %here = ptrtoint ptr %frame to i64
  %fine = sub i64 %here, {_ASSUMED}
  %place = inttoptr i64 %slot to ptr
  store i64 %fine, ptr %place
  ret void
}}

define internal i1 @{ROOM}(i64 %slot) alwaysinline {{
entry:
  %frame = call ptr @llvm.frameaddress.p0(i32 0)
  %here = ptrtoint ptr %frame to i64
  %place = inttoptr i64 %slot to ptr
  %lowest = load i64, ptr %place
  %fine = icmp ugt i64 %here, %lowest
  br i1 %fine, label %done, label %ask
ask:
  %answer = call i1 @pyc.stack.ask(i64 %here, ptr %place)
  br label %done
done:
  %room = phi i1 [ true, %entry ], [ %answer, %ask ]
  ret i1 %room
}}

define internal i1 @pyc.stack.ask(i64 %here, ptr %place) noinline cold {{
entry:
  %facts = alloca [16 x i64]
  %begin = alloca ptr
  %size = alloca i64
  %self = call i64 @c.pthread_self()
  %failed = call i32 @c.pthread_getattr_np(i64 %self, ptr %facts)
  %known = icmp eq i32 %failed, 0
  br i1 %known, label %read, label %unknown
read:
  %got = call i32 @c.pthread_attr_getstack(ptr %facts, ptr %begin, ptr %size)
  %destroyed = call i32 @c.pthread_attr_destroy(ptr %facts)
  %end = load i64, ptr %begin
  %lowest = add i64 %end, {_RESERVED}
  store i64 %lowest, ptr %place
  %fine = icmp ugt i64 %here, %lowest
  ret i1 %fine
unknown:
  store i64 0, ptr %place
  ret i1 true
}}
"""


def with_stack(text: str) -> str:
    """LLVM IR with what its recursive functions ask about the stack, if it has such."""
    return _DECLARED.sub("", text) + _TEXT if _DECLARED.search(text) else text
