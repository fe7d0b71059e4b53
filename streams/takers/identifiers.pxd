cdef int three_in(const char *digits) noexcept
cdef bint all_digits(const char *text, Py_ssize_t length) noexcept
