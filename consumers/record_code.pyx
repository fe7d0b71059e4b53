# cython: language_level=3, boundscheck=False, wraparound=False
"""What a sink does with every record before it looks inside, by machine code: take it, name its raw.

Of a million records all have one topic and one raw topic or a few: what was made last is given again,
so that its hash is reckoned once.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from cpython.unicode cimport PyUnicode_AsUTF8AndSize, PyUnicode_DecodeUTF8
from libc.string cimport memcmp

from consumers.batch import Record, malformed
from schemas.records import Origin

cdef enum:
    _DIGITS = 18  # that surely fit into 64 bits

cdef object record = Record
cdef object origin = Origin
cdef object new = tuple.__new__
cdef str last_topic = ""
cdef str last_raw = ""


def read_record(message):
    """Take what we need of a message that is not an error."""
    global last_topic
    cdef str topic = message.topic()
    cdef dict headers = {}
    for name, value in message.headers() or ():
        headers[name] = _text(value)
    if topic == last_topic:
        topic = last_topic
    last_topic = topic
    return record(
        topic,
        message.partition(),
        message.offset(),
        message.key(),
        message.value(),
        headers,
        message.timestamp()[1],
    )


def raw_origin(given):
    """Read which raw record a record of clean, open or reject came from.

    A reject says it under Kafka Connect's names, the others in `suoi.raw` (DESIGN.md 2, Topics).

    Raises:
        Fatal: it does not say, so it cannot be counted.
    """
    cdef dict headers = given.headers
    raw = headers.get("suoi.raw")
    found = None if raw is None else _usual(raw)
    return _told(given, headers) if found is None else found


def _told(given, dict headers):
    try:
        if "suoi.raw" in headers:
            parts = headers["suoi.raw"].rsplit(":", 2)
        else:
            parts = [headers[f"__connect.errors.{one}"] for one in origin._fields]
        topic, partition, offset = parts
        return origin(topic, int(partition), int(offset))
    except (KeyError, ValueError) as error:
        raise malformed(given, "does not name its raw record") from error


cdef str _text(value):
    if value is None:
        return ""
    cdef bytes body = value
    return PyUnicode_DecodeUTF8(PyBytes_AS_STRING(body), PyBytes_GET_SIZE(body), b"replace")


cdef object _usual(str text):
    """Read "topic:partition:offset", two plain numbers; None: it is not quite so."""
    global last_raw
    cdef Py_ssize_t size, known
    cdef const char *body = PyUnicode_AsUTF8AndSize(text, &size)
    cdef const char *before = PyUnicode_AsUTF8AndSize(last_raw, &known)
    cdef long long offset = _number_before(body, &size)
    cdef long long partition = -1 if offset < 0 else _number_before(body, &size)
    if partition < 0:
        return None
    if size != known or memcmp(body, before, size):
        last_raw = PyUnicode_DecodeUTF8(body, size, b"strict")
    return new(origin, (last_raw, partition, offset))


cdef long long _number_before(const char *body, Py_ssize_t *end) noexcept:
    """Read the plain number that ends there, and its colon; -1: there is none.

    *end* is set on the colon.
    """
    cdef Py_ssize_t place = end[0]
    cdef long long number = 0, unit = 1
    while place and c"0" <= body[place - 1] <= c"9" and end[0] - place < _DIGITS:
        place -= 1
        number += (body[place] - c"0") * unit
        unit *= 10
    if place == end[0] or not place or body[place - 1] != c":":
        return -1
    end[0] = place - 1
    return number
