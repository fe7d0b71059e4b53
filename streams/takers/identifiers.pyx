# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Takers of register numbers, telephones and parcels' ids.

They know texts against which nothing speaks. What speaks against one, `streams.identifiers` says;
its tables are asked of it (`streams.fast.identifiers`).
"""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_FromStringAndSize, PyUnicode_GET_LENGTH
from libc.string cimport memcmp

from streams.identifiers import FIRST_REGISTER_YEAR

from streams.takers.known cimport Taker
from streams.takers.notes cimport Notes
from streams.takers.unicode cimport PyUnicode_IS_ASCII

cdef enum:
    CELL = 12  # letters of a parcel's id
    REGISTER_DIGITS = 6

cdef int first_register_year = FIRST_REGISTER_YEAR


cdef class Register(Taker):
    """Takes N/YYYY, with zeros before it and single spaces inside."""

    cdef bint marks[128]
    cdef str trimmed

    def __cinit__(self, task not None, str marks not None):
        self.trimmed = task.plan.flag("TRIMMED")
        for mark in marks:
            self.marks[ord(mark)] = True

    def take(self, raw, Notes notes not None, /):
        """Judge *raw*."""
        cdef bint spaced = False
        if type(raw) is str:
            value = self._read(<str> raw, notes.event_year, &spaced)
            if value is not None:
                if value != raw:
                    notes.keep(self.name, raw)
                if spaced:
                    notes.flag(self.trimmed)
                return value
        elif raw is None and self.nullable:
            return None
        return self.refine(raw, notes)

    cdef object _read(self, str raw, int event_year, bint *spaced):
        """Give the number in its canonical form; None where it has none that we know."""
        cdef const char *text = <const char *> PyUnicode_DATA(raw)
        cdef Py_ssize_t length = PyUnicode_GET_LENGTH(raw), first = 0, at
        cdef char found[REGISTER_DIGITS + 5]
        cdef int year, digits = 0
        if not PyUnicode_IS_ASCII(raw):
            return None
        while first < length and text[first] == c"0":
            first += 1
        at = first
        while at < length and digits < REGISTER_DIGITS and c"0" <= text[at] <= c"9":
            found[digits] = text[at]
            digits += 1
            at += 1
        spaced[0] = at < length and text[at] == c" "
        at += spaced[0]
        if digits == 0 or at >= length or not self.marks[<unsigned char> text[at]]:
            return None
        at += 1
        if at < length and text[at] == c" ":
            spaced[0] = True
            at += 1
        if length - at != 4 or not all_digits(text + at, 4):
            return None
        year = three_in(text + at) * 10 + text[at + 3] - c"0"
        if not first_register_year <= year <= event_year:
            return None
        if first == 0 and not spaced[0] and text[digits] == c"/":
            return raw
        found[digits] = c"/"
        for place in range(4):
            found[digits + 1 + place] = text[at + place]
        return PyUnicode_FromStringAndSize(found, digits + 5)


cdef class Rewritten(Taker):
    """Takes text that is read, whole, into its canonical form."""

    def take(self, raw, Notes notes not None, /):
        """Judge *raw*."""
        if type(raw) is str:
            value = self._read(<str> raw)
            if value is not None:
                if value != raw:
                    notes.keep(self.name, raw)
                return value
        elif raw is None and self.nullable:
            return None
        return self.refine(raw, notes)

    cdef object _read(self, str raw):
        """Give *raw* in its canonical form; None where it has none that we know."""
        return None


cdef class Phone(Rewritten):
    """Takes the first telephone number of a text, with single marks in it."""

    cdef unsigned char marks[128]
    cdef int lengths[10]

    def __cinit__(self, task not None, *, str noise not None, str ends not None, lengths not None):
        """Take the marks that mean nothing, those that end a number, and how long it is.

        *lengths* is by the digit behind the first, which is 0; 0 = there is none such.
        """
        for mark in noise:
            self.marks[ord(mark)] = c"n"
        for mark in ends:
            self.marks[ord(mark)] = c"e"
        for mark in "+0123456789":
            self.marks[ord(mark)] = c"d"
        self.lengths = lengths

    cdef object _read(self, str raw):
        """Give the number in its canonical form; None where it has none that we know."""
        cdef const char *text = <const char *> PyUnicode_DATA(raw)
        cdef Py_ssize_t length = PyUnicode_GET_LENGTH(raw), place
        cdef char digits[24]
        cdef int count = 3
        cdef bint ended = False
        cdef unsigned char mark
        if not 0 < length <= 64 or not PyUnicode_IS_ASCII(raw):
            return None
        if text[0] == c" " or text[length - 1] == c" ":
            return None
        for place in range(length):
            mark = self.marks[<unsigned char> text[place]]
            if not mark or (text[place] == c" " and text[place + 1] == c" "):
                return None
            ended = ended or mark == c"e"
            if mark == c"d" and not ended:
                if count == 20:
                    return None
                digits[count] = text[place]
                count += 1
        return self._whole(digits + 3, count - 3)

    cdef object _whole(self, char *digits, int count):
        """Give *digits*, before which there is room, as +84…"""
        cdef int second
        if count >= 3 and memcmp(digits, b"+84", 3) == 0:
            digits, count = digits + 2, count - 2
            digits[0] = c"0"
        if count >= 4 and memcmp(digits, b"0084", 4) == 0:
            digits, count = digits + 3, count - 3
            digits[0] = c"0"
        if count < 2 or digits[0] != c"0" or not all_digits(digits, count):
            return None
        second = digits[1] - c"0"
        if count != self.lengths[second]:
            return None
        digits -= 2
        digits[0], digits[1], digits[2] = c"+", c"8", c"4"
        return PyUnicode_FromStringAndSize(digits, count + 2)


cdef class Cell(Rewritten):
    """Takes parcels' ids (GeoHash), in their canonical form and in capitals."""

    cdef char small[128]

    def __cinit__(self, task not None, letters not None):
        """Take *letters*: as sent -> as written."""
        for sent, written in letters.items():
            self.small[ord(sent)] = ord(written)

    cdef object _read(self, str raw):
        cdef const char *text = <const char *> PyUnicode_DATA(raw)
        cdef char small[CELL]
        cdef int place
        cdef bint digits = False, other = False
        if PyUnicode_GET_LENGTH(raw) != CELL or not PyUnicode_IS_ASCII(raw):
            return None
        for place in range(CELL):
            small[place] = self.small[<unsigned char> text[place]]
            if not small[place]:
                return None
            digits = digits or c"0" <= small[place] <= c"9"
            other = other or small[place] != text[place]
        if not digits:  # it may be a word that stands for nothing
            return None
        return PyUnicode_FromStringAndSize(small, CELL) if other else raw


cdef int three_in(const char *digits) noexcept:
    return (digits[0] - c"0") * 100 + (digits[1] - c"0") * 10 + digits[2] - c"0"


cdef bint all_digits(const char *text, Py_ssize_t length) noexcept:
    """Say whether all of *text* are digits."""
    cdef Py_ssize_t place
    for place in range(length):
        if not c"0" <= text[place] <= c"9":
            return False
    return True
