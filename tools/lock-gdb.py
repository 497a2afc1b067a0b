"""lock-gdb.py - what gdb says of a struct thread_lock or a struct async_lock

    (gdb) source tools/lock-gdb.py
    (gdb) lock-queue        all thread_locks that threads wait for, with queues
    (gdb) lock-queue lock   one lock: who waits for it, in order
    (gdb) print lock        the same, without saying which thread is which

In a live process and in a core file alike. All it needs is that the program
was compiled with -g, at any optimisation.
"""
import re

import gdb
import gdb.printing
import gdb.types

HELD, EDIT, BITS = 1, 2, 3               # of a thread_lock's word
PICKED, OWNS = 1, 2                         # of a waiter's where


def symbol(pointer):
    """What a pointer points to, by name, or else its address."""
    text = pointer.format_string(symbols=True)
    name = re.search("<(.*)>", text)
    return name.group(1) if name else hex(int(pointer))


def at(type_name, address):
    pointer = gdb.lookup_type("struct " + type_name).pointer()
    return gdb.Value(address).cast(pointer).dereference()


def ring(first):
    """The waiters from the first, a pointer, on: each points to the next."""
    waiter, seen = first, set()
    while int(waiter) not in seen:
        seen.add(int(waiter))
        yield waiter.dereference()
        waiter = waiter["next"]
    if int(waiter) != int(first):
        raise gdb.MemoryError("the queue is no ring")


def is_thread(waiter):
    if not gdb.types.has_field(waiter.type, "loop"):
        return False
    return int(waiter["fn"]) == 0        # a continuation must have one


def who(waiter):
    if is_thread(waiter):
        return "a thread"
    return f"{symbol(waiter['fn'])}({symbol(waiter['arg'])})"


def count(n):
    return {0: "no one waits", 1: "1 waits"}.get(n, f"{n} wait")


class ThreadLock:
    def __init__(self, lock):
        self.word = int(lock["word"])

    def waiters(self):
        first = self.word & ~BITS
        return ring(at("thread_lock_waiter", first).address) if first else ()

    def state(self):
        text = "held" if self.word & HELD else "free"
        if self.word & EDIT:
            text += ", its queue is being edited"
        return text


class AsyncLock:
    def __init__(self, lock):
        self.lock = lock
        self.name = str(lock["state"])

    def owner(self):
        """While it passes, the first in the ring is the next owner already."""
        passing = self.name in ("ASYNC_LOCK_PASSING_", "ASYNC_LOCK_LENDING_")
        return self.lock["first"] if passing else None

    def waiters(self):
        first = self.lock["first"]
        if int(first) == 0:
            return
        for waiter in ring(first):
            if self.owner() is None or waiter.address != first:
                yield waiter

    def state(self):
        owner = self.owner()
        if owner is not None:
            whom = who(owner.dereference()) if int(owner) else "no one"
            return "on its way to " + whom
        names = {"ASYNC_LOCK_FREE_": "free", "ASYNC_LOCK_HELD_": "held",
                 "ASYNC_LOCK_LENT_": "held, inside a release"}
        return names.get(self.name, self.name)


class LockPrinter:
    def __init__(self, lock):
        self.lock = lock
        self.queue = []
        self.broken = ""
        try:
            for waiter in lock.waiters():
                self.queue.append((waiter, who(waiter)))
        except gdb.MemoryError as error:
            self.broken = f", then the queue is broken: {error}"

    def to_string(self):
        return f"{self.lock.state()}, {count(len(self.queue))}{self.broken}"

    def children(self):
        for i, (_, name) in enumerate(self.queue):
            yield f"[{i}]", name


class ThreadWaiterPrinter:
    def __init__(self, waiter):
        self.waiter = waiter
        self.where = int(waiter["where"])

    def to_string(self):
        if self.where == 0:
            return "waits for nothing"
        if self.where == PICKED:
            return f"{who(self.waiter)}, woken"
        if self.where == OWNS:
            return f"{who(self.waiter)}, owns the lock"
        lock = at("thread_lock", self.where).address
        return f"{who(self.waiter)}, waits for {symbol(lock)}"


class AsyncWaiterPrinter:
    def __init__(self, waiter):
        self.waiter = waiter

    def to_string(self):
        if int(self.waiter["next"]) == 0:
            return "waits for nothing"
        if int(self.waiter["where"]) == 0:
            return f"{who(self.waiter)}, cancelled"
        return f"{who(self.waiter)}, waits for {symbol(self.waiter['where'])}"


def thread_of(waiter):
    """The thread on whose stack it lies: of those whose stack pointer is below
    it, the one with the nearest, for stacks grow downwards."""
    selected, frame = gdb.selected_thread(), gdb.selected_frame()
    address, nearest = int(waiter.address), None
    for thread in gdb.selected_inferior().threads():
        thread.switch()
        top = int(gdb.newest_frame().read_register("sp"))
        if top <= address and (nearest is None or top > nearest[0]):
            nearest = top, f"thread {thread.num} (LWP {thread.ptid[1]})"
    selected.switch()
    frame.select()
    return nearest[1] if nearest else "a thread"


def frames():
    """All frames of all threads, each of them selected while it is looked at."""
    selected, frame = gdb.selected_thread(), gdb.selected_frame()
    for thread in gdb.selected_inferior().threads():
        thread.switch()
        at_work = gdb.newest_frame()
        while at_work is not None:
            yield at_work
            at_work = at_work.older()
    selected.switch()
    frame.select()


def variables(frame, type_name):
    """The local variables of a frame that are a struct of that name."""
    try:
        block = frame.block()
    except RuntimeError:                        # compiled without -g
        return
    while block is not None:
        for name in block:
            if (name.is_variable and not name.is_argument
                    and name.type.strip_typedefs().tag == type_name):
                yield name.value(frame)
        block = None if block.function else block.superblock


def waited_for():
    """Each thread_lock that a thread waits for, once."""
    locks = {}
    for frame in frames():
        for sleeper in variables(frame, "thread_lock_sleeper_"):
            where = int(sleeper["waiter"]["where"])
            if where & ~BITS:                   # else it was woken already
                locks[where] = at("thread_lock", where)
    return locks.values()


def print_queue(lock, before=""):
    printer = gdb.default_visualizer(lock)
    print(before + printer.to_string())
    for i, (waiter, who_waits) in enumerate(printer.queue):
        print(f"  {i + 1}.", thread_of(waiter) if is_thread(waiter)
              else who_waits)


class LockQueue(gdb.Command):
    """Show who waits for a lock, in order: lock-queue LOCK

Without LOCK: for each thread_lock that threads wait for."""

    def __init__(self):
        super().__init__("lock-queue", gdb.COMMAND_DATA,
                         gdb.COMPLETE_EXPRESSION)

    def invoke(self, expression, from_tty):
        if expression:
            lock = gdb.parse_and_eval(expression)
            if lock.type.strip_typedefs().code == gdb.TYPE_CODE_PTR:
                lock = lock.dereference()
            if not isinstance(gdb.default_visualizer(lock), LockPrinter):
                raise gdb.GdbError(f"{expression} is no lock")
            print_queue(lock)
            return
        locks = list(waited_for())
        for lock in locks:
            print_queue(lock, symbol(lock.address) + ": ")
        if not locks:
            print("no thread waits for a thread_lock")


def printers():
    all_of_them = gdb.printing.RegexpCollectionPrettyPrinter("lock")
    for name, printer in (
            ("thread_lock", lambda lock: LockPrinter(ThreadLock(lock))),
            ("async_lock", lambda lock: LockPrinter(AsyncLock(lock))),
            ("thread_lock_waiter", ThreadWaiterPrinter),
            ("async_lock_waiter", AsyncWaiterPrinter)):
        all_of_them.add_printer(name, f"^{name}$", printer)
    return all_of_them


gdb.printing.register_pretty_printer(None, printers(), replace=True)
LockQueue()
print("lock-queue: all locks that threads wait for; lock-queue LOCK, or print "
      "LOCK: one lock")
