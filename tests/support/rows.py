"""Invented rows that every rule accepts; tests and benchmarks vary their versions alone."""

from typing import Any

BIRTH: dict[str, Any] = {
    "so_ks": "1/2026",
    "ngay_dk": "2026-01-05",
    "loai": "DH",
    "ma_xa": "03646",
    "ma_he": "2025",
    "ten_xa": "Phường Tô Hiệu",
    "tt_dd": "K",
    "ho": "Lò",
    "dem": "Thị",
    "ten": "Mẫu",
    "ngaysinh": "2026-01-01",
    "gt": "Nữ",
    "dan_toc": "03",
    "qt": "Việt Nam",
    "noi_sinh": "Bệnh viện đa khoa tỉnh Sơn La",
    "que_quan": "Phường Tô Hiệu, tỉnh Sơn La",
    "bo_roi": False,
    "me_hoten": "Lò Thị Ví Dụ",
    "me_ns": "1998",
    "me_dt": "03",
    "me_cutru": "Phường Tô Hiệu",
    "me_giayto": "C0000123",
    "nyc_hoten": "Lò Văn Ví Dụ",
    "nyc_giayto": "B1234567",
    "so_gcs": "V0",
}
MANY_PARCELS = (
    "insert into dat_dai.thua_dat (id, ma_thua, ma_xa, so_to, so_thua, dien_tich, dt_dat_o, "
    "loai_dat, thoi_han, vi_do, kinh_do, loai_chu, ten_chu) select n, 'w7cckf8bxg4j', '03646', "
    "'12', n::text, 100, 50, 'ODT', 'Lâu dài', 21.32731232, 103.92104315, 3, 'Hợp tác xã Ví Dụ' "
    "from generate_series(%s::bigint, %s) as n"
)
"""Parcels of the land office whose ids go from one number to another."""
