"""Rules of what the ministries' systems and the clinics tell of people: cases, cards, births."""

from streams.days import day_of_instant
from streams.rules.registers import odd_age
from streams.rules.rule import ACTIVE, DATE_ORDER, Rule, active_after_expiry, before

CARD_LENGTH = 15
"""A card number of the old form: group (2), benefit level (1), province (2), insurance number."""
OLD_INSURANCE_LENGTH = 10

_LLTP, _BHYT, _GCS = "ca_ly_lich_tu_phap", "bhxh_the_bhyt", "yt_giay_chung_sinh"


def _other_card(card: str | None, level: int | None, number: str | None) -> bool:
    """Each comparison is silent alone where one of its two values is null (DOMAIN.md 9b)."""
    if card is None or len(card) != CARD_LENGTH:
        return False
    old = number if number is not None and len(number) == OLD_INSURANCE_LENGTH else None
    return (level is not None and card[2] != str(level)) or (
        old is not None and card[-OLD_INSURANCE_LENGTH:] != old
    )


def _paper_before_birth(written: int, born_at: int) -> bool:
    return written < day_of_instant(born_at)


def _odd_age_at(mother: str, born_at: int) -> bool:
    return odd_age(mother, day_of_instant(born_at))


RULES: tuple[Rule, ...] = (
    Rule(
        _LLTP,
        DATE_ORDER,
        "ngay_tra",
        ("ngay_tra", "ngay_tiep_nhan"),
        before,
        "ngày trả không trước ngày tiếp nhận",
    ),
    Rule(
        _BHYT,
        DATE_ORDER,
        "gia_tri_den",
        ("gia_tri_den", "gia_tri_tu"),
        before,
        "ngày đến không trước ngày bắt đầu",
    ),
    Rule(
        _BHYT,
        "rule.card_mismatch",
        "ma_the",
        ("ma_the", "muc_huong", "ma_so_bhxh"),
        _other_card,
        "mã thẻ khớp mức hưởng và mã số",
        reads_null=True,
    ),
    Rule(
        _BHYT,
        ACTIVE,
        "gia_tri_den",
        ("trang_thai", "gia_tri_den", "event_day"),
        active_after_expiry,
        "thẻ quá hạn",
    ),
    Rule(
        _GCS,
        DATE_ORDER,
        "ngay_chung_tu",
        ("ngay_chung_tu", "con_ngay_sinh"),
        _paper_before_birth,
        "ngày cấp giấy không trước ngày sinh",
    ),
    Rule(
        _GCS,
        "rule.parent_age",
        "me_ngay_sinh",
        ("me_ngay_sinh", "con_ngay_sinh"),
        _odd_age_at,
        "tuổi mẹ khi sinh",
    ),
)
