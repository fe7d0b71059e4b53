# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Records of one schema, written as Avro by machine code: a plan is walked, and nothing else.

The wire format (Avro 1.12, "Binary Encoding"), as far as our flat records need it:

    number     zigzag (the sign is the lowest bit), then 7 bits a byte, the lowest first; the high
               bit says that more follow
    boolean    one byte, 0 or 1
    text       its length in bytes, a number; then UTF-8
    decimal    like a text: the unscaled number, big-endian, two's complement
    nullable   0 = null; 2 = the value follows
    texts      how many, each text, 0; of none, 0 alone
    pairs      how many, each name and its text, 0; of none, 0 alone

No rule of the data is here. The global interpreter lock is held from the first byte to the last and
no Python code runs in between, so nothing that is being written can change.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.long cimport PyLong_AsLongLongAndOverflow
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE
from cpython.unicode cimport PyUnicode_AsUTF8AndSize
from libc.string cimport memcpy

cdef extern from *:
    ctypedef unsigned long long u128 "unsigned __int128"

cdef enum:
    LONG, INT, BOOLEAN, TEXT, DECIMAL, TEXTS, PAIRS

_KINDS = {
    "long": LONG,
    "int": INT,
    "boolean": BOOLEAN,
    "text": TEXT,
    "decimal": DECIMAL,
    "texts": TEXTS,
    "pairs": PAIRS,
}

cdef enum:
    _DIGITS = 37  # of the largest decimal: one more must still fit into 128 bits
    _USUAL = 1024  # bytes that a record seldom exceeds
    _VARINT = 10  # bytes of the longest number

cdef struct Column:
    int kind
    bint nullable
    int scale
    u128 limit  # an unscaled decimal stays below it, whatever its sign

cdef struct Out:
    char *start
    char *at
    char *end


cdef class Encoder:
    """Writes the records of one schema."""

    cdef Column *columns
    cdef Py_ssize_t count
    cdef bytes head

    def __cinit__(self, bytes head not None, list columns not None):
        """Take what every record begins with, and (kind, nullable, precision, scale) of each field.

        Precision and scale count a decimal's digits; both are 0 for any other kind.

        Raises:
            LookupError: no code is written for a kind, or for a decimal of so many digits.
        """
        cdef Py_ssize_t place
        self.head, self.count = head, len(columns)
        self.columns = <Column *> PyMem_Malloc((self.count or 1) * sizeof(Column))
        if self.columns == NULL:
            raise MemoryError
        for place, (kind, nullable, precision, scale) in enumerate(columns):
            if not 0 <= scale <= precision <= _DIGITS:
                raise LookupError(f"no encoder is written for a decimal ({precision}, {scale})")
            self.columns[place] = Column(_KINDS[kind], nullable, scale, _power(precision))

    def __dealloc__(self):
        PyMem_Free(self.columns)

    def encode(self, tuple values not None, tuple more not None = (), /):
        """Give the record of *values* and, behind them, *more*: one wire value a field.

        Wire values are those of `schemas.records.Accepted`.

        Raises:
            ValueError: there are more or fewer values than fields, or Avro cannot hold one: a lone
                surrogate, a number of too many bits, a decimal that does not fit.
            TypeError: a value is of another type than its field.
        """
        cdef Out out
        cdef Py_ssize_t first = PyTuple_GET_SIZE(values), place
        if first + PyTuple_GET_SIZE(more) != self.count:
            raise ValueError("a record has not as many values as its schema has fields")
        out.start = out.at = <char *> PyMem_Malloc(_USUAL)
        if out.start == NULL:
            raise MemoryError
        out.end = out.start + _USUAL
        try:
            _copy(&out, PyBytes_AS_STRING(self.head), PyBytes_GET_SIZE(self.head))
            for place in range(first):
                _write(&out, &self.columns[place], <object> PyTuple_GET_ITEM(values, place))
            for place in range(first, self.count):
                _write(&out, &self.columns[place], <object> PyTuple_GET_ITEM(more, place - first))
            return PyBytes_FromStringAndSize(out.start, out.at - out.start)
        finally:
            PyMem_Free(out.start)


cdef int _write(Out *out, Column *column, object value) except -1:
    """Write one field."""
    if column.nullable:
        if value is None:
            return _put(out, 0)
        _put(out, 2)
    if column.kind == TEXT:
        _write_text(out, value)
    elif column.kind == LONG:
        _write_number(out, _whole(value))
    elif column.kind == INT:
        _write_number(out, _short(value))
    elif column.kind == BOOLEAN:
        _write_boolean(out, value)
    elif column.kind == DECIMAL:
        _write_decimal(out, column, value)
    elif column.kind == TEXTS:
        _write_texts(out, value)
    else:
        _write_pairs(out, value)
    return 0


cdef inline int _reserve(Out *out, Py_ssize_t size) except -1:
    """Make room for *size* bytes more."""
    cdef Py_ssize_t used, wanted
    cdef char *moved
    if out.end - out.at >= size:
        return 0
    used = out.at - out.start
    wanted = 2 * (used + size)
    moved = <char *> PyMem_Realloc(out.start, wanted)
    if moved == NULL:
        raise MemoryError
    out.start, out.at, out.end = moved, moved + used, moved + wanted
    return 0


cdef inline int _copy(Out *out, const char *body, Py_ssize_t size) except -1:
    """Write *size* bytes of *body*."""
    _reserve(out, size)
    memcpy(out.at, body, size)
    out.at += size
    return 0


cdef inline int _put(Out *out, int byte) except -1:
    """Write one byte."""
    _reserve(out, 1)
    out.at[0] = <char> byte
    out.at += 1
    return 0


cdef inline int _write_number(Out *out, long long number) except -1:
    cdef unsigned long long left = number
    left = left << 1 ^ <unsigned long long> (number >> 63)
    _reserve(out, _VARINT)
    while left > 0x7F:
        out.at[0] = <char> (left & 0x7F | 0x80)
        out.at += 1
        left >>= 7
    out.at[0] = <char> left
    out.at += 1
    return 0


cdef inline long long _whole(object value) except? -1:
    cdef int overflow = 0
    cdef long long number
    if not isinstance(value, int):
        raise TypeError("a whole number was expected")
    number = PyLong_AsLongLongAndOverflow(value, &overflow)
    if overflow:
        raise ValueError("a number has more than 64 bits")
    return number


cdef inline long long _short(object value) except? -1:
    cdef long long number = _whole(value)
    if number != <int> number:
        raise ValueError("a number has more than 32 bits")
    return number


cdef inline int _write_boolean(Out *out, object value) except -1:
    if value is not True and value is not False:
        raise TypeError("True or False was expected")
    return _put(out, value is True)


cdef inline int _write_text(Out *out, object value) except -1:
    """Write a text; TypeError where it is none, UnicodeEncodeError where UTF-8 has no place."""
    cdef Py_ssize_t size
    cdef const char *body = PyUnicode_AsUTF8AndSize(value, &size)
    _write_number(out, size)
    return _copy(out, body, size)


cdef int _write_texts(Out *out, object value) except -1:
    cdef tuple texts
    if not isinstance(value, tuple):
        raise TypeError("a tuple of texts was expected")
    texts = value
    if texts:
        _write_number(out, PyTuple_GET_SIZE(texts))
        for text in texts:
            _write_text(out, text)
    return _put(out, 0)  # the empty block behind the last one


cdef int _write_pairs(Out *out, object value) except -1:
    cdef dict pairs
    if type(value) is not dict:
        raise TypeError("a dict of texts was expected")
    pairs = value
    if pairs:
        _write_number(out, len(pairs))
        for name, text in pairs.items():
            _write_text(out, name)
            _write_text(out, text)
    return _put(out, 0)  # the empty block behind the last one


cdef int _write_decimal(Out *out, Column *column, object value) except -1:
    """Write canonical text ("-12.5": no exponent, at most as many decimals as the scale)."""
    cdef Py_ssize_t size
    cdef const char *text = PyUnicode_AsUTF8AndSize(value, &size)
    cdef const char *end = text + size
    cdef bint negative = size > 0 and text[0] == c"-"
    cdef int decimals = -1  # of those behind the point, how many were read; -1 = before it
    cdef u128 unscaled = 0
    text += negative
    if text == end or text[0] == c".":
        raise _unfit()
    while text < end:
        if text[0] == c"." and decimals < 0:
            decimals = 0
        elif c"0" <= text[0] <= c"9":
            unscaled = unscaled * 10 + <u128> (text[0] - c"0")
            decimals += decimals >= 0
        else:
            raise _unfit()
        if unscaled >= column.limit:
            raise _unfit()
        text += 1
    if decimals > column.scale:
        raise _unfit()
    for _ in range(column.scale - max(decimals, 0)):
        unscaled *= 10
        if unscaled >= column.limit:
            raise _unfit()
    return _write_unscaled(out, unscaled, negative)


cdef int _write_unscaled(Out *out, u128 unscaled, bint negative) except -1:
    cdef u128 left = unscaled
    cdef int size = 1, place
    while left >= 0x80:  # one bit is the sign's
        left >>= 8
        size += 1
    if negative:
        unscaled = -unscaled
    _write_number(out, size)
    _reserve(out, size)
    for place in range(size):
        out.at[place] = <char> (unscaled >> (8 * (size - 1 - place)))
    out.at += size
    return 0


cdef object _unfit():
    return ValueError("a decimal does not fit its column")


cdef u128 _power(int digits) noexcept:
    cdef u128 found = 1
    for _ in range(digits):
        found *= 10
    return found
