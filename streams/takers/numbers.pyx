# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Takers of written whole numbers and of decimals, by their digits: nothing is rounded here."""

from cpython.long cimport PyLong_FromLongLong
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH

from streams.takers.days cimport Bounds, bounds_of, holds
from streams.takers.known cimport Taker
from streams.takers.notes cimport Notes

cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(object text)
    object PyUnicode_FromStringAndSize(const char *text, Py_ssize_t length)

cdef enum:
    DIGITS = 18  # that surely fit into 64 bits
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
    """Takes decimals, not below 0, that their field surely holds."""

    cdef Bounds bounds
    cdef int whole, scale
    cdef bint vi, typed

    def __cinit__(self, task not None, bounds not None, int whole, int scale, *, bint vi, bint typed):
        """Take the range times 10 to the power of *scale*, and how many digits stand where.

        *typed*: numbers arrive as such, not as text.
        """
        self.bounds, self.whole, self.scale = bounds_of(bounds), whole, scale
        self.vi, self.typed = vi, typed

    def take(self, raw, Notes notes not None, /):
        """Judge *raw*."""
        if type(raw) is str:
            if not self.typed:
                value = self._fit(raw)
                if value is not None:
                    if value != raw:
                        notes.keep(self.name, raw)
                    return value
        elif raw is None:
            if self.nullable:
                return None
        elif self.typed and type(raw) is float:
            value = self._fit(_repr(raw))
            if value is not None:
                return value
        return self.refine(raw, notes)

    cdef object _fit(self, object text):
        """Give *text* in its canonical form; None where it may not fit."""
        cdef Number number
        if not _read(text, self.vi, self.scale, &number):
            return None
        if number.whole > self.whole or not holds(
            &self.bounds, number.unscaled, number.unscaled, 0
        ):
            return None
        if number.length == PyUnicode_GET_LENGTH(text) and number.plain:
            return text
        return PyUnicode_FromStringAndSize(number.text, number.length)


cdef inline str _repr(object number):
    """Give the shortest decimal text of a double: no binary digits come through."""
    return float.__repr__(number)
