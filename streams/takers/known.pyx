# cython: language_level=3, boundscheck=False, wraparound=False
"""What the refiner said of a value is remembered: the same words come all day, the wrong ones too.

A code list, a yes or no, a time of day. The refiner itself judges each once, so the memory cannot
disagree with it. Where a day decides too (a code that expires, a date that may not be after today),
value and day are remembered together.
"""

from cpython.dict cimport PyDict_GetItemWithError
from cpython.object cimport PyObject

cdef enum:
    LONGEST = 64  # letters of a text that is remembered


cdef class Taker:
    """A field: how its refiner is asked, its name, and whether null is simply null."""

    def __cinit__(self, task not None, *_, **__):
        """Take from *task* (`streams.fast.task.Task`) what every taker knows."""
        self.refine, self.name, self.nullable = task.refine, task.name, task.nullable


cdef class Answer:
    """What a value became; the text to keep (None = none), and the reasons against it."""

    cdef object say(self, str name, Notes notes):
        """Note in *notes* what was said, and give the value."""
        if self.flags is not None:
            notes.flags += self.flags
        if self.kept is not None:
            notes.keep(name, self.kept)
        if self.faults is not None:
            notes.faults += self.faults
        return self.value


cdef class Memory:
    """What *refine* said of values of one field: at most *most*; beyond, memory begins anew."""

    def __cinit__(self, refine not None, str name not None, Py_ssize_t most):
        self.refine, self.name, self.most = refine, name, most
        self.answers = {}

    def __len__(self):
        """Give how many values are remembered."""
        return len(self.answers)

    cdef object ask(self, object raw, object key, Notes notes, bint dated=False):
        """Judge *raw*, remembered as *key*: with the day of its event where it is *dated*."""
        cdef PyObject *met = PyDict_GetItemWithError(self.answers, key)
        cdef Py_ssize_t flags, faults
        if met is not NULL:
            return (<Answer> met).say(self.name, notes)
        flags, faults = len(notes.flags), len(notes.faults)
        value = self.refine(raw, notes, key[1]) if dated else self.refine(raw, notes)
        if type(raw) is str and len(<str> raw) > LONGEST:
            return value
        return self.learn(key, value, notes, flags, faults)

    cdef object learn(
        self, object key, object value, Notes notes, Py_ssize_t flags, Py_ssize_t faults
    ):
        """Remember what was written in *notes* behind its first *flags* and *faults*."""
        cdef Answer answer = Answer()
        answer.value, answer.kept = value, notes.originals.get(self.name)
        answer.flags = notes.flags[flags:] or None
        answer.faults = notes.faults[faults:] or None
        if len(self.answers) >= self.most:
            self.answers.clear()
        self.answers[key] = answer
        return value


cdef class Known(Taker):
    """Takes values of one type that were met before."""

    cdef readonly Memory memory
    cdef type wanted

    def __cinit__(self, task not None, type wanted not None, Py_ssize_t most):
        self.memory, self.wanted = Memory(self.refine, self.name, most), wanted

    def take(self, raw, Notes notes not None, /):
        """Judge *raw*, which means the same on every day."""
        if type(raw) is self.wanted:
            return self.memory.ask(raw, raw, notes)
        return None if raw is None and self.nullable else self.refine(raw, notes)

    def take_today(self, raw, Notes notes not None, /):
        """Judge *raw* on the day of the record."""
        if type(raw) is self.wanted:
            return self.memory.ask(raw, (raw, notes.today), notes)
        return None if raw is None and self.nullable else self.refine(raw, notes)

    def take_on(self, raw, Notes notes not None, day, /):
        """Judge *raw* on the *day* of its event."""
        if type(raw) is self.wanted:
            return self.memory.ask(raw, (raw, day), notes, True)
        return None if raw is None and self.nullable else self.refine(raw, notes, day)
