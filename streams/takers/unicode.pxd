"""What takers ask of a str that Cython's own cpython.unicode does not declare."""

cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(object text)
