cdef enum:
    LETTERS = 0x2000  # beyond it is no letter of ours
    BUFFER = 512  # letters of a text that is made anew

cdef enum State:
    PLAIN, SPACED, ODD

cdef enum:
    UPPER = 2
    LOWER = 4
    UNCASED = 8


cdef class Alphabet:
    cdef unsigned short marks[LETTERS]
    cdef unsigned short capitals[LETTERS]
    cdef unsigned short smalls[LETTERS]

    cdef State look(self, int kind, const void *text, Py_ssize_t length, int *seen) noexcept
    cdef Py_ssize_t tidy(self, int kind, const void *text, Py_ssize_t length, unsigned short *to) noexcept
    cdef void case(self, unsigned short *text, Py_ssize_t length) noexcept


cdef class Nothing:
    cdef readonly object words
    cdef Py_ssize_t longest
    cdef unsigned char ends[LETTERS]

    cdef bint holds(self, str text) except -1
