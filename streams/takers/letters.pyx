# cython: language_level=3, boundscheck=False, wraparound=False
"""Letters that no text rule touches, and words that stand for nothing.

The tables are made by asking the rules themselves, letter by letter (`streams.fast.letters`).
"""

from cpython.object cimport PyObject
from cpython.unicode cimport (
    PyUnicode_1BYTE_KIND,
    PyUnicode_DATA,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_READ,
)

cdef enum:
    INSIDE = 1
    BEFORE = 0xF0  # groups of letters, a bit each
    AFTER = 0xF00  # the groups that a letter may not follow
    FIRST = 0x1000
    LAST = 0x2000
    _TO_AFTER = 4  # bits from a group among BEFORE to the same among AFTER

cdef enum:
    BEGINS = 1
    ENDS = 2

MOST_GROUPS = 4

ctypedef unsigned char Byte
ctypedef unsigned short Pair

ctypedef fused Letter:
    Byte
    Pair


cdef class Alphabet:
    """What may stand inside a text, first, last, and next to what."""

    def __cinit__(self, told not None):
        """Take *told* (`streams.fast.letters.Told`), which says it by strings of letters."""
        cdef int group
        self._set(told.inside, INSIDE)
        self._set(told.first, FIRST)
        self._set(told.last, LAST)
        self._set(told.upper, UPPER)
        self._set(told.lower, LOWER)
        self._set(told.uncased, UNCASED)
        for group, (befores, afters) in enumerate(told.apart):
            self._set(befores, 0x10 << group)
            self._set(afters, 0x100 << group)
        for letter, (small, capital) in told.cases.items():
            self.smalls[<Py_UCS4> letter] = <Py_UCS4> small
            self.capitals[<Py_UCS4> letter] = <Py_UCS4> capital

    def _set(self, str letters not None, int mark):
        for letter in letters:
            self.marks[<Py_UCS4> letter] |= mark

    cdef State look(self, int kind, const void *text, Py_ssize_t length, int *seen) noexcept:
        """Say how *text* stands: PLAIN, perhaps plain with fewer spaces, or ODD.

        *seen* gathers the marks of its letters: which cases there are.
        """
        if kind == PyUnicode_1BYTE_KIND:
            return _look(self.marks, <const Byte *> text, length, seen)
        return _look(self.marks, <const Pair *> text, length, seen)

    cdef Py_ssize_t tidy(
        self, int kind, const void *text, Py_ssize_t length, unsigned short *to
    ) noexcept:
        """Write *text* without the spaces at its ends and those behind others; give its length."""
        cdef Py_ssize_t place, made = 0
        cdef Py_UCS4 letter
        for place in range(length):
            letter = PyUnicode_READ(kind, text, place)
            if letter != c" " or (made and to[made - 1] != c" "):
                to[made] = letter
                made += 1
        return made - (made > 0 and to[made - 1] == c" ")

    cdef void case(self, unsigned short *text, Py_ssize_t length) noexcept:
        """Give each word of *text*, letters and spaces alone, its capital."""
        cdef Py_ssize_t place
        cdef bint inside = False
        cdef unsigned short *cases
        for place in range(length):
            if text[place] == c" ":
                inside = False
            else:
                cases = &self.smalls[0] if inside else &self.capitals[0]
                text[place] = cases[text[place]]
                inside = True


cdef State _look(
    const unsigned short *marks, const Letter *text, Py_ssize_t length, int *seen
) noexcept:
    cdef Py_ssize_t place
    cdef int mark, before = 0, all_marks = 0, wrong = 0
    for place in range(length):
        if Letter is Pair:
            if text[place] >= LETTERS:
                return ODD
        mark = marks[text[place]]
        if not mark & INSIDE:
            return ODD
        wrong |= before & mark
        all_marks |= mark
        before = (mark & BEFORE) << _TO_AFTER
    seen[0] = all_marks
    if length == 0:
        return ODD
    if wrong or not (marks[text[0]] & FIRST and marks[text[length - 1]] & LAST):
        return SPACED
    return PLAIN


cdef class Nothing:
    """The placeholders of a column, casefolded."""

    def __cinit__(self, words not None):
        self.words, self.longest = words, max(map(len, words), default=0)
        for code in range(LETTERS):
            folded = chr(code).casefold()
            self.ends[code] = any(word.startswith(folded) for word in words) * BEGINS
            self.ends[code] |= any(word.endswith(folded) for word in words) * ENDS

    cdef bint holds(self, str text) except -1:
        """Say whether *text*, of letters of ours, stands for nothing.

        Casefolding is done letter by letter, so the ends alone tell of most that they do not.
        """
        cdef Py_ssize_t length = PyUnicode_GET_LENGTH(text)
        cdef int kind
        cdef void *data
        if length > self.longest or length == 0:
            return False
        kind, data = PyUnicode_KIND(text), PyUnicode_DATA(text)
        if not (self.ends[PyUnicode_READ(kind, data, 0)] & BEGINS
                and self.ends[PyUnicode_READ(kind, data, length - 1)] & ENDS):
            return False
        return text.casefold() in self.words
