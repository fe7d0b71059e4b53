# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Takers of written whole numbers and of decimals, by their digits: nothing is rounded here."""

from cpython.long cimport PyLong_AsLongLongAndOverflow
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_FromStringAndSize, PyUnicode_GET_LENGTH

from streams.takers.days cimport Bounds, bounds_of, holds
from streams.takers.known cimport Taker
from streams.takers.notes cimport Notes
from streams.takers.unicode cimport PyUnicode_IS_ASCII

cdef extern from "math.h":
    long long llrint(double number) nogil

cdef enum:
    DIGITS = 18  # that surely fit into 64 bits
    SURE = 15  # digits that a double holds
    LONGEST = 40  # letters: 18 digits, their groups, zeros behind the mark
    GROUP = 3

cdef struct Number:
    long long unscaled  # all its digits, with as many decimals as the scale
    int whole  # digits before the mark
    int decimals  # digits behind it, zeros at the end left out
    bint plain  # it stands as it is written for good
    char text[LONGEST]  # which is this
    int length


cdef bint _read(object raw, bint vi, int scale, Number *number) noexcept:
    """Read a number not below 0: 1234.5, or 1.234,5 where it is *vi*."""
    cdef const char *text = <const char *> PyUnicode_DATA(raw)
    cdef Py_ssize_t length = PyUnicode_GET_LENGTH(raw), at = 0
    cdef char mark = c"," if vi else c"."
    cdef int group = 0, behind = 0
    cdef bint grouped = False
    number.unscaled, number.length, number.decimals = 0, 0, 0
    if not 0 < length <= LONGEST or not PyUnicode_IS_ASCII(raw):
        return False
    while at < length and text[at] != mark:
        if c"0" <= text[at] <= c"9":
            if number.length == DIGITS or (grouped and group == GROUP):
                return False
            number.unscaled = number.unscaled * 10 + text[at] - c"0"
            number.text[number.length] = text[at]
            number.length += 1
            group += 1
        elif vi and text[at] == c"." and (group == GROUP if grouped else 0 < group <= GROUP):
            grouped, group = True, 0
        else:
            return False
        at += 1
    number.whole = number.length
    if number.whole == 0 or (grouped and group != GROUP) or (text[0] == c"0" and number.whole > 1):
        return False
    if at < length:
        behind = _decimals(text + at + 1, length - at - 1, scale, number)
        if behind < 1:
            return False
    if number.whole + scale > DIGITS:
        return False
    for _ in range(scale - behind):
        number.unscaled *= 10
    number.plain = number.length == length and not vi
    if number.decimals == 0 and at == length:
        number.plain = not grouped
    return True


cdef int _decimals(const char *text, Py_ssize_t length, int scale, Number *number) noexcept:
    """Read what stands behind the mark; give how many digits, 0 where it is none or too long."""
    cdef Py_ssize_t at
    if not 0 < length <= scale or number.whole + length > DIGITS:
        return 0
    number.text[number.length] = c"."
    for at in range(length):
        if not c"0" <= text[at] <= c"9":
            return 0
        number.unscaled = number.unscaled * 10 + text[at] - c"0"
        number.text[number.length + 1 + at] = text[at]
        if text[at] != c"0":
            number.decimals = <int> at + 1
    if number.decimals:
        number.length += 1 + number.decimals
    return <int> length


cdef class WholeText(Taker):
    """Takes whole numbers that are written, in their range."""

    cdef Bounds bounds
    cdef bint vi

    def __cinit__(self, task not None, bounds not None, bint vi):
        """Take the range, and whether thousands may stand apart."""
        self.bounds, self.vi = bounds_of(bounds), vi

    def take(self, raw, Notes notes not None, /):
        """Judge *raw*."""
        cdef Number number
        if type(raw) is str:
            if _read(raw, self.vi, 0, &number) and holds(
                &self.bounds, number.unscaled, number.unscaled, 0
            ):
                if not number.plain:
                    notes.keep(self.name, raw)
                return number.unscaled
        elif raw is None and self.nullable:
            return None
        return self.refine(raw, notes)


cdef class Decimal(Taker):
    """Takes decimals that are written, not below 0, that their field surely holds."""

    cdef Bounds bounds
    cdef int whole, scale
    cdef bint vi

    def __cinit__(self, task not None, bounds not None, int whole, int scale, bint vi):
        """Take the range times 10 to the power of *scale*, and how many digits stand where."""
        self.bounds, self.whole, self.scale, self.vi = bounds_of(bounds), whole, scale, vi

    def take(self, raw, Notes notes not None, /):
        """Judge *raw*."""
        cdef Number number
        if type(raw) is str:
            if _read(raw, self.vi, self.scale, &number) and number.whole <= self.whole:
                if holds(&self.bounds, number.unscaled, number.unscaled, 0):
                    return self._said(raw, &number, notes)
        elif raw is None and self.nullable:
            return None
        return self.refine(raw, notes)

    cdef object _said(self, object raw, const Number *number, Notes notes):
        """Give the number in its canonical form."""
        if number.plain:
            return raw
        notes.keep(self.name, raw)
        return PyUnicode_FromStringAndSize(number.text, number.length)


cdef class Measure(Taker):
    """Takes numbers that arrive as such, not below 0, that their field surely holds.

    A decimal of up to 15 digits is the shortest text of the double next to it (IEEE 754), and no
    other decimal of so few digits is next to the same double: where dividing gives the number
    back, its digits are those that `repr` would say.
    """

    cdef Bounds bounds
    cdef int scale
    cdef long long unit, most

    def __cinit__(self, task not None, bounds not None, int whole, int scale):
        """Take the range times 10 to the power of *scale*, and how many digits stand where."""
        self.bounds, self.scale = bounds_of(bounds), scale
        self.unit, self.most = _power(scale), _power(min(whole + scale, SURE))

    def take(self, raw, Notes notes not None, /):
        """Judge *raw*."""
        cdef int overflow = 0
        cdef long long unscaled = -1
        cdef double number
        if type(raw) is float:
            number = raw
            if 0 < number * self.unit < self.most:
                unscaled = llrint(number * self.unit)
                if <double> unscaled / <double> self.unit != number:
                    unscaled = -1
        elif type(raw) is int:
            unscaled = PyLong_AsLongLongAndOverflow(raw, &overflow)
            unscaled = unscaled * self.unit if 0 < unscaled < self.most // self.unit else -1
        elif raw is None and self.nullable:
            return None
        if 0 < unscaled < self.most and holds(&self.bounds, unscaled, unscaled, 0):
            return _canonical(unscaled, self.scale)
        return self.refine(raw, notes)


cdef long long _power(int digits) noexcept:
    cdef long long found = 1
    for _ in range(digits):
        found *= 10
    return found


cdef object _canonical(long long unscaled, int scale):
    """Give *unscaled*, above 0, with its mark before the last *scale* digits, no zero at its end."""
    cdef char text[LONGEST]
    cdef int at = LONGEST, decimals = scale
    while decimals and unscaled % 10 == 0:
        unscaled //= 10
        decimals -= 1
    while unscaled or decimals >= 0:
        at -= 1
        text[at] = <char> (c"0" + unscaled % 10)
        unscaled //= 10
        decimals -= 1
        if decimals == 0:
            at -= 1
            text[at] = c"."
    return PyUnicode_FromStringAndSize(text + at, LONGEST - at)
