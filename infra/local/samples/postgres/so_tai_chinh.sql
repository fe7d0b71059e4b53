-- so_tai_chinh.sql: cơ sở dữ liệu nguồn của Sở Tài chính, phần đăng ký kinh doanh (GIẢ ĐỊNH). PostgreSQL 15, UTF8.
-- -> datasets stc_doanh_nghiep, stc_ho_kinh_doanh

CREATE SCHEMA IF NOT EXISTS dkkd;

CREATE TABLE IF NOT EXISTS dkkd.doanh_nghiep (
  ma_so          varchar(14)  PRIMARY KEY,
  ten            varchar(300) NOT NULL,
  ten_viet_tat   varchar(100),
  loai_hinh      varchar(10),
  ngay_dk        date,
  lan_thay_doi   smallint     NOT NULL DEFAULT 0,
  ngay_thay_doi  date,
  dia_chi        varchar(300),
  ma_xa          varchar(5),
  ma_he          varchar(10),
  von            varchar(30),
  nganh_chinh    varchar(5),
  ndd_ho_ten     varchar(120),
  ndd_giay_to    varchar(20),
  dien_thoai     varchar(30),
  chu_so_huu     varchar(500),
  tinh_trang     varchar(5),
  cap_nhat       timestamp    NOT NULL DEFAULT localtimestamp
);
COMMENT ON TABLE  dkkd.doanh_nghiep              IS 'Doanh nghiệp, hợp tác xã và đơn vị phụ thuộc';
COMMENT ON COLUMN dkkd.doanh_nghiep.ma_so        IS 'Mã số doanh nghiệp = mã số thuế, 10 số; đơn vị phụ thuộc 10 số-3 số';
COMMENT ON COLUMN dkkd.doanh_nghiep.loai_hinh    IS 'TN1, TN2, CP, HD, TNTN, HTX, CN, VPDD';
COMMENT ON COLUMN dkkd.doanh_nghiep.ma_he        IS 'CU hoặc MOI (danh mục xã cũ, mới)';
COMMENT ON COLUMN dkkd.doanh_nghiep.von          IS 'Vốn điều lệ, chuỗi kiểu Việt Nam: 1.500.000.000';
COMMENT ON COLUMN dkkd.doanh_nghiep.nganh_chinh  IS 'Mã ngành VSIC 5 số';
COMMENT ON COLUMN dkkd.doanh_nghiep.chu_so_huu   IS 'Chủ sở hữu hưởng lợi (từ 01/7/2025); không tiếp nhận ra ngoài ngành';
COMMENT ON COLUMN dkkd.doanh_nghiep.tinh_trang   IS 'HD, TN, CGT, GT (hoạt động, tạm ngừng, chờ giải thể, đã giải thể), KHD không hoạt động tại địa chỉ';

CREATE TABLE IF NOT EXISTS dkkd.ho_kinh_doanh (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  so_gcn       varchar(30)   NOT NULL,
  mst          varchar(20),
  ten_ho       varchar(200)  NOT NULL,
  chu_ho       varchar(120),
  giay_to      varchar(20),
  ngay_sinh    varchar(10),
  gioi         varchar(5),
  dia_chi      varchar(300),
  ten_xa       varchar(100),
  nganh_chinh  varchar(5),
  von          bigint,
  lao_dong     smallint,
  ngay_cap     varchar(10),
  dien_thoai   varchar(30),
  tt           smallint,
  cap_nhat     timestamp     NOT NULL DEFAULT localtimestamp
);
COMMENT ON TABLE  dkkd.ho_kinh_doanh         IS 'Hộ kinh doanh';
COMMENT ON COLUMN dkkd.ho_kinh_doanh.so_gcn  IS 'Số giấy chứng nhận đăng ký hộ kinh doanh; nhiều kiểu cũ';
COMMENT ON COLUMN dkkd.ho_kinh_doanh.mst     IS 'Từ 01/7/2025 là số định danh cá nhân 12 số của chủ hộ; trước đó 10 số';
COMMENT ON COLUMN dkkd.ho_kinh_doanh.gioi    IS 'M hoặc F';
COMMENT ON COLUMN dkkd.ho_kinh_doanh.ten_xa  IS 'Chỉ có tên xã, không có mã';
COMMENT ON COLUMN dkkd.ho_kinh_doanh.ngay_cap IS 'Chuỗi dd-mm-yyyy';
COMMENT ON COLUMN dkkd.ho_kinh_doanh.tt      IS '1 hoạt động, 2 tạm ngừng, 3 chấm dứt';
