"""A pool of threads, as LLVM IR that libraries with parallel loops contain.

``@pyc.run(each, all, count)`` calls ``each(all, chunk)`` for every chunk below ``count`` and gives 0, or what it gave
for the first chunk, by number, for which that was not 0; chunks behind that one may not have run. Threads take chunks
one at a time, in order, the caller among them. What a chunk is does not depend on how many threads there are.

- Threads start with the first call that has several chunks: as many as ``PYC_NUM_THREADS`` says, or as the caller may
  run on (``sched_getaffinity``), the caller counted. They block all signals, and end with the process.
- Between calls a thread watches for work for some 50 microseconds, and sleeps on a futex after that. Where the last
  call came within a millisecond it watches for about as long, once: to be woken takes a thread longer than many calls.
- A caller that has nothing left to do watches for a millisecond for those that still work, and sleeps after that.
- One caller has the pool at a time. Who comes while it is taken (another thread, or a chunk that has a parallel loop
  itself) runs the chunks itself: that needs no thread-local memory, and cannot wait for itself.
- A process that was forked has none of its parent's threads: the number of the process tells, and it starts its own.

The word ``state`` is the number of the call (upper half, the futex that threads sleep on), a bit that is set while
chunks may be left, a bit that says that the caller sleeps (on the lower half), and how many threads have joined. Who
joins does so while the call is open; the caller closes it when nothing is left, and waits until all have left it. So a
thread that wakes too late touches nothing of a call that is over.
"""

from __future__ import annotations

import re

#: As ``passes/share_work.py`` has it, which this file does not import: loading code needs no MLIR.
RUN = "pyc.run"
#: By architecture: the number of the system call ``futex``, and what tells a processor that a thread is waiting.
_MACHINES = {
    "x86_64": (202, "declare void @llvm.x86.sse2.pause()", "call void @llvm.x86.sse2.pause()"),
    "aarch64": (98, "declare void @llvm.aarch64.isb(i32)", "call void @llvm.aarch64.isb(i32 15)"),
}
#: The line that declares the function, which may have debug information.
_DECLARED = re.compile(rf"^declare .*@{re.escape(RUN)}\(.*\n", re.MULTILINE)
#: How often a thread looks for work before it sleeps: some 50 microseconds.
_LOOKS = 2000
#: How often where calls come in quick succession, which is within so many nanoseconds; and a caller for the last chunk.
#: Each look behind the first ones lets others have the processor: where nobody wants it, they take a millisecond.
_PATIENT_LOOKS, _QUICK = _LOOKS + 2000, 1_000_000
#: No more threads than this, whatever is asked for.
_MOST = 256

_SERIAL = """
; The chunks, one after the other.
define internal i32 @pyc.pool.serial(ptr %each, ptr %all, i64 %count) {
entry:
  br label %head
head:
  %chunk = phi i64 [ 0, %entry ], [ %following, %next ]
  %more = icmp slt i64 %chunk, %count
  br i1 %more, label %call, label %done
call:
  %code = call i32 %each(ptr %all, i64 %chunk)
  %following = add i64 %chunk, 1
  %fine = icmp eq i32 %code, 0
  br i1 %fine, label %next, label %failed
next:
  br label %head
failed:
  ret i32 %code
done:
  ret i32 0
}
"""
_TEXT = """
@pyc.pool.state = internal global i64 0, align 64
@pyc.pool.next = internal global i64 0, align 64
@pyc.pool.failed = internal global i64 -1, align 64
@pyc.pool.busy = internal global i32 0, align 64
@pyc.pool.sleeping = internal global i32 0
@pyc.pool.process = internal global i32 0
@pyc.pool.threads = internal global i32 0
@pyc.pool.each = internal global ptr null, align 64
@pyc.pool.all = internal global ptr null
@pyc.pool.count = internal global i64 0
@pyc.pool.called = internal global i64 0
@pyc.pool.variable = internal constant [16 x i8] c"PYC_NUM_THREADS\\00"
declare i32 @c.getpid()
declare ptr @c.getenv(ptr)
declare i64 @c.strtol(ptr, ptr, i32)
declare i32 @c.sched_getaffinity(i32, i64, ptr)
declare i32 @c.sigfillset(ptr)
declare i32 @c.pthread_sigmask(i32, ptr, ptr)
declare i32 @c.pthread_create(ptr, ptr, ptr, ptr)
declare i32 @c.pthread_detach(i64)
declare i64 @c.syscall(i64, ...)
declare i32 @c.clock_gettime(i32, ptr)
declare i32 @c.sched_yield()
declare i64 @llvm.ctpop.i64(i64)
$pause_declared

$serial
; Takes chunks until none is left, or one below has failed.
define internal void @pyc.pool.work() {
entry:
  %each = load ptr, ptr @pyc.pool.each
  %all = load ptr, ptr @pyc.pool.all
  %count = load i64, ptr @pyc.pool.count
  br label %take
take:
  %chunk = atomicrmw add ptr @pyc.pool.next, i64 1 monotonic
  %more = icmp slt i64 %chunk, %count
  br i1 %more, label %look, label %done
look:
  %known = load atomic i64, ptr @pyc.pool.failed monotonic, align 8
  %at = lshr i64 %known, 32
  %useless = icmp ult i64 %at, %chunk
  br i1 %useless, label %done, label %call
call:
  %code = call i32 %each(ptr %all, i64 %chunk)
  %fine = icmp eq i32 %code, 0
  br i1 %fine, label %take, label %failed
failed:
  %upper = shl i64 %chunk, 32
  %lower = zext i32 %code to i64
  %error = or i64 %upper, %lower
  %old = atomicrmw umin ptr @pyc.pool.failed, i64 %error monotonic
  br label %take
done:
  ret void
}

; Nanoseconds of a clock that is never set.
define internal i64 @pyc.pool.now() {
entry:
  %time = alloca [2 x i64], align 8
  store [2 x i64] zeroinitializer, ptr %time
  %failed = call i32 @c.clock_gettime(i32 1, ptr %time)
  %seconds = load i64, ptr %time
  %rest.at = getelementptr i64, ptr %time, i64 1
  %rest = load i64, ptr %rest.at
  %whole = mul i64 %seconds, 1000000000
  %now = add i64 %whole, %rest
  ret i64 %now
}

; A thread: waits for a call other than the one it knows, joins it while it is open, and works.
define internal ptr @pyc.pool.thread(ptr %argument) {
entry:
  %first = ptrtoint ptr %argument to i64
  %begin = call i64 @pyc.pool.now()
  br label %idle
idle:
  %known = phi i64 [ %first, %entry ], [ %known, %sleep ], [ %call, %rest ]
  %since = phi i64 [ %begin, %entry ], [ %since, %sleep ], [ %free, %rest ]
  %patience = phi i64 [ $looks, %entry ], [ $looks, %sleep ], [ %learnt, %rest ]
  br label %watch
watch:
  %looks = phi i64 [ 0, %idle ], [ %looked, %spin ], [ %looked, %yield ]
  %state = load atomic i64, ptr @pyc.pool.state acquire, align 8
  %call = lshr i64 %state, 32
  %old = icmp eq i64 %call, %known
  br i1 %old, label %again, label %join
again:
  %looked = add i64 %looks, 1
  %patient = icmp ult i64 %looked, %patience
  br i1 %patient, label %pause, label %sleep
pause:
  %near = icmp ult i64 %looked, $looks
  br i1 %near, label %spin, label %yield
spin:
  $pause
  br label %watch
yield:
  %yielded = call i32 @c.sched_yield()
  br label %watch
sleep:
  %before = atomicrmw add ptr @pyc.pool.sleeping, i32 1 seq_cst
  %futex = getelementptr i8, ptr @pyc.pool.state, i64 4
  %slept = call i64 (i64, ...) @c.syscall(i64 $futex, ptr %futex, i64 128, i64 %known, ptr null)
  %after = atomicrmw sub ptr @pyc.pool.sleeping, i32 1 seq_cst
  br label %idle
join:
  %seen = phi i64 [ %state, %watch ], [ %now, %try ]
  %its = lshr i64 %seen, 32
  %same = icmp eq i64 %its, %call
  %bit = and i64 %seen, 65536
  %open = icmp ne i64 %bit, 0
  %may = and i1 %same, %open
  br i1 %may, label %try, label %late
late:
  br label %rest
rest:
  %called = load atomic i64, ptr @pyc.pool.called monotonic, align 8
  %waited = sub i64 %called, %since
  %quick = icmp slt i64 %waited, $quick
  %learnt = select i1 %quick, i64 $patient, i64 $looks
  %free = call i64 @pyc.pool.now()
  br label %idle
try:
  %joined = add i64 %seen, 1
  %pair = cmpxchg ptr @pyc.pool.state, i64 %seen, i64 %joined acq_rel acquire
  %now = extractvalue { i64, i1 } %pair, 0
  %ok = extractvalue { i64, i1 } %pair, 1
  br i1 %ok, label %work, label %join
work:
  call void @pyc.pool.work()
  %left = atomicrmw sub ptr @pyc.pool.state, i64 1 acq_rel
  %others = and i64 %left, 65535
  %last = icmp eq i64 %others, 1
  %asleep = and i64 %left, 131072
  %waits = icmp ne i64 %asleep, 0
  %wakes = and i1 %last, %waits
  br i1 %wakes, label %wake, label %leave
leave:
  br label %rest
wake:
  %woken = call i64 (i64, ...) @c.syscall(i64 $futex, ptr @pyc.pool.state, i64 129, i64 1)
  br label %rest
}

; How many threads there shall be, the caller counted.
define internal i32 @pyc.pool.wanted() {
entry:
  %text = call ptr @c.getenv(ptr @pyc.pool.variable)
  %unset = icmp eq ptr %text, null
  br i1 %unset, label %ask, label %read
read:
  %number = call i64 @c.strtol(ptr %text, ptr null, i32 10)
  %positive = icmp sgt i64 %number, 0
  br i1 %positive, label %given, label %ask
given:
  %small = icmp slt i64 %number, $most
  %bounded = select i1 %small, i64 %number, i64 $most
  %asked = trunc i64 %bounded to i32
  ret i32 %asked
ask:
  %mask = alloca [16 x i64], align 8
  store [16 x i64] zeroinitializer, ptr %mask
  %failed = call i32 @c.sched_getaffinity(i32 0, i64 128, ptr %mask)
  %known = icmp eq i32 %failed, 0
  br i1 %known, label %word, label %one
one:
  ret i32 1
word:
  %i = phi i64 [ 0, %ask ], [ %j, %word ]
  %sum = phi i64 [ 0, %ask ], [ %total, %word ]
  %at = getelementptr i64, ptr %mask, i64 %i
  %bits = load i64, ptr %at
  %ones = call i64 @llvm.ctpop.i64(i64 %bits)
  %total = add i64 %sum, %ones
  %j = add i64 %i, 1
  %more = icmp ult i64 %j, 16
  br i1 %more, label %word, label %counted
counted:
  %few = icmp slt i64 %total, $most
  %capped = select i1 %few, i64 %total, i64 $most
  %cores = trunc i64 %capped to i32
  ret i32 %cores
}

; Starts the threads of this process, unless another thread does. Nobody runs chunks meanwhile but by themselves.
define internal void @pyc.pool.start(i32 %known, i32 %self) {
entry:
  %pair = cmpxchg ptr @pyc.pool.process, i32 %known, i32 -1 acq_rel acquire
  %mine = extractvalue { i32, i1 } %pair, 1
  %others = icmp eq i32 %known, -1
  %alone = xor i1 %others, true
  %may = and i1 %mine, %alone
  br i1 %may, label %reset, label %done
reset:
  %state = load i64, ptr @pyc.pool.state
  %call = lshr i64 %state, 32
  %clean = shl i64 %call, 32
  store atomic i64 %clean, ptr @pyc.pool.state seq_cst, align 8
  store atomic i32 0, ptr @pyc.pool.sleeping seq_cst, align 4
  %wanted = call i32 @pyc.pool.wanted()
  %all = alloca [16 x i64], align 8
  %old = alloca [16 x i64], align 8
  %thread = alloca i64, align 8
  %filled = call i32 @c.sigfillset(ptr %all)
  %blocked = call i32 @c.pthread_sigmask(i32 2, ptr %all, ptr %old)
  %argument = inttoptr i64 %call to ptr
  br label %head
head:
  %made = phi i32 [ 0, %reset ], [ %more, %detach ]
  %total = add i32 %made, 1
  %enough = icmp sge i32 %total, %wanted
  br i1 %enough, label %made.all, label %make
make:
  %failed = call i32 @c.pthread_create(ptr %thread, ptr null, ptr @pyc.pool.thread, ptr %argument)
  %fine = icmp eq i32 %failed, 0
  br i1 %fine, label %detach, label %made.all
detach:
  %id = load i64, ptr %thread
  %detached = call i32 @c.pthread_detach(i64 %id)
  %more = add i32 %made, 1
  br label %head
made.all:
  %restored = call i32 @c.pthread_sigmask(i32 2, ptr %old, ptr null)
  store i32 %made, ptr @pyc.pool.threads
  store atomic i32 0, ptr @pyc.pool.busy release, align 4
  store atomic i32 %self, ptr @pyc.pool.process release, align 4
  br label %done
done:
  ret void
}

define internal i32 @pyc.run(ptr %each, ptr %all, i64 %count) {
entry:
  %several = icmp sgt i64 %count, 1
  br i1 %several, label %process, label %serial
serial:
  %alone = call i32 @pyc.pool.serial(ptr %each, ptr %all, i64 %count)
  ret i32 %alone
process:
  %self = call i32 @c.getpid()
  %known = load atomic i32, ptr @pyc.pool.process acquire, align 4
  %started = icmp eq i32 %known, %self
  br i1 %started, label %ready, label %start
start:
  call void @pyc.pool.start(i32 %known, i32 %self)
  %settled = load atomic i32, ptr @pyc.pool.process acquire, align 4
  %usable = icmp eq i32 %settled, %self
  br i1 %usable, label %ready, label %serial
ready:
  %threads = load i32, ptr @pyc.pool.threads
  %any = icmp sgt i32 %threads, 0
  br i1 %any, label %acquire, label %serial
acquire:
  %pair = cmpxchg ptr @pyc.pool.busy, i32 0, i32 1 acquire monotonic
  %mine = extractvalue { i32, i1 } %pair, 1
  br i1 %mine, label %publish, label %serial
publish:
  store ptr %each, ptr @pyc.pool.each
  store ptr %all, ptr @pyc.pool.all
  store i64 %count, ptr @pyc.pool.count
  store atomic i64 0, ptr @pyc.pool.next monotonic, align 8
  store atomic i64 -1, ptr @pyc.pool.failed monotonic, align 8
  %time = call i64 @pyc.pool.now()
  store atomic i64 %time, ptr @pyc.pool.called monotonic, align 8
  %before = load atomic i64, ptr @pyc.pool.state monotonic, align 8
  %last = lshr i64 %before, 32
  %call = add i64 %last, 1
  %upper = shl i64 %call, 32
  %opened = or i64 %upper, 65536
  store atomic i64 %opened, ptr @pyc.pool.state seq_cst, align 8
  %sleeping = load atomic i32, ptr @pyc.pool.sleeping seq_cst, align 4
  %sleepers = icmp ne i32 %sleeping, 0
  br i1 %sleepers, label %wake, label %work
wake:
  %others = sub i64 %count, 1
  %futex = getelementptr i8, ptr @pyc.pool.state, i64 4
  %woken = call i64 (i64, ...) @c.syscall(i64 $futex, ptr %futex, i64 129, i64 %others)
  br label %work
work:
  call void @pyc.pool.work()
  %closed = atomicrmw and ptr @pyc.pool.state, i64 -65537 acq_rel
  br label %wait
wait:
  %looks = phi i64 [ 0, %work ], [ %looked, %spin ], [ %looked, %yield ]
  %state = load atomic i64, ptr @pyc.pool.state acquire, align 8
  %joined = and i64 %state, 65535
  %over = icmp eq i64 %joined, 0
  br i1 %over, label %done, label %again
again:
  %looked = add i64 %looks, 1
  %patient = icmp ult i64 %looked, $patient
  br i1 %patient, label %pause, label %sleep
pause:
  %near = icmp ult i64 %looked, $looks
  br i1 %near, label %spin, label %yield
spin:
  $pause
  br label %wait
yield:
  %yielded = call i32 @c.sched_yield()
  br label %wait
sleep:
  %marked = atomicrmw or ptr @pyc.pool.state, i64 131072 acq_rel
  %left = and i64 %marked, 65535
  %gone = icmp eq i64 %left, 0
  br i1 %gone, label %done, label %doze
doze:
  %expected = or i64 %marked, 131072
  %word = and i64 %expected, 4294967295
  %slept = call i64 (i64, ...) @c.syscall(i64 $futex, ptr @pyc.pool.state, i64 128, i64 %word, ptr null)
  br label %sleep
done:
  %error = load atomic i64, ptr @pyc.pool.failed monotonic, align 8
  store atomic i32 0, ptr @pyc.pool.busy release, align 4
  %none = icmp eq i64 %error, -1
  %number = trunc i64 %error to i32
  %code = select i1 %none, i32 0, i32 %number
  ret i32 %code
}
"""


def definition(architecture: str, text: str) -> str:
    """LLVM IR of the pool for a machine, to be appended to ``text``, which declares :data:`RUN`."""
    futex, declared, pause = _MACHINES[architecture]
    values = {"pause_declared": declared, "pause": pause, "futex": futex, "looks": _LOOKS, "most": _MOST}
    values |= {"serial": _SERIAL, "patient": _PATIENT_LOOKS, "quick": _QUICK}
    pool = _TEXT
    for name in sorted(values, key=len, reverse=True):
        pool = pool.replace(f"${name}", str(values[name]))
    lines = [line for line in pool.split("\n") if not (line.startswith("declare") and _is_declared(line, text))]
    return "\n".join(lines)


def library(architecture: str) -> str:
    """LLVM IR of the pool by itself, with :data:`RUN` to be called from outside."""
    return definition(architecture, "").replace(f"define internal i32 @{RUN}(", f"define i32 @{RUN}(")


def with_pool(text: str, architecture: str) -> str:
    """LLVM IR with a pool of its own for its parallel loops."""
    text = _DECLARED.sub("", text)
    return text + definition(architecture, text)


def without_pool(text: str) -> str:
    """LLVM IR whose parallel loops run on the pool that who loads it puts there, and chunk by chunk without one."""
    return text.replace(f" = global ptr @{RUN}\n", " = global ptr @pyc.pool.serial\n", 1) + _SERIAL


def _is_declared(declaration: str, text: str) -> bool:
    """Whether ``text`` declares the function that a line declares."""
    name = declaration[declaration.index("@") : declaration.index("(")]
    return f"{name}(" in text
