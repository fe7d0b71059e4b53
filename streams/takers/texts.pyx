# cython: language_level=3, boundscheck=False, wraparound=False
"""Takers of text: names, free text, free identifiers, and text of a declared legacy table."""

from cpython.unicode cimport (
    PyUnicode_DATA,
    PyUnicode_FromKindAndData,
    PyUnicode_2BYTE_KIND,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_READ,
)

from streams.text import cased

from streams.takers.known cimport Memory, Taker
from streams.takers.letters cimport (
    BUFFER,
    LOWER,
    ODD,
    PLAIN,
    SPACED,
    UNCASED,
    UPPER,
    Alphabet,
    Nothing,
    State,
)
from streams.takers.notes cimport Notes

cdef enum:
    SHOWN = 0x2200  # windows-1252 shows no letter beyond it


cdef class Text(Taker):
    """Takes text that no rule touches, or only those of spaces (T9) and of capitals (T14)."""

    cdef Alphabet alphabet
    cdef Nothing nothing
    cdef readonly Memory memory
    cdef Py_ssize_t longest
    cdef bint named
    cdef str trimmed, case_made

    def __cinit__(self, task not None, Alphabet alphabet not None, Nothing nothing not None, most):
        """Take letters and placeholders; at most *most* odd texts are remembered."""
        self.alphabet, self.nothing = alphabet, nothing
        self.memory = Memory(self.refine, self.name, most)
        self.longest, self.named = task.longest, task.named
        self.trimmed, self.case_made = task.plan.flag("TRIMMED"), task.plan.flag("NAME_CASED")

    def take(self, raw, Notes notes not None, /):
        """Judge *raw*."""
        cdef State state
        cdef Py_ssize_t length
        cdef int seen = 0
        if type(raw) is not str:
            return None if raw is None and self.nullable else self.refine(raw, notes)
        length = PyUnicode_GET_LENGTH(raw)
        if PyUnicode_KIND(raw) <= PyUnicode_2BYTE_KIND:
            state = self.alphabet.look(PyUnicode_KIND(raw), PyUnicode_DATA(raw), length, &seen)
            if state == PLAIN and not (self.named and _one_case(seen)):
                if length <= self.longest and not self.nothing.holds(<str> raw):
                    return raw
            elif state != ODD and length <= BUFFER:
                value = self._made(<str> raw, state, seen, notes)
                if value is not None:
                    return value
        return self.memory.ask(raw, raw, notes)

    cdef object _made(self, str raw, State state, int seen, Notes notes):
        """Give *raw* with its spaces and capitals put right; None where more is wrong with it."""
        cdef unsigned short made[BUFFER]
        cdef Py_ssize_t length, sent = PyUnicode_GET_LENGTH(raw)
        cdef str text, value
        length = self.alphabet.tidy(PyUnicode_KIND(raw), PyUnicode_DATA(raw), sent, made)
        if state == SPACED and (
            length == sent
            or self.alphabet.look(PyUnicode_2BYTE_KIND, made, length, &seen) != PLAIN
        ):
            return None
        text = raw if length == sent else _text(made, length)
        if length > self.longest or self.nothing.holds(text):
            return None
        value = self._cased(text, made, seen) if self.named and _one_case(seen) else text
        if length != sent:
            notes.flag(self.trimmed)
        if value != text:
            notes.flag(self.case_made)
        if value != raw:
            notes.keep(self.name, raw)
        return value

    cdef str _cased(self, str text, unsigned short *made, int seen):
        """Give *text*, which stands in *made*, with its capitals."""
        cdef Py_ssize_t length = PyUnicode_GET_LENGTH(text)
        if seen & UNCASED:  # where a part begins and ends is not for us to say
            return cased(text)
        self.alphabet.case(made, length)
        return _text(made, length)


cdef class Legacy(Taker):
    """Takes text of a legacy table in which one byte is one letter, whatever stands beside it."""

    cdef Alphabet alphabet
    cdef Nothing nothing
    cdef Meanings meanings
    cdef Py_ssize_t longest
    cdef str converted

    def __cinit__(
        self,
        task not None,
        Alphabet alphabet not None,
        Nothing nothing not None,
        Meanings meanings not None,
    ):
        self.alphabet, self.nothing, self.meanings = alphabet, nothing, meanings
        self.longest, self.converted = task.longest, task.plan.flag("ENCODING_CONVERTED")

    def take(self, raw, Notes notes not None, /):
        """Judge *raw*."""
        if type(raw) is str:
            text = self._meant(<str> raw)
            if text is not None:
                if text != raw:
                    notes.keep(self.name, raw)
                    notes.flag(self.converted)
                return text
        elif raw is None and self.nullable:
            return None
        return self.refine(raw, notes)

    cdef str _meant(self, str raw):
        """Give what *raw* means; None where it has no meaning, or one that a rule touches."""
        cdef unsigned short made[BUFFER]
        cdef Py_ssize_t length = PyUnicode_GET_LENGTH(raw)
        cdef str text
        cdef int seen = 0
        if length > BUFFER or length > self.longest or not self.meanings.read(raw, made):
            return None
        if self.alphabet.look(PyUnicode_2BYTE_KIND, made, length, &seen) != PLAIN:
            return None
        text = _text(made, length)
        return None if self.nothing.holds(text) else text


cdef class Meanings:
    """What the letters of a legacy table mean, by how they are shown in windows-1252."""

    cdef unsigned short meant[SHOWN]

    def __cinit__(self, letters not None):
        """Take *letters*: as shown -> its meaning; any other has none."""
        for shown, meant in letters.items():
            if ord(shown) < SHOWN:
                self.meant[ord(shown)] = ord(meant)

    cdef bint read(self, str raw, unsigned short *made) noexcept:
        """Write into *made* what *raw* means; False where a letter has no meaning."""
        cdef int kind = PyUnicode_KIND(raw)
        cdef void *data = PyUnicode_DATA(raw)
        cdef Py_ssize_t place
        cdef Py_UCS4 letter
        for place in range(PyUnicode_GET_LENGTH(raw)):
            letter = PyUnicode_READ(kind, data, place)
            made[place] = self.meant[letter] if letter < SHOWN else 0
            if not made[place]:
                return False
        return True


cdef inline bint _one_case(int seen) noexcept:
    """Say whether all letters that have a case have the same: `str.isupper` or `str.islower`."""
    return (seen & UPPER != 0) != (seen & LOWER != 0)


cdef inline str _text(unsigned short *letters, Py_ssize_t length):
    return PyUnicode_FromKindAndData(PyUnicode_2BYTE_KIND, letters, length)
