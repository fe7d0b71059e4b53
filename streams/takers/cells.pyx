# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Whether a point surely lies in a GeoHash cell, by floats; `streams.geohash` has the last word."""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH

from streams.takers.unicode cimport PyUnicode_IS_ASCII

cdef enum:
    LENGTH = 12  # letters of a parcel's id
    BITS = 5  # of a letter, the highest first; longitude and latitude take turns
    DIGITS = 15  # that a double surely holds
    NONE = -1000  # no place on earth


cdef class Cells:
    """Knows the letters of GeoHash, and into how many cells each axis is cut."""

    cdef int values[128]
    cdef double by_east, by_north

    def __cinit__(self, str alphabet not None, long long cells):
        for place in range(128):
            self.values[place] = alphabet.find(chr(place))
        self.by_east, self.by_north = cells / 360.0, cells / 180.0

    def hold(self, str cell not None, str latitude not None, str longitude not None, /):
        """Say whether the point, in degrees as decimal text, lies in *cell* for sure.

        A double is off by far less than the margin by which a cell is enlarged.
        """
        cdef const unsigned char *text = <const unsigned char *> PyUnicode_DATA(cell)
        cdef long long axes[2]
        cdef int place, bit, value
        cdef double east, north
        if PyUnicode_GET_LENGTH(cell) != LENGTH or not PyUnicode_IS_ASCII(cell):
            return False
        axes[0] = axes[1] = 0
        for place in range(LENGTH):
            value = self.values[text[place]] if text[place] < 128 else -1
            if value < 0:
                return False
            for bit in range(BITS):
                axes[place * BITS + bit & 1] <<= 1
                axes[place * BITS + bit & 1] |= value >> (BITS - 1 - bit) & 1
        east, north = _degrees(longitude), _degrees(latitude)
        if east == NONE or north == NONE:
            return False
        east, north = (east + 180) * self.by_east - axes[0], (north + 90) * self.by_north - axes[1]
        return 0 < east < 1 and 0 < north < 1


cdef double _degrees(str text) noexcept:
    """Read a plain decimal; NONE where it is not one, or has too many digits."""
    cdef const char *letters = <const char *> PyUnicode_DATA(text)
    cdef Py_ssize_t length = PyUnicode_GET_LENGTH(text), at
    cdef long long found = 0, unit = 1
    cdef bint behind = False, negative
    if not 0 < length <= DIGITS or not PyUnicode_IS_ASCII(text):
        return NONE
    negative = letters[0] == c"-"
    for at in range(negative, length):
        if letters[at] == c"." and not behind:
            behind = True
        elif c"0" <= letters[at] <= c"9":
            found = found * 10 + letters[at] - c"0"
            unit *= 10 if behind else 1
        else:
            return NONE
    return (-<double> found if negative else <double> found) / unit
