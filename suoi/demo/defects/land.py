"""Defects of the parcels."""

from schemas.records import Row
from suoi.demo.defects.kind import Defect, Found, Spoil, lookalike, of, puts, texts
from suoi.demo.desk import Desk
from suoi.demo.parcels import geohash

PARCELS = "nnmt_thua_dat"


def _swapped(row: Row, _desk: Desk) -> None:
    """Latitude and longitude change places."""
    row["vi_do"], row["kinh_do"] = row["kinh_do"], row["vi_do"]


def _in_metres(row: Row, _desk: Desk) -> None:
    """The point is given as VN-2000 metres."""
    row["vi_do"], row["kinh_do"] = float(row["x_vn2000"]), float(row["y_vn2000"])


def _moved(row: Row, _desk: Desk) -> None:
    """The point lies a few hundred metres beside the parcel that its id names."""
    row["vi_do"] = round(row["vi_do"] + 0.004, 8)


def _abroad(row: Row, _desk: Desk) -> None:
    """A whole parcel of another province."""
    row.update(vi_do=19.5, kinh_do=104.5, ma_thua=geohash(19.5, 104.5))


def _bad_letter(row: Row, _desk: Desk) -> None:
    """A GeoHash has neither a, i, l nor o."""
    row["ma_thua"] = f"a{row['ma_thua'][1:]}"


def _more_home_than_land(row: Row, _desk: Desk) -> None:
    row["dt_dat_o"] = f"{float(row['dien_tich']) + 10:.2f}"


_PARCELS: dict[str, tuple[str, str, Spoil]] = {
    "no id yet": ("field.missing", "ma_dinh_danh_thua", puts(ma_thua=None)),
    "no day granted": ("field.missing_conditional", "ngay_cap_gcn", puts(ngay_cap_gcn=None)),
    "owner without paper": ("field.missing_conditional", "so_giay_to_chu", puts(giay_to_chu="-")),
    "id too short": ("id.parcel_geohash", "ma_dinh_danh_thua", puts(ma_thua="w7cckf8bxg")),
    "letter that no id has": ("id.parcel_geohash", "ma_dinh_danh_thua", _bad_letter),
    "point beside its parcel": ("rule.geohash_mismatch", "ma_dinh_danh_thua", _moved),
    "more home than land": ("rule.area_order", "dien_tich_dat_o_m2", _more_home_than_land),
    "no area at all": ("number.range", "dien_tich_m2", puts(dien_tich="0.00", dt_dat_o=None)),
    "not a number": ("number.not_finite", "dien_tich_m2", puts(dien_tich="NaN", dt_dat_o=None)),
    "people of another numbering": ("code.unknown", "dan_toc_chu", puts(dan_toc_chu=99)),
    "use unknown": ("code.unknown", "muc_dich_su_dung", puts(loai_dat="DAT")),
    "commune of the old list": ("code.unknown", "ma_xa", puts(ma_xa="03649")),
    "term beyond 2199": ("date.range", "thoi_han_den", puts(thoi_han="31/12/2299")),
    "card of eleven digits": ("id.cccd_shape", "so_giay_to_chu", puts(giay_to_chu="09918500101")),
    "old card of nine digits": ("id.cmnd_legacy", "so_giay_to_chu", puts(giay_to_chu="050000123")),
    "parcel of another province": ("geo.outside_province", "vi_do", _abroad),
    "Cyrillic letter in a name": ("text.homoglyph", "ten_chu", lookalike("ten_chu")),
    **texts("ten_chu", "ten_chu"),
}


def _term(name: str, code: str, words: str) -> Defect:
    """Spoil the column that holds kind and day of a term: both of its fields tell."""
    also = ((code, "thoi_han_den"),)
    return _both(name, ("code.unknown", "thoi_han_loai"), also, puts(thoi_han=words))


def _both(name: str, first: Found, also: tuple[Found, ...], spoil: Spoil) -> Defect:
    code, field = first
    return Defect(
        name=name, dataset=PARCELS, share=2, code=code, field=field, spoil=spoil, also=also
    )


_RANGE = (("number.range", "vi_do"), ("number.range", "kinh_do"))

DEFECTS = (
    *of(PARCELS, _PARCELS),
    _both("latitude for longitude", _RANGE[0], _RANGE[1:], _swapped),
    _both("metres for degrees", _RANGE[0], _RANGE[1:], _in_metres),
    _term("term in words", "date.invalid", "tạm thời"),
    _term("term with two digits of a year", "date.two_digit_year", "01/05/49"),
    _term("term in an undeclared form", "date.ambiguous", "20490501"),
)
