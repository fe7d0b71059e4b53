# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""A clean record's Avro turned into its row by machine code: a plan is walked, and nothing else.

It comes in as `schemas/avro_code/wire.pyx` says that it goes out. It goes on as PostgreSQL's binary
fields (`consumers.arrays`): each value behind its length in bytes, four of them, the highest first;
-1 is NULL. An object is made for a field and for nothing else.

Every read is held against the buffer's end. What does not fit raises ValueError, which says only
"not by me": `consumers.cells` then asks fastavro, which has the last word.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_New, PyTuple_SET_ITEM
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.limits cimport LLONG_MIN
from libc.string cimport memcpy

from consumers.arrays import DAYS_TO_2000, JSON, MICROS_TO_2000, NO_TEXTS, TEXTS
from consumers.arrays import NULL as NOTHING
from schemas.records import OrderKey

cdef extern from *:
    ctypedef unsigned long long u128 "unsigned __int128"

cdef enum:
    TEXT, INT8, INT4, DATE, MOMENT, BOOLEAN, NUMERIC, TEXT_ARRAY, PAIRS

cdef enum:
    _LENGTH = 4  # bytes before a field
    _DECIMAL = 14  # bytes of the longest one: a thousand times as much fits into 128 bits
    _GROUPS = 10  # of four digits, that such a decimal may have
    _BASE = 10_000
    _NEGATIVE = 0x4000

_KINDS = {
    "text": TEXT,
    "int8": INT8,
    "int4": INT4,
    "date": DATE,
    "timestamptz": MOMENT,
    "boolean": BOOLEAN,
    "numeric": NUMERIC,
    "text[]": TEXT_ARRAY,
    "jsonb": PAIRS,
}

cdef long long to_2000_days = DAYS_TO_2000
cdef long long to_2000_micros = MICROS_TO_2000
cdef object null = NOTHING
cdef object no_texts = NO_TEXTS
cdef object no_pairs = JSON.pack({})
cdef object no = b"\0\0\0\1\0"
cdef object yes = b"\0\0\0\1\1"
cdef object pack_texts = TEXTS.pack
cdef object pack_json = JSON.pack
cdef object order_key = OrderKey
cdef object new = tuple.__new__

cdef enum:
    _NUMBERS = 5  # a sink must know: the order key's four, and when it was committed
    _KEY = 5
    _SCOPE = 6
    _NONE = 7

cdef struct Step:
    int kind
    bint nullable
    int noted  # as which of them: a number's place among the numbers, or one of the above
    int scale
    Py_ssize_t place

cdef struct Source:
    const unsigned char *at
    const unsigned char *end


cdef class RowReader:
    """Reads the records of one writer's schema into the rows of one table."""

    cdef Step *steps
    cdef Py_ssize_t count, width
    cdef Py_ssize_t at, key, generation, position, step, ruleset, source_ts, scope
    cdef list absent
    cdef object cells

    def __cinit__(self, list steps not None, Py_ssize_t width, list noted not None, cells):
        """Take (kind, nullable, scale, place in the row) of each field the writer has.

        A *kind* is the name of a type in PostgreSQL, *width* the number of the row's columns.
        *noted* are places in it: of `_at`, of the key, of each part of the order key, of
        `_source_ts`, and of the scope or -1. *cells* is the type of what `read` gives.

        Raises:
            LookupError: no code is written for a kind.
        """
        cdef Py_ssize_t number
        self.count, self.width, self.cells = len(steps), width, cells
        self.at, self.key, *order, self.source_ts, self.scope = noted
        self.generation, self.position, self.step, self.ruleset = order
        self.steps = <Step *> PyMem_Malloc((self.count or 1) * sizeof(Step))
        if not self.steps:
            raise MemoryError
        marks = (*order, self.source_ts, self.key, self.scope)
        named = {place: mark for mark, place in enumerate(marks)}
        absent = set(range(width)) - {self.at}
        for number, (kind, nullable, scale, place) in enumerate(steps):
            absent.remove(place)  # a KeyError is a LookupError: no place is filled twice
            mark = named.get(place, _NONE)
            self.steps[number] = Step(_KINDS[kind], nullable, mark, scale, place)
        self.absent = list(absent)

    def __dealloc__(self):
        PyMem_Free(self.steps)

    def read(self, bytes value not None, bytes at not None):
        """Read one record behind its head of five bytes; *at* is the field of `_at`.

        A column that the writer does not have is NULL.

        Raises:
            ValueError: it is not one whole record, or holds what this code does not know.
        """
        cdef tuple fields = self._fields(value, at)
        return self._cells(fields)

    def glance(self, bytes value not None):
        """Read what a sink must know of one record, and make no row of it.

        Raises:
            ValueError: as `read`, but what is passed over is only measured.
        """
        cdef Source source = _behind_head(value)
        cdef long long numbers[_NUMBERS]
        cdef int met = 0
        cdef Py_ssize_t number
        cdef Step *step
        key = scope = None
        for number in range(self.count):
            step = &self.steps[number]
            if step.nullable and not _is_there(&source):
                continue
            if step.noted == _NONE:
                _pass_over(&source, step.kind)
            elif step.noted == _KEY:
                key = _text(&source)
            elif step.noted == _SCOPE:
                scope = _text(&source)
            else:
                numbers[step.noted] = _fitting(_number(&source), step.kind)
                met += 1
        _refuse_rest(&source)
        if met < _NUMBERS:
            raise ValueError("a system column is missing")
        order = (numbers[0], numbers[1], numbers[2], numbers[3])
        return self._given(key, order, numbers[4], scope, ())

    cdef tuple _fields(self, bytes value, bytes at):
        """Read all fields."""
        cdef Source source = _behind_head(value)
        cdef Py_ssize_t number, place
        cdef Step *step
        cdef tuple fields = PyTuple_New(self.width)
        for place in self.absent:
            _fill(fields, place, null)
        _fill(fields, self.at, at)
        for number in range(self.count):
            step = &self.steps[number]
            if step.nullable and not _is_there(&source):
                _fill(fields, step.place, null)
            else:
                _fill(fields, step.place, _field(&source, step))
        _refuse_rest(&source)
        return fields

    cdef object _cells(self, tuple fields):
        """Give *fields* with what a sink must know of them."""
        order = (
            _number_of(fields, self.generation),
            _number_of(fields, self.position),
            _number_of(fields, self.step),
            _number_of(fields, self.ruleset),
        )
        source_ts = _number_of(fields, self.source_ts) + to_2000_micros
        scope = None if self.scope < 0 else _text_of(fields, self.scope)
        return self._given(_text_of(fields, self.key), order, source_ts, scope, fields)

    cdef object _given(self, key, tuple order, source_ts, scope, row):
        if key is None:
            raise ValueError("a record without a key")
        return new(self.cells, (key, new(order_key, order), source_ts, scope, row))


cdef Source _behind_head(bytes value) except *:
    """Open *value* behind the five bytes that name its schema."""
    cdef Source source
    source.at = <const unsigned char *> PyBytes_AS_STRING(value)
    source.end = source.at + PyBytes_GET_SIZE(value)
    _skip(&source, 5)
    return source


cdef int _refuse_rest(Source *source) except -1:
    if source.at != source.end:
        raise ValueError("bytes are left behind the record")
    return 0


cdef long long _fitting(long long number, int kind) except? -1:
    """Refuse a number of which `_field` would make no field of that *kind*."""
    if kind == INT4:
        _refuse_long(number)
    elif kind == MOMENT:
        _refuse_early(number)
    return number


cdef inline void _fill(tuple fields, Py_ssize_t place, object field):
    """Put *field* in its place, which is empty: a tuple that nobody else has seen."""
    Py_INCREF(field)
    PyTuple_SET_ITEM(fields, place, field)


cdef object _text_of(tuple fields, Py_ssize_t place):
    """Read the text of the field there; None where it is NULL."""
    cdef object field = <object> PyTuple_GET_ITEM(fields, place)
    if field is null:
        return None
    return PyUnicode_DecodeUTF8(
        PyBytes_AS_STRING(field) + _LENGTH, PyBytes_GET_SIZE(field) - _LENGTH, b"strict"
    )


cdef long long _number_of(tuple fields, Py_ssize_t place) except? -1:
    """Read the number of the field there, of four or eight bytes.

    Raises:
        ValueError: it is NULL.
    """
    cdef object field = <object> PyTuple_GET_ITEM(fields, place)
    cdef const unsigned char *body = <const unsigned char *> PyBytes_AS_STRING(field) + _LENGTH
    cdef unsigned long long found = 0
    cdef Py_ssize_t size = PyBytes_GET_SIZE(field) - _LENGTH, byte
    if not size:
        raise ValueError("a system column is missing")
    for byte in range(size):
        found = found << 8 | body[byte]
    return <long long> found if size == 8 else <int> found


cdef inline bint _is_there(Source *source) except -1:
    """Read the branch that says whether there is a value."""
    cdef int branch = _byte(source)
    if branch != 0 and branch != 2:
        raise ValueError("a branch that no schema of ours has")
    return branch == 2


cdef int _pass_over(Source *source, int kind) except -1:
    """Go past one value that is there."""
    cdef Py_ssize_t count
    if kind == BOOLEAN:
        _byte(source)
    elif kind == TEXT or kind == NUMERIC:
        _pass_sized(source)
    elif kind == TEXT_ARRAY or kind == PAIRS:
        count = _size(source)
        while count:
            for _ in range(count if kind == TEXT_ARRAY else 2 * count):
                _pass_sized(source)
            count = _size(source)
    else:
        _number(source)
    return 0


cdef inline int _pass_sized(Source *source) except -1:
    """Go past a value that says its size in bytes."""
    cdef Py_ssize_t size = _size(source)
    if size:
        _skip(source, size)
    return 0


cdef object _field(Source *source, Step *step):
    """Read one value that is there."""
    if step.kind == TEXT:
        return _text_field(source)
    if step.kind == INT8:
        return _long_field(_number(source))
    if step.kind == MOMENT:
        return _moment_field(_number(source))
    if step.kind == INT4:
        return _int_field(_number(source))
    if step.kind == DATE:
        return _date_field(_number(source))
    if step.kind == BOOLEAN:
        return _boolean_field(_byte(source))
    if step.kind == NUMERIC:
        return _decimal_field(source, step.scale)
    if step.kind == TEXT_ARRAY:
        return _texts_field(source)
    return _pairs_field(source)


cdef inline const unsigned char *_skip(Source *source, Py_ssize_t size) except NULL:
    """Go on by *size* bytes and give where they begin."""
    cdef const unsigned char *begin = source.at
    if size > source.end - source.at:
        raise ValueError("a record that ends too early")
    source.at += size
    return begin


cdef inline int _byte(Source *source) except -1:
    return _skip(source, 1)[0]


cdef inline long long _number(Source *source) except? -1:
    """Read a number of at most 64 bits."""
    cdef unsigned long long found = 0
    cdef unsigned int byte, shift = 0
    while True:
        byte = _byte(source)
        found |= <unsigned long long> (byte & 0x7F) << shift
        if byte < 0x80:
            break
        shift += 7
        if shift > 63:
            raise ValueError("a number has more than 64 bits")
    if shift == 63 and byte > 1:
        raise ValueError("a number has more than 64 bits")
    return <long long> (found >> 1) ^ -<long long> (found & 1)


cdef inline Py_ssize_t _size(Source *source) except -1:
    """Read how many bytes or items follow; a block that says its size in bytes is refused."""
    cdef long long size = _number(source)
    if size < 0 or size > source.end - source.at:  # an item is one byte at least
        raise ValueError("a length that no record of ours has")
    return size


cdef inline void _put(unsigned char *to, unsigned long long number, int size) noexcept:
    """Write the *size* lowest bytes of *number*, the highest first."""
    cdef int place
    for place in range(size):
        to[place] = <unsigned char> (number >> (8 * (size - 1 - place)))


cdef inline object _empty_field(Py_ssize_t size):
    """Make the field of a value of *size* bytes that are still to be written."""
    cdef object field = PyBytes_FromStringAndSize(NULL, _LENGTH + size)
    _put(_at(field), size, _LENGTH)
    return field


cdef inline unsigned char *_at(object field) noexcept:
    return <unsigned char *> PyBytes_AS_STRING(field)


cdef inline object _text_field(Source *source):
    cdef Py_ssize_t size = _size(source)
    cdef const unsigned char *body = _skip(source, size) if size else source.at
    cdef object field = _empty_field(size)
    memcpy(_at(field) + _LENGTH, body, size)
    return field


cdef inline object _long_field(long long number):
    cdef object field = _empty_field(8)
    _put(_at(field) + _LENGTH, number, 8)
    return field


cdef inline int _refuse_early(long long micros) except -1:
    if micros < LLONG_MIN + to_2000_micros:
        raise ValueError("a moment before what PostgreSQL can count")
    return 0


cdef inline int _refuse_long(long long number) except -1:
    if number != <int> number:
        raise ValueError("a number has more than 32 bits")
    return 0


cdef inline object _moment_field(long long micros):
    _refuse_early(micros)
    return _long_field(micros - to_2000_micros)


cdef inline object _int_field(long long number):
    cdef object field
    _refuse_long(number)
    field = _empty_field(4)
    _put(_at(field) + _LENGTH, number, 4)
    return field


cdef inline object _date_field(long long days):
    if days != <int> days:
        raise ValueError("a day that PostgreSQL cannot count")
    return _int_field(days - to_2000_days)


cdef inline object _boolean_field(int byte):
    if byte > 1:
        raise ValueError("a byte that is neither yes nor no")
    return yes if byte else no


cdef object _decimal_field(Source *source, int scale):
    """Read an unscaled number as numeric: groups of four digits (PostgreSQL, numeric_recv)."""
    cdef Py_ssize_t size = _size(source), byte
    cdef const unsigned char *body = _skip(source, size) if size else source.at
    cdef bint negative = size > 0 and body[0] >= 0x80
    cdef u128 left = -1 if negative else 0
    cdef int groups[_GROUPS]
    cdef int count = 0, place
    cdef object field
    cdef unsigned char *to
    if size > _DECIMAL:
        raise ValueError("a decimal of more digits than are read here")
    for byte in range(size):
        left = left << 8 | body[byte]
    if negative:
        left = -left
    for _ in range((4 - scale % 4) % 4):  # the point stands between two groups
        left *= 10
    while left:
        groups[count] = <int> (left % _BASE)
        left //= _BASE
        count += 1
    field = _empty_field(8 + 2 * count)
    to = _at(field) + _LENGTH
    _put(to, count, 2)
    _put(to + 2, count - (scale + 3) // 4 - 1 if count else 0, 2)
    _put(to + 4, _NEGATIVE if negative else 0, 2)
    _put(to + 6, scale, 2)
    for place in range(count):
        _put(to + 8 + 2 * place, groups[count - 1 - place], 2)
    return field


cdef object _text(Source *source):
    cdef Py_ssize_t size = _size(source)
    cdef const unsigned char *body = _skip(source, size) if size else source.at
    return PyUnicode_DecodeUTF8(<char *> body, size, b"strict")


cdef object _texts_field(Source *source):
    cdef Py_ssize_t count = _size(source)
    cdef list found
    if not count:
        return no_texts
    found = []
    while count:
        for _ in range(count):
            found.append(_text(source))
        count = _size(source)
    return pack_texts(found)


cdef object _pairs_field(Source *source):
    cdef Py_ssize_t count = _size(source)
    cdef dict found
    if not count:
        return no_pairs
    found = {}
    while count:
        for _ in range(count):
            name = _text(source)
            found[name] = _text(source)
        count = _size(source)
    return pack_json(found)
