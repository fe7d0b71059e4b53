"""Invented people of Sơn La: names as its peoples give them, numbers that nobody can hold.

A personal number here begins with 099, a place that was never assigned (DOMAIN.md 3); its next
digits agree with sex, century and year of birth, as in a real one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from schemas.records import Row


@dataclass(frozen=True, kw_only=True, slots=True)
class People:
    """One ethnic group: its codes, its spellings in free text, and how its people are named."""

    key: str
    dm1979: str
    spellings: tuple[str, ...]
    families: tuple[str, ...]
    men: tuple[str, ...]
    women: tuple[str, ...]
    middle: tuple[str, str]
    """Usual middle names of men and of women."""
    weight: int
    """Rough share among a hundred rows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Someone who does not exist."""

    family: str
    middle: str
    given: str
    male: bool
    born: date
    people: People
    number: str

    @property
    def full_name(self) -> str:
        """Family name, middle name, given name."""
        return f"{self.family} {self.middle} {self.given}"


def _people(words: str, families: str, men: str, women: str) -> People:
    key, dm1979, weight, male_middle, female_middle, *spellings = words.split("|")
    return People(
        key=key,
        dm1979=dm1979,
        weight=int(weight),
        middle=(male_middle, female_middle),
        spellings=tuple(spellings),
        families=tuple(families.split()),
        men=tuple(men.split()),
        women=tuple(women.split()),
    )


PEOPLES: tuple[People, ...] = (
    _people(
        "thai|03|54|Văn|Thị|Thái|Thái|thái|Thái Đen|Thái Trắng|dân tộc Thái",
        "Lò Lò Cầm Quàng Hoàng Tòng Lường Vì Hà Cà Bạc Điêu Mè Lù Kha",
        "Pản Ún Hặc Panh Inh Tưởng Chướng Biên Phanh Thoan Hịa Yêu Dọn Piếng Tiện Thưởng",
        "Ín Ọi Lả Pâng Êng Ánh Hỏa Sương Phượng Định Xoan Ương Muôn Nọi Tươi Dương",
    ),
    _people(
        "mong|08|15|A|Thị|Mông|H'Mông|H\u2019Mông|HMông|Mông (H'Mông)",
        "Giàng Mùa Vàng Sồng Thào Lý Hờ Tráng Phàng Sùng Cứ Hạng",
        "Dơ Sếnh Páo Chu Tủa Vừ Lầu Nênh Dếnh Khua Chía Thái Lử",
        "Mỷ Súa Dua Pàng Chía Dợ Sông Máy Ly Xua Cha Mảy",
    ),
    _people(
        "muong|06|8|Văn|Thị|Mường|Mường|dân tộc Mường",
        "Bùi Đinh Hà Quách Phùng",
        "Thực Nhâm Quyền Thiện Hùng Lâm Sơn Tuyển",
        "Nhung Huệ Thêm Hoài Chiên Lan Hường Duyên",
    ),
    _people(
        "kinh|01|16|Văn|Thị|Kinh|Kinh|Kinh (Việt)",
        "Nguyễn Trần Lê Phạm Vũ Đỗ Hoàng Đặng Bùi",
        "Hải Minh Tuấn Đức Long Quân Khánh Phúc",
        "Hương Thảo Ngọc Mai Trang Yến Linh Hạnh",
    ),
    _people(
        "dao|09|2|Văn|Thị|Dao|Dao|Dao Tiền|Dao Đỏ",
        "Triệu Bàn Đặng Phùng Lý",
        "Sơn Phúc Chòi Tiến Kim",
        "Mùi Pham Nái Mản Ghến",
    ),
    _people(
        "kho_mu|29|2|Văn|Thị|Khơ Mú|Khơ Mú|Khơ-mú|Khmú",
        "Cút Moong Quàng Lò Ốc",
        "Tấm Hom Lan Pỏm Thân",
        "Mẳn Tiên Nhin Xam Lếch",
    ),
    _people(
        "xinh_mun|34|2|Văn|Thị|Xinh Mun|Xinh Mun|Xinh-mun|Sinh Mun",
        "Vì Lò Hoàng Cút",
        "Pháng Thoong Phấn Hắc",
        "Nhỏ Chum Sóm Pản",
    ),
    _people("khang|33|1|Văn|Thị|Kháng|Kháng", "Lò Quàng Hoàng", "Pủa Chựa Dương", "Hạ Tình Uôn"),
)

_WEIGHTS = tuple(people.weight for people in PEOPLES)


def draw_people(rng: Random) -> People:
    """Choose an ethnic group, about as often as one meets it in the province."""
    return rng.choices(PEOPLES, _WEIGHTS)[0]


def draw_person(rng: Random, *, male: bool, born: date, people: People | None = None) -> Person:
    """Invent someone of that sex, born that day."""
    people = people or draw_people(rng)
    return Person(
        family=rng.choice(people.families),
        middle=people.middle[0 if male else 1],
        given=rng.choice(people.men if male else people.women),
        male=male,
        born=born,
        people=people,
        number=personal_number(rng, male=male, born=born),
    )


def personal_number(rng: Random, *, male: bool, born: date) -> str:
    """Make a number of the never-assigned place 099 that agrees with sex and year (DOMAIN.md 3)."""
    century = 2 * (born.year // 100 - 19) + (0 if male else 1)
    return f"099{century}{born.year % 100:02d}{rng.randrange(1, 1_000_000):06d}"


def day_between(rng: Random, first: date, last: date) -> date:
    """Draw a day, both ends included."""
    return first + timedelta(days=rng.randint(0, (last - first).days))


def born_before(rng: Random, day: date, ages: tuple[int, int]) -> date:
    """Draw a birth day of someone whose age in whole years on *day* lies within *ages*."""
    youngest, oldest = ages
    return day - timedelta(days=rng.randint(youngest * 366, oldest * 365))


def pick(rng: Random, row: Row, choices: Mapping[str, Sequence[object]]) -> None:
    """Fill columns of *row* with one of their possible values each."""
    for column, values in choices.items():
        row[column] = rng.choice(values)
