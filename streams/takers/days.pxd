from streams.takers.known cimport Taker
from streams.takers.notes cimport Notes

cdef enum:
    FIRST_YEAR = 1800
    LAST_YEAR = 2199

cdef struct Bounds:
    long long low
    long long high
    bint low_moves  # with the clock of the record
    bint high_moves

cdef struct Written:
    int year
    int month  # 0 = not said
    int day  # 0 = not said
    bint iso  # year first, as we write it

cdef Bounds bounds_of(object bounds) except *
cdef bint holds(const Bounds *bounds, long long first, long long last, long long moment) noexcept
cdef long long first_day(const Written *written) noexcept
cdef long long last_day(const Written *written) noexcept
cdef int year_of_day(long long day) noexcept
cdef int number_in(const unsigned char *text, int length) noexcept
cdef bint split_day(
    const unsigned char *year, const unsigned char *month, const unsigned char *day,
    Written *written,
) noexcept


cdef class Forms:
    cdef unsigned char years[LAST_YEAR + 1 - FIRST_YEAR]
    cdef bint days[128]
    cdef bint months[128]
    cdef bint compact

    cdef bint read(self, str text, Written *written) noexcept
    cdef bint _behind(self, const unsigned char *text, int head, Written *written) noexcept
