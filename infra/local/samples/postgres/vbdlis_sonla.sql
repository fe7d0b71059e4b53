-- vbdlis_sonla.sql: cơ sở dữ liệu đất đai cấp tỉnh (GIẢ ĐỊNH). PostgreSQL 15, UTF8. -> dataset nnmt_thua_dat
-- The real land system's structure was not available; this is a plausible subset for development. Large table: of the order of 1 million rows.

CREATE SCHEMA IF NOT EXISTS dat_dai;

CREATE TABLE IF NOT EXISTS dat_dai.thua_dat (
  id            bigint PRIMARY KEY,
  ma_thua       varchar(20),
  ma_xa         varchar(5)    NOT NULL,
  so_to         varchar(10)   NOT NULL,
  so_thua       varchar(10)   NOT NULL,
  dien_tich     numeric(14,2),
  dt_dat_o      numeric(14,2),
  loai_dat      varchar(10),
  thoi_han      varchar(20),
  vi_do         double precision,
  kinh_do       double precision,
  x_vn2000      numeric(12,3),
  y_vn2000      numeric(12,3),
  so_gcn        varchar(20),
  ngay_cap_gcn  date,
  loai_chu      smallint,
  ten_chu       varchar(200),
  giay_to_chu   varchar(30),
  dan_toc_chu   smallint,
  thua_goc      varchar(500),
  phien_ban     integer       NOT NULL DEFAULT 1,
  trang_thai    char(1)       NOT NULL DEFAULT 'H',
  sua_luc       timestamptz   NOT NULL DEFAULT now()
);
COMMENT ON TABLE  dat_dai.thua_dat             IS 'Thửa đất';
COMMENT ON COLUMN dat_dai.thua_dat.ma_thua     IS 'Mã định danh thửa đất, GeoHash 12 ký tự; thửa cũ có thể chưa có';
COMMENT ON COLUMN dat_dai.thua_dat.ma_xa       IS 'Mã xã theo danh mục 2025';
COMMENT ON COLUMN dat_dai.thua_dat.dt_dat_o    IS 'Diện tích đất ở trong thửa, m2';
COMMENT ON COLUMN dat_dai.thua_dat.thoi_han    IS 'Lâu dài, hoặc ngày hết hạn dd/mm/yyyy';
COMMENT ON COLUMN dat_dai.thua_dat.loai_chu    IS '1 cá nhân, 2 hộ gia đình, 3 tổ chức, 4 cộng đồng, 5 nhà nước';
COMMENT ON COLUMN dat_dai.thua_dat.dan_toc_chu IS 'Mã dân tộc theo danh mục của hệ thống đất đai (28 = Khơ Mú)';
COMMENT ON COLUMN dat_dai.thua_dat.thua_goc    IS 'Các thửa trước khi tách, gộp; cách nhau bằng dấu phẩy';
COMMENT ON COLUMN dat_dai.thua_dat.trang_thai  IS 'H hiện hành, L lịch sử';
