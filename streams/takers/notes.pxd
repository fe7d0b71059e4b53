cdef class Fault:
    cdef readonly object order, code, field, title, expected, value
    cdef object problem, warning  # None = not yet told


cdef class Notes:
    cdef readonly object now, today, year
    cdef readonly list faults, flags
    cdef readonly dict originals
    cdef long long moment, day, event_year

    cdef int keep(self, str name, object raw) except -1
    cdef int flag(self, str flag) except -1
