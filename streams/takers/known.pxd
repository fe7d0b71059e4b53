from streams.takers.notes cimport Notes


cdef class Taker:
    cdef object refine
    cdef str name
    cdef bint nullable


cdef class Answer:
    cdef object value, kept
    cdef list flags, faults

    cdef object say(self, str name, Notes notes)


cdef class Memory:
    cdef object refine
    cdef str name
    cdef dict answers
    cdef Py_ssize_t most

    cdef object ask(self, object raw, object key, Notes notes, bint dated=*)
    cdef object learn(
        self, object key, object value, Notes notes, Py_ssize_t flags, Py_ssize_t faults
    )
