# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=False
"""What is written down while one record is judged: faults, flags, and values as they were sent."""

cimport cython
from cpython.long cimport PyLong_AsLongLongAndOverflow
from libc.limits cimport LLONG_MAX, LLONG_MIN

from operator import attrgetter

from streams.days import day_of_instant, year_of
from streams.no_value import BAD

cdef object _PLACE = attrgetter("order", "code")
cdef object _BAD = BAD
cdef object last_today = None
cdef object last_year = None


cdef class Fault:
    """A reason that one field gives; its sentence is written only for a record that has faults.

    *order* is the field's place in its contract. *value* is as sent; None for every field that is
    personal (invariant 6). A fault that is remembered keeps its sentence.
    """

    def __cinit__(self, order, code, field, title, expected, value, /):
        self.order, self.code, self.field = order, code, field
        self.title, self.expected, self.value = title, expected, value


@cython.freelist(8)
cdef class Notes:
    """The notes of one record, and its clock: the commit time at the source, never the wall clock.

    *now* is µs since the epoch; *today* is event_day, in days; *year* its year (DOMAIN.md 0). Takers
    read the clock as numbers of 64 bits; a time beyond them stands at their end.
    """

    def __cinit__(self, source_ts not None, /):
        global last_today, last_year
        self.now = source_ts
        self.today = day_of_instant(source_ts)
        if self.today != last_today:  # nearly all records of an hour are of one day
            last_year = year_of(self.today)
            last_today = self.today
        self.year = last_year
        self.moment, self.day = _saturated(self.now), _saturated(self.today)
        self.event_year = self.year
        self.faults = []
        self.flags = []
        self.originals = {}

    def refuse(self, fault, /):
        """Write *fault* down and return what stands for the refused value."""
        self.faults.append(fault)
        return _BAD

    def report(self, tuple values not None, tell not None, Py_ssize_t most, /):
        """Give *values* as they stand, at most *most* problems, and all flags.

        A refused value stands as None. Problems are sorted by field and code, warnings are flags
        too. *tell* gives (problem, its flag or "") of a fault, and is asked once of each.
        """
        cdef list faults = sorted(self.faults, key=_PLACE) if len(self.faults) > 1 else self.faults
        cdef list problems = [], flags = self.flags
        cdef Fault fault
        for fault in faults:
            if fault.problem is None:
                fault.problem, fault.warning = tell(fault)
            problems.append(fault.problem)
            if fault.warning:
                flags.append(fault.warning)
        if len(problems) > most:
            del problems[most:]
        return _standing(values), tuple(problems), tuple(flags), self.originals

    cdef int keep(self, str name, object raw) except -1:
        """Keep *raw*, the value of field *name*, as it was sent."""
        self.originals[name] = raw
        return 0

    cdef int flag(self, str flag) except -1:
        """Note a repair."""
        self.flags.append(flag)
        return 0


cdef tuple _standing(tuple values):
    cdef list found = list(values)
    cdef Py_ssize_t place
    for place in range(len(found)):
        if found[place] is _BAD:
            found[place] = None
    return tuple(found)


cdef long long _saturated(object number) except? -1:
    cdef int overflow = 0
    cdef long long found = PyLong_AsLongLongAndOverflow(number, &overflow)
    if overflow:
        return LLONG_MAX if overflow > 0 else LLONG_MIN
    return found
