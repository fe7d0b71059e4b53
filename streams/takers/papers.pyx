# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Takers of numbers that name a person or a firm: personal numbers, papers, tax codes.

They know texts against which nothing speaks. What speaks against one, `streams.identifiers` says;
its tables are asked of it (`streams.fast.identifiers`).
"""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_FromStringAndSize, PyUnicode_GET_LENGTH

from streams.days import DAY_US, ZONE_US
from streams.identifiers import MST_WEIGHTS

from streams.takers.days cimport year_of_day
from streams.takers.identifiers cimport all_digits, three_in
from streams.takers.known cimport Taker
from streams.takers.notes cimport Notes
from streams.takers.unicode cimport PyUnicode_IS_ASCII

cdef enum:
    PERSONAL = 12  # digits of a personal number
    TAX = 10  # digits of a tax code, and of a number of social insurance
    BRANCH = 14  # letters of a tax code with its branch
    PASSPORT_LEAST = 6
    PASSPORT_MOST = 20
    UNKNOWN = -1  # a year that we cannot tell

cdef enum Birth:
    BY_DAY, BY_TEXT, BY_MOMENT

_BIRTHS = {"date": BY_DAY, "partial_date": BY_TEXT, "timestamp": BY_MOMENT}

cdef enum Sort:
    PERSON, PAPER, TAX_OR_PERSON, INSURANCE

_SORTS = {"cccd": PERSON, "id_paper": PAPER, "mst_or_person": TAX_OR_PERSON, "bhxh": INSURANCE}

cdef long long day_us = DAY_US
cdef long long zone_us = ZONE_US
cdef int weights[TAX - 1]
weights = MST_WEIGHTS


cdef class People:
    """What the digits of a personal number tell: the place, the birth year and the gender."""

    cdef bint places[1000]
    cdef int years[1000]
    cdef char genders[1000]

    def __cinit__(self, places not None, told not None):
        """Take the known *places* (`PersonalNumbers.places`) and *told* (`identifiers.TOLD`)."""
        for number in range(1000):
            digits = f"{number:03}"
            self.places[number] = digits in places
            self.years[number], gender = told[digits]
            self.genders[number] = ord(gender)

    cdef bint plain(self, const char *number, int event_year, int year, object gender) except -1:
        """Say whether nothing speaks against twelve digits (`PersonalNumbers.codes`).

        *year* is 0 where no birth is known.
        """
        cdef int told = three_in(number + 3), place
        if not self.places[three_in(number)] or self.years[told] > event_year:
            return False
        if year and year != self.years[told]:
            return False
        if gender == "1" or gender == "2":
            if gender != chr(self.genders[told]):
                return False
        for place in range(1, PERSONAL):
            if number[place] != number[0]:
                return True
        return False


cdef class Personal(Taker):
    """Takes personal numbers, and what may stand in their place."""

    cdef People people
    cdef Birth birth
    cdef Sort sort
    cdef str trimmed

    def __cinit__(self, task not None, People people not None):
        self.people, self.sort = people, _SORTS[task.plan.item.kind]
        self.birth = _BIRTHS.get(task.beside.birth, BY_DAY)
        self.trimmed = task.plan.flag("TRIMMED")

    def take(self, raw, Notes notes not None, /):
        """Judge *raw*, of whose owner the record tells nothing."""
        value = self._taken(raw, notes, 0, None, None)
        return self.refine(raw, notes) if value is NotImplemented else value

    def take_born(self, raw, Notes notes not None, birth, gender, /):
        """Judge *raw*, whose owner was born then and has this gender."""
        value = self._taken(raw, notes, self._year(birth), gender, None)
        return self.refine(raw, notes, birth, gender) if value is NotImplemented else value

    def take_declared(self, raw, Notes notes not None, birth, gender, kind, /):
        """Judge *raw*, the number of a paper of this *kind*."""
        value = self._taken(raw, notes, self._year(birth), gender, kind)
        return self.refine(raw, notes, birth, gender, kind) if value is NotImplemented else value

    cdef int _year(self, object birth) except? UNKNOWN:
        """Give the year of *birth*; 0 where none is known, UNKNOWN where we cannot tell it."""
        cdef long long day
        if self.birth == BY_TEXT:
            return _year_of_text(<str> birth) if type(birth) is str else 0
        if type(birth) is not int:
            return 0
        day = birth
        if self.birth == BY_MOMENT:
            day = (day + zone_us) // day_us if day >= 0 else -1_000_000
        return year_of_day(day) or UNKNOWN

    cdef object _taken(self, object raw, Notes notes, int year, object gender, object kind):
        """Give the value of *raw*; NotImplemented where the refiner has to say it."""
        cdef const char *text
        cdef Py_ssize_t length
        cdef char bare[PERSONAL]
        if type(raw) is not str:
            return None if raw is None and self.nullable else NotImplemented
        length = PyUnicode_GET_LENGTH(raw)
        if year == UNKNOWN or not PyUnicode_IS_ASCII(raw) or length < PASSPORT_LEAST:
            return NotImplemented
        text = <const char *> PyUnicode_DATA(raw)
        if kind is None or kind == "cccd":
            if length == PERSONAL and all_digits(text, PERSONAL):
                if self.people.plain(text, notes.event_year, year, gender):
                    return raw
                return NotImplemented
            if length > PERSONAL and _joined(text, length, bare):
                if self.people.plain(bare, notes.event_year, year, gender):
                    notes.keep(self.name, raw)
                    notes.flag(self.trimmed)
                    return PyUnicode_FromStringAndSize(bare, PERSONAL)
                return NotImplemented
        return self._other(raw, text, length, notes, kind)

    cdef object _other(
        self, object raw, const char *text, Py_ssize_t length, Notes notes, object kind
    ):
        """Judge what is no personal number."""
        if self.sort == PAPER:
            if kind is None or kind == "ho_chieu":
                return self._passport(raw, text, length, notes)
        elif self.sort == TAX_OR_PERSON:
            if _tax_code(text, length):
                return raw
        elif self.sort == INSURANCE:
            if length == TAX and all_digits(text, TAX):
                return raw
        return NotImplemented

    cdef object _passport(self, object raw, const char *text, Py_ssize_t length, Notes notes):
        """Judge letters and digits, at least one of each."""
        cdef char raised[PASSPORT_MOST]
        cdef Py_ssize_t place
        cdef bint letters = False, digits = False, small = False
        if length > PASSPORT_MOST:
            return NotImplemented
        for place in range(length):
            raised[place] = text[place]
            if c"0" <= text[place] <= c"9":
                digits = True
            elif c"A" <= text[place] <= c"Z":
                letters = True
            elif c"a" <= text[place] <= c"z":
                letters = small = True
                raised[place] -= 32
            else:
                return NotImplemented
        if not (letters and digits):
            return NotImplemented
        if not small:
            return raw
        notes.keep(self.name, raw)
        return PyUnicode_FromStringAndSize(raised, length)


cdef class TaxCode(Taker):
    """Takes tax codes in their canonical form, their check digit right."""

    def take(self, raw, Notes notes not None, /):
        """Judge *raw*."""
        if type(raw) is str:
            if PyUnicode_IS_ASCII(raw) and _tax_code(
                <const char *> PyUnicode_DATA(raw), PyUnicode_GET_LENGTH(raw)
            ):
                return raw
        elif raw is None and self.nullable:
            return None
        return self.refine(raw, notes)


cdef int _year_of_text(str text) noexcept:
    """Give the year that a canonical date begins with."""
    cdef const char *digits = <const char *> PyUnicode_DATA(text)
    if PyUnicode_GET_LENGTH(text) < 4 or not PyUnicode_IS_ASCII(text) or not all_digits(digits, 4):
        return UNKNOWN
    return three_in(digits) * 10 + digits[3] - c"0" or UNKNOWN


cdef bint _joined(const char *text, Py_ssize_t length, char *bare) noexcept:
    """Read twelve digits with single spaces or dots between them."""
    cdef Py_ssize_t place
    cdef int count = 0
    cdef bint apart = True
    for place in range(length):
        if c"0" <= text[place] <= c"9":
            if count == PERSONAL:
                return False
            bare[count] = text[place]
            count += 1
            apart = False
        elif apart or (text[place] != c" " and text[place] != c"."):
            return False
        else:
            apart = True
    return count == PERSONAL and not apart


cdef bint _tax_code(const char *text, Py_ssize_t length) noexcept:
    """Say whether *text* is a tax code as it is written for good (`identifiers.tax_code`)."""
    cdef int rest = 0, place
    if not (length == TAX or length == BRANCH) or not all_digits(text, TAX):
        return False
    if length == BRANCH and not (
        text[TAX] == c"-" and all_digits(text + TAX + 1, 3) and three_in(text + TAX + 1)
    ):
        return False
    for place in range(TAX - 1):
        rest += weights[place] * (text[place] - c"0")
    rest %= 11
    return rest > 0 and text[TAX - 1] - c"0" == 10 - rest
