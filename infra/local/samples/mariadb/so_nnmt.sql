-- so_nnmt.sql: cơ sở dữ liệu nguồn của Sở Nông nghiệp và Môi trường (GIẢ ĐỊNH). MariaDB 10.11.
-- -> datasets nnmt_ocop, nnmt_quan_trac
-- sql_mode of the real server is assumed to be old and permissive: zero dates exist. DATETIME holds local time, Asia/Ho_Chi_Minh.

CREATE TABLE IF NOT EXISTS ocop (
  id            INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  ma_sp         VARCHAR(30)  NOT NULL COMMENT 'Mã sản phẩm, ví dụ OCOP-14-0123',
  ten_sp        VARCHAR(200) NOT NULL COMMENT 'Tên sản phẩm',
  chu_the       VARCHAR(200) CHARACTER SET latin1 COMMENT 'Tên chủ thể, gõ bằng bảng mã TCVN3 trong cột latin1',
  loai_ct       VARCHAR(20)  COMMENT 'HTX, THT, DN, HKD, CN',
  nguoi_dd      VARCHAR(120) COMMENT 'Người đại diện',
  sdt           VARCHAR(20)  COMMENT 'Điện thoại người đại diện',
  nhom          TINYINT      COMMENT 'Nhóm sản phẩm 1..6',
  sao           TINYINT      COMMENT 'Số sao 3..5',
  so_qd         VARCHAR(50)  COMMENT 'Số quyết định công nhận',
  ngay_cn       DATE         COMMENT 'Ngày công nhận; dữ liệu cũ có 0000-00-00',
  ngay_hh       DATE         COMMENT 'Ngày hết hạn',
  ma_xa         INT          COMMENT 'Mã xã kiểu số nên mất số 0 ở đầu; mã cũ hoặc mới, không ghi rõ',
  ten_xa        VARCHAR(100) COMMENT 'Tên xã',
  san_luong     VARCHAR(30)  COMMENT 'Sản lượng năm, chuỗi kiểu Việt Nam: 1.234,5',
  dvt           VARCHAR(20)  COMMENT 'Đơn vị tính của sản lượng: kg, tạ, tấn, lít',
  truy_xuat     TINYINT(1)   NOT NULL DEFAULT 0 COMMENT 'Có mã truy xuất nguồn gốc',
  trang_thai    VARCHAR(20)  COMMENT 'còn hiệu lực, hết hạn, thu hồi',
  cap_nhat      DATETIME     NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP COMMENT 'Lần sửa cuối, giờ Việt Nam'
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='Sản phẩm OCOP';

CREATE TABLE IF NOT EXISTS quan_trac (
  ma_tram       VARCHAR(20)   NOT NULL COMMENT 'Mã trạm, ví dụ SLA-KK-01',
  thong_so      VARCHAR(20)   NOT NULL COMMENT 'Tên thông số, ghi tự do: PM2.5, pm25, BOD5, pH',
  thoi_diem     DATETIME      NOT NULL COMMENT 'Thời điểm đo, giờ Việt Nam',
  gia_tri       DOUBLE        COMMENT 'Giá trị đo; mất tín hiệu ghi -9999',
  don_vi        VARCHAR(20)   COMMENT 'ug/m3, µg/m³, mg/l, mg/m3, °C',
  co            CHAR(2)       COMMENT '00 hợp lệ, 01 hiệu chuẩn, 02 lỗi thiết bị, 03 nghi ngờ',
  ten_tram      VARCHAR(200)  COMMENT 'Tên trạm',
  vi_do         DECIMAL(9,6)  COMMENT 'Vĩ độ WGS84',
  kinh_do       DECIMAL(9,6)  COMMENT 'Kinh độ WGS84',
  nhan_luc      DATETIME(3)   NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT 'Lúc máy chủ nhận, giờ Việt Nam',
  PRIMARY KEY (ma_tram, thong_so, thoi_diem)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='Số liệu quan trắc tự động';
