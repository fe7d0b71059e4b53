# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Takers of days and whole numbers: what lies in a range, typed or written.

The calendar is asked of `streams.days`, month by month; how a column writes its days is asked of
`streams.dates` (`streams.fast.dates`).
"""

from cpython.long cimport PyLong_AsLongLongAndOverflow, PyLong_FromLongLong
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_FromStringAndSize, PyUnicode_GET_LENGTH

from streams.days import days

from streams.takers.known cimport Answer, Memory, Taker
from streams.takers.notes cimport Notes
from streams.takers.unicode cimport PyUnicode_IS_ASCII

cdef enum:
    MONTHS = 12
    STARTS = (LAST_YEAR + 1 - FIRST_YEAR) * MONTHS + 1
    DAY_LENGTH = 10  # of yyyy-mm-dd
    MONTH_LENGTH = 7
    YEAR_LENGTH = 4

cdef int starts[STARTS]  # the first day of each month, and of the one behind the last


cdef int _ask() except -1:
    cdef int place
    for place in range(STARTS):
        starts[place] = days(f"{FIRST_YEAR + place // MONTHS:04}-{place % MONTHS + 1:02}-01")
    return 0


_ask()


cdef Bounds bounds_of(object bounds) except *:
    """Give *bounds* (`streams.refine.dates.Bounds`) as they are compared."""
    cdef Bounds found
    low, high = bounds
    found.low_moves, found.high_moves = low is None, high is None
    found.low, found.high = low or 0, high or 0
    return found


cdef inline bint holds(
    const Bounds *bounds, long long first, long long last, long long moment
) noexcept:
    """Say whether something between *first* and *last* lies inside, as `Bounds.hold` does."""
    cdef long long low = moment if bounds.low_moves else bounds.low
    cdef long long high = moment if bounds.high_moves else bounds.high
    return last >= low and first <= high


cdef inline int _month(const Written *written) noexcept:
    return (written.year - FIRST_YEAR) * MONTHS + (written.month - 1 if written.month else 0)


cdef inline long long first_day(const Written *written) noexcept:
    """Give the first day that *written* may mean."""
    return starts[_month(written)] + (written.day - 1 if written.day else 0)


cdef inline long long last_day(const Written *written) noexcept:
    """Give the last day that *written* may mean."""
    if written.day:
        return first_day(written)
    return starts[_month(written) + (1 if written.month else MONTHS)] - 1


cdef int year_of_day(long long day) noexcept:
    """Give the year of *day*; 0 where the calendar does not reach."""
    cdef int year
    if day < starts[0] or day >= starts[STARTS - 1]:
        return 0
    year = FIRST_YEAR + <int> ((day - starts[0]) * 400 // 146_097)  # off by one at most
    if day < starts[(year - FIRST_YEAR) * MONTHS]:
        return year - 1
    return year + (day >= starts[(year + 1 - FIRST_YEAR) * MONTHS])


cdef int number_in(const unsigned char *text, int length) noexcept:
    """Read *length* digits; -1 where one is none."""
    cdef int found = 0, place
    for place in range(length):
        if not c"0" <= text[place] <= c"9":
            return -1
        found = found * 10 + text[place] - c"0"
    return found


cdef inline bint _is_day(const Written *written) noexcept:
    """Say whether there is such a day, month or year."""
    if not (FIRST_YEAR <= written.year <= LAST_YEAR and 0 <= written.month <= MONTHS):
        return False
    return 0 <= written.day <= starts[_month(written) + 1] - starts[_month(written)]


cdef class Forms:
    """How a column may write its days, besides yyyy-mm-dd."""

    def __cinit__(self, *, str days not None, str months not None, years not None, bint compact):
        """Take the marks of d/m/yyyy and of m/yyyy, the bare years, and whether yyyymmdd is one."""
        for mark in days:
            self.days[ord(mark)] = True
        for mark in months:
            self.months[ord(mark)] = True
        for year in years:
            self.years[<int> year - FIRST_YEAR] = True
        self.compact = compact

    cdef bint read(self, str text, Written *written) noexcept:
        """Read *text* into *written*; False where it is no day, month or year of a known form."""
        cdef const unsigned char *letters = <const unsigned char *> PyUnicode_DATA(text)
        cdef Py_ssize_t length = PyUnicode_GET_LENGTH(text)
        if not (YEAR_LENGTH <= length <= DAY_LENGTH and PyUnicode_IS_ASCII(text)):
            return False
        written.iso = length == DAY_LENGTH and letters[4] == c"-"
        if written.iso:
            return letters[7] == c"-" and split_day(letters, letters + 5, letters + 8, written)
        if length == 8 and self.compact and split_day(letters, letters + 4, letters + 6, written):
            return True
        return self._behind(letters, <int> length - YEAR_LENGTH, written) and _is_day(written)

    cdef bint _behind(self, const unsigned char *text, int head, Written *written) noexcept:
        """Read a text that ends with its year, behind *head* letters."""
        cdef int first
        written.year = number_in(text + head, YEAR_LENGTH)
        written.month = written.day = 0
        if not FIRST_YEAR <= written.year <= LAST_YEAR:
            return False
        if head == 0:
            return self.years[written.year - FIRST_YEAR]
        if head == 1 or text[head - 1] > 127:
            return False
        if head <= 3:
            written.month = number_in(text, head - 1)
            return written.month > 0 and self.months[text[head - 1]]
        if head > 6 or not self.days[text[head - 1]]:
            return False
        first = 1 if text[1] == text[head - 1] else 2
        if text[first] != text[head - 1] or not 1 <= head - first - 2 <= 2:
            return False
        written.day = number_in(text, first)
        written.month = number_in(text + first + 1, head - first - 2)
        return written.day > 0 and written.month > 0


cdef bint split_day(
    const unsigned char *year, const unsigned char *month, const unsigned char *day,
    Written *written,
) noexcept:
    written.year, written.month, written.day = number_in(year, 4), number_in(month, 2), number_in(day, 2)
    return written.month > 0 and written.day > 0 and _is_day(written)


cdef class Whole(Taker):
    """Takes whole numbers, and days that are one, inside their range."""

    cdef Bounds bounds

    def __cinit__(self, task not None, bounds not None):
        self.bounds = bounds_of(bounds)

    def take(self, raw, Notes notes not None, /):
        """Judge *raw*; a range that moves does so with the day."""
        cdef int overflow = 0
        cdef long long number
        if type(raw) is int:
            number = PyLong_AsLongLongAndOverflow(raw, &overflow)
            if not overflow and holds(&self.bounds, number, number, notes.day):
                return raw
        elif raw is None and self.nullable:
            return None
        return self.refine(raw, notes)


cdef class Day(Taker):
    """Takes whole days that are written, and the serials of a spreadsheet where *serial* is given."""

    cdef Bounds bounds
    cdef Forms forms
    cdef readonly Memory memory
    cdef long long first, last, serial

    def __cinit__(self, task not None, Forms forms not None, bounds not None, serials, most):
        """Take *serials*: the first and last known, and the day of serial 0, or None."""
        self.bounds, self.forms = bounds_of(bounds), forms
        self.memory = Memory(self.refine, self.name, most)
        self.first, self.last, self.serial = serials or (1, 0, 0)

    def take(self, raw, Notes notes not None, /):
        """Judge *raw*."""
        cdef Written written
        cdef long long day
        if type(raw) is str:
            if self.forms.read(<str> raw, &written) and written.day:
                day = first_day(&written)
                if holds(&self.bounds, day, day, notes.day):
                    if not written.iso:
                        notes.keep(self.name, raw)
                    return day
            return self.memory.ask(raw, (raw, notes.today), notes)
        if raw is None and self.nullable:
            return None
        return self._counted(raw, notes) if type(raw) is int else self.refine(raw, notes)

    cdef object _counted(self, object raw, Notes notes):
        cdef int overflow = 0
        cdef long long day = PyLong_AsLongLongAndOverflow(raw, &overflow)
        if not overflow and self.first <= day <= self.last:
            day += self.serial
            if holds(&self.bounds, day, day, notes.day):
                notes.keep(self.name, str(raw))
                return day
        return self.refine(raw, notes)


cdef class PartialDay(Taker):
    """Takes days, months and years that are written; they stay text."""

    cdef Bounds bounds
    cdef Forms forms
    cdef readonly Memory memory
    cdef str partial

    def __cinit__(self, task not None, Forms forms not None, bounds not None, most):
        self.bounds, self.forms = bounds_of(bounds), forms
        self.memory, self.partial = Memory(self.refine, self.name, most), task.plan.flag("PARTIAL_DATE")

    def take(self, raw, Notes notes not None, /):
        """Judge *raw*."""
        cdef Written written
        if type(raw) is not str:
            return None if raw is None and self.nullable else self.refine(raw, notes)
        if not self.forms.read(<str> raw, &written) or not holds(
            &self.bounds, first_day(&written), last_day(&written), notes.day
        ):
            return self.memory.ask(raw, (raw, notes.today), notes)
        if written.iso:
            return raw
        text = _said(&written)
        if text != raw:
            notes.keep(self.name, raw)
        if not written.day:
            notes.flag(self.partial)
        return text


cdef class CodeOrDay(Taker):
    """Takes codes met before, in a column where any day stands for one of them."""

    cdef Forms forms
    cdef readonly Memory memory
    cdef Answer answer

    def __cinit__(self, task not None, Forms forms not None, most, value not None, flags not None):
        """Take the code that days stand for, and the flags of saying so."""
        self.forms, self.memory = forms, Memory(self.refine, self.name, most)
        self.answer = Answer()
        self.answer.value, self.answer.flags = value, flags

    def take(self, raw, Notes notes not None, /):
        """Judge *raw*."""
        cdef Written written
        if type(raw) is not str:
            return None if raw is None and self.nullable else self.refine(raw, notes)
        if not self.forms.read(<str> raw, &written) or not written.day:
            return self.memory.ask(raw, raw, notes)
        notes.keep(self.name, raw)
        return self.answer.say(self.name, notes)


cdef object _said(const Written *written):
    """Give yyyy-mm-dd, or as much of it as is said."""
    cdef char text[DAY_LENGTH]
    _write(text, written.year // 100)
    _write(text + 2, written.year % 100)
    text[4] = text[7] = c"-"
    _write(text + 5, written.month)
    _write(text + 8, written.day)
    if written.day:
        return PyUnicode_FromStringAndSize(text, DAY_LENGTH)
    return PyUnicode_FromStringAndSize(text, MONTH_LENGTH if written.month else YEAR_LENGTH)


cdef inline void _write(char *to, int number) noexcept:
    to[0] = c"0" + number // 10
    to[1] = c"0" + number % 10
