# cython: language_level=3, boundscheck=False, wraparound=False
"""Taker of communes: what was said of a code with its list and name is remembered.

The same few hundred communes come all day. Of the event's day only its side of 2025-07-01 matters
(`streams.refine.places`), so the memory holds whole answers; a refused place is remembered too,
for a wrong code is also sent again and again.
"""

from cpython.dict cimport PyDict_GetItemWithError
from cpython.object cimport PyObject

from streams.days import REFORM_DAY
from streams.no_value import ABSENT

from streams.takers.known cimport Answer, Memory
from streams.takers.notes cimport Notes

cdef enum:
    LONGEST = 120  # letters of a text that is remembered

cdef object reform_day = REFORM_DAY
cdef object absent = ABSENT


cdef class Place:
    """Takes places met before."""

    cdef object judge
    cdef type wanted
    cdef readonly Memory memory

    def __cinit__(self, judge not None, str name not None, type wanted not None, Py_ssize_t most):
        """Take *judge* (raw, list, name, event day, notes), which knows every place."""
        self.judge, self.wanted, self.memory = judge, wanted, Memory(judge, name, most)

    def take(self, raw, system, name, day, Notes notes not None, /):
        """Give the three values of the commune *raw*, on the day of its event."""
        cdef tuple place
        cdef PyObject *met
        system, name = _or_null(system), _or_null(name)
        # Beside it only texts and null equal what is remembered, but true equals 1.
        if type(raw) is not self.wanted or not (_is_text(system) and _is_text(name)):
            return self.judge(raw, system, name, day, notes)
        place = (raw, system, name, day >= reform_day if type(day) is int else None)
        met = PyDict_GetItemWithError(self.memory.answers, place)
        if met is not NULL:
            return (<Answer> met).say(self.memory.name, notes)
        return self._learn(place, day, notes)

    cdef object _learn(self, tuple place, object day, Notes notes):
        cdef Py_ssize_t flags = len(notes.flags), faults = len(notes.faults)
        raw, system, name, _ = place
        values = self.judge(raw, system, name, day, notes)
        for text in (raw, system, name):
            if type(text) is str and len(<str> text) > LONGEST:
                return values
        return self.memory.learn(place, values, notes, flags, faults)


cdef inline object _or_null(object sent):
    return None if sent is absent else sent


cdef inline bint _is_text(object sent):
    return sent is None or type(sent) is str
