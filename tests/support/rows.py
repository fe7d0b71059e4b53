"""One invented birth that every rule accepts; tests and benchmarks vary its version alone."""

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
