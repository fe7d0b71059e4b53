# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Takers of moments: without a zone, or written with it."""

from cpython.long cimport PyLong_AsLongLongAndOverflow
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH
from libc.limits cimport LLONG_MIN

from streams.days import DAY_US, ZONE_US

from streams.takers.days cimport Bounds, Written, bounds_of, first_day, holds, number_in, split_day
from streams.takers.known cimport Taker
from streams.takers.notes cimport Notes
from streams.takers.unicode cimport PyUnicode_IS_ASCII

cdef enum:
    MOMENT_LENGTH = 19  # of yyyy-mm-ddThh:mm:ss
    SECOND = 1_000_000

cdef long long day_us = DAY_US
cdef long long zone_us = ZONE_US


cdef class LocalMoment(Taker):
    """Takes moments without a zone, µs as if in UTC: they are Việt Nam's."""

    cdef Bounds bounds
    cdef str assumed

    def __cinit__(self, task not None, bounds not None):
        self.bounds, self.assumed = bounds_of(bounds), task.plan.flag("ZONE_ASSUMED")

    def take(self, raw, Notes notes not None, /):
        """Judge *raw*."""
        cdef int overflow = 0
        cdef long long moment
        if type(raw) is int:
            moment = PyLong_AsLongLongAndOverflow(raw, &overflow)
            if not overflow and moment > LLONG_MIN // 2:
                moment -= zone_us
                if holds(&self.bounds, moment, moment, notes.moment):
                    notes.flag(self.assumed)
                    return moment
        elif raw is None and self.nullable:
            return None
        return self.refine(raw, notes)


cdef class Moment(Taker):
    """Takes moments written with their zone (RFC 3339, up to six decimals)."""

    cdef Bounds bounds
    cdef bint typed

    def __cinit__(self, task not None, bounds not None, bint typed):
        """Take whether the text is Debezium's, which nobody at the department wrote."""
        self.bounds, self.typed = bounds_of(bounds), typed

    def take(self, raw, Notes notes not None, /):
        """Judge *raw*."""
        cdef long long moment
        cdef bint canonical = False
        if type(raw) is str:
            if _read_moment(<str> raw, &moment, &canonical):
                if holds(&self.bounds, moment, moment, notes.moment):
                    if not (self.typed or canonical):
                        notes.keep(self.name, raw)
                    return moment
        elif raw is None and self.nullable:
            return None
        return self.refine(raw, notes)


cdef bint _read_moment(str text, long long *moment, bint *canonical) noexcept:
    """Read yyyy-mm-ddThh:mm:ss, decimals, and Z or the zone; *canonical*: it is as we write it."""
    cdef const unsigned char *letters = <const unsigned char *> PyUnicode_DATA(text)
    cdef Py_ssize_t length = PyUnicode_GET_LENGTH(text)
    cdef Written written
    cdef int hour, minute, second, zone = 0
    if not (MOMENT_LENGTH < length <= MOMENT_LENGTH + 13 and PyUnicode_IS_ASCII(text)):
        return False
    if not (letters[4] == letters[7] == c"-" and letters[10] == c"T"):
        return False
    if not (letters[13] == letters[16] == c":"):
        return False
    hour, minute, second = number_in(letters + 11, 2), number_in(letters + 14, 2), number_in(letters + 17, 2)
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        return False
    if not split_day(letters, letters + 5, letters + 8, &written):
        return False
    moment[0] = first_day(&written) * day_us
    moment[0] += (<long long> hour * 3600 + minute * 60 + second) * SECOND
    return _read_tail(letters + MOMENT_LENGTH, <int> length - MOMENT_LENGTH, moment, canonical)


cdef bint _read_tail(
    const unsigned char *text, int length, long long *moment, bint *canonical
) noexcept:
    """Read what stands behind the seconds: decimals, and Z or +hh:mm."""
    cdef int digits = 0, hour, minute, fraction
    if text[0] == c".":
        while 1 + digits < length and c"0" <= text[1 + digits] <= c"9":
            digits += 1
        if not 1 <= digits <= 6:
            return False
        fraction = number_in(text + 1, digits)
        canonical[0] = text[digits] != c"0"
        for _ in range(6 - digits):
            fraction *= 10
        moment[0] += fraction
        text += 1 + digits
        length -= 1 + digits
    else:
        canonical[0] = True
    if length == 1:
        return text[0] == c"Z"
    canonical[0] = False
    if length != 6 or text[3] != c":" or text[0] not in (c"+", c"-"):
        return False
    hour, minute = number_in(text + 1, 2), number_in(text + 4, 2)
    if not (0 <= hour < 24 and 0 <= minute < 60):
        return False
    moment[0] -= (1 if text[0] == c"+" else -1) * (<long long> hour * 60 + minute) * 60 * SECOND
    return True
