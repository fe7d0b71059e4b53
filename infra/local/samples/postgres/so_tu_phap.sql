-- so_tu_phap.sql: cơ sở dữ liệu nguồn của Sở Tư pháp (GIẢ ĐỊNH, chỉ dùng để phát triển và kiểm thử).
-- PostgreSQL 15, mã hoá UTF8. Ba sổ hộ tịch do ba nhóm người làm ra nên cấu trúc cố ý KHÔNG giống nhau.
-- All tables, columns and codes are assumed: no department's real structure was available.
-- Timestamps WITHOUT time zone hold local time, Asia/Ho_Chi_Minh.

CREATE SCHEMA IF NOT EXISTS ho_tich;
CREATE SCHEMA IF NOT EXISTS bo_tro;

-- Sổ đăng ký khai sinh -> dataset tp_khai_sinh
CREATE TABLE IF NOT EXISTS ho_tich.khai_sinh (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  so_ks       varchar(20)  NOT NULL,
  ngay_dk     date         NOT NULL,
  loai        varchar(10),
  ma_xa       char(5),
  ma_he       varchar(4),
  ten_xa      varchar(100),
  tt_dd       char(1),
  sddcn       varchar(20),
  ho          varchar(60),
  dem         varchar(80),
  ten         varchar(60),
  ngaysinh    date,
  gt          varchar(20),
  dan_toc     char(2),
  qt          varchar(60),
  ns_ma_xa    char(5),
  ns_ma_he    varchar(4),
  noi_sinh    varchar(255),
  que_quan    varchar(255),
  bo_roi      boolean      NOT NULL DEFAULT false,
  me_hoten    varchar(120),
  me_ns       varchar(10),
  me_dt       char(2),
  me_cutru    varchar(255),
  me_giayto   varchar(20),
  cha_hoten   varchar(120),
  cha_ns      varchar(10),
  cha_dt      char(2),
  cha_giayto  varchar(20),
  nyc_hoten   varchar(120),
  nyc_giayto  varchar(20),
  so_gcs      varchar(30),
  ghi_chu     text,
  tao_luc     timestamp    NOT NULL DEFAULT localtimestamp,
  sua_luc     timestamp    NOT NULL DEFAULT localtimestamp
);
COMMENT ON TABLE  ho_tich.khai_sinh           IS 'Sổ đăng ký khai sinh của các xã, phường';
COMMENT ON COLUMN ho_tich.khai_sinh.so_ks     IS 'Số/năm, ví dụ 386/2026; người nhập đôi khi thêm khoảng trắng hoặc số 0 ở đầu';
COMMENT ON COLUMN ho_tich.khai_sinh.loai      IS 'DH đúng hạn, QH quá hạn, DKL đăng ký lại, NN yếu tố nước ngoài, LD lưu động';
COMMENT ON COLUMN ho_tich.khai_sinh.ma_xa     IS 'Mã xã nơi đăng ký; mã cũ hoặc mã mới tuỳ ma_he';
COMMENT ON COLUMN ho_tich.khai_sinh.ma_he     IS '2004 = danh mục QĐ 124/2004; 2025 = danh mục QĐ 19/2025; để trống = không rõ';
COMMENT ON COLUMN ho_tich.khai_sinh.tt_dd     IS 'C đã cấp số định danh, K đang chờ cấp';
COMMENT ON COLUMN ho_tich.khai_sinh.sddcn     IS 'Số định danh cá nhân 12 chữ số';
COMMENT ON COLUMN ho_tich.khai_sinh.gt        IS 'Giới tính, ghi tự do: Nam, Nữ, nam, nu, 1, 2';
COMMENT ON COLUMN ho_tich.khai_sinh.dan_toc   IS 'Mã dân tộc theo danh mục 1979 (04 = Hoa, 06 = Mường)';
COMMENT ON COLUMN ho_tich.khai_sinh.qt        IS 'Quốc tịch, ghi tên nước bằng tiếng Việt';
COMMENT ON COLUMN ho_tich.khai_sinh.me_ns     IS 'Ngày sinh của mẹ, dd/mm/yyyy, hoặc mm/yyyy, hoặc chỉ năm';
COMMENT ON COLUMN ho_tich.khai_sinh.me_giayto IS 'Số giấy tờ của mẹ: CCCD, CMND cũ hoặc hộ chiếu';
COMMENT ON COLUMN ho_tich.khai_sinh.ghi_chu   IS 'Ghi chú tự do, có thể rất dài; không tiếp nhận';
COMMENT ON COLUMN ho_tich.khai_sinh.sua_luc   IS 'Lần sửa cuối, giờ Việt Nam, không ghi múi giờ';

-- Sổ đăng ký kết hôn -> dataset tp_ket_hon. Khoá chính gồm mã xã: sửa mã xã là đổi khoá.
CREATE TABLE IF NOT EXISTS ho_tich.ket_hon (
  ma_xa         varchar(5)   NOT NULL,
  nam           smallint     NOT NULL,
  so_tt         integer      NOT NULL,
  ten_xa        varchar(100) NOT NULL,
  ngay_dang_ky  varchar(10)  NOT NULL,
  yeu_to_nn     varchar(10),
  tinh_trang    varchar(40),
  so_ban_an     varchar(50),
  ngay_ban_an   varchar(10),
  chong_ho_ten  varchar(120),
  chong_ns      varchar(10),
  chong_dt      varchar(50),
  chong_qt      varchar(60),
  chong_cu_tru  varchar(255),
  chong_loai_gt varchar(30),
  chong_so_gt   varchar(30),
  chong_lan     smallint,
  vo_ho_ten     varchar(120),
  vo_ns         varchar(10),
  vo_dt         varchar(50),
  vo_qt         varchar(60),
  vo_cu_tru     varchar(255),
  vo_loai_gt    varchar(30),
  vo_so_gt      varchar(30),
  vo_lan        smallint,
  cap_nhat      timestamp    NOT NULL DEFAULT localtimestamp,
  PRIMARY KEY (ma_xa, nam, so_tt)
);
COMMENT ON TABLE  ho_tich.ket_hon               IS 'Sổ đăng ký kết hôn';
COMMENT ON COLUMN ho_tich.ket_hon.ma_xa         IS 'Mã xã, KHÔNG ghi theo danh mục nào; có tên xã để đối chiếu';
COMMENT ON COLUMN ho_tich.ket_hon.ngay_dang_ky  IS 'Chuỗi dd/mm/yyyy';
COMMENT ON COLUMN ho_tich.ket_hon.yeu_to_nn     IS 'có, không, x hoặc để trống';
COMMENT ON COLUMN ho_tich.ket_hon.tinh_trang    IS 'Có hiệu lực, Đã ly hôn, Hủy kết hôn trái pháp luật (ghi tự do)';
COMMENT ON COLUMN ho_tich.ket_hon.chong_ho_ten  IS 'Họ tên chồng, CHỮ HOA';
COMMENT ON COLUMN ho_tich.ket_hon.chong_dt      IS 'Dân tộc, ghi tên tự do: Thái, H''Mông, Khơ Mú';
COMMENT ON COLUMN ho_tich.ket_hon.chong_loai_gt IS 'CCCD, CMND, Hộ chiếu (ghi tự do)';

-- Sổ đăng ký khai tử -> dataset tp_khai_tu
CREATE TABLE IF NOT EXISTS ho_tich.khai_tu (
  uuid         uuid PRIMARY KEY,
  so           varchar(20)  NOT NULL,
  ngay_dang_ky date         NOT NULL,
  loai_dk      smallint,
  xa           varchar(10)  NOT NULL,
  ho_ten       varchar(120),
  sddcn        varchar(20),
  ngay_sinh    varchar(10),
  gioi_tinh    smallint,
  dan_toc      smallint,
  quoc_tich    char(2)      DEFAULT 'VN',
  thuong_tru   varchar(255),
  loai_gt      varchar(30),
  so_gt        varchar(30),
  ngay_chet    varchar(16),
  gio_chet     varchar(5),
  noi_chet     varchar(255),
  nguyen_nhan  varchar(500),
  so_gbt       varchar(30),
  nyc_ho_ten   varchar(120),
  nyc_giay_to  varchar(20),
  thoi_diem    timestamp    NOT NULL DEFAULT localtimestamp
);
COMMENT ON TABLE  ho_tich.khai_tu            IS 'Sổ đăng ký khai tử';
COMMENT ON COLUMN ho_tich.khai_tu.so         IS 'Số/năm hoặc số-năm, ví dụ 012/2026, 12 /2026, 12-2026';
COMMENT ON COLUMN ho_tich.khai_tu.loai_dk    IS '1 đúng hạn, 2 quá hạn, 3 đăng ký lại, 4 yếu tố nước ngoài';
COMMENT ON COLUMN ho_tich.khai_tu.xa         IS 'Mã xã, không có danh mục, không có tên';
COMMENT ON COLUMN ho_tich.khai_tu.gioi_tinh  IS '1 nam, 0 nữ (mã riêng của phần mềm này)';
COMMENT ON COLUMN ho_tich.khai_tu.dan_toc    IS 'Mã dân tộc theo danh mục 1979, kiểu số nên mất số 0 ở đầu';
COMMENT ON COLUMN ho_tich.khai_tu.ngay_chet  IS 'dd/mm/yyyy, mm/yyyy hoặc yyyy';
COMMENT ON COLUMN ho_tich.khai_tu.thoi_diem  IS 'Lần sửa cuối, giờ Việt Nam, không ghi múi giờ';

-- Xác nhận "hôm nay không phát sinh" của từng xã, từng sổ -> bảng điều khiển, không phải dataset
CREATE TABLE IF NOT EXISTS ho_tich.xac_nhan_khong_phat_sinh (
  ma_xa         char(5)      NOT NULL,
  loai_so       varchar(2)   NOT NULL CHECK (loai_so IN ('KS','KH','KT')),
  ngay          date         NOT NULL,
  nguoi_xn      varchar(120) NOT NULL,
  luc_xn        timestamp    NOT NULL DEFAULT localtimestamp,
  huy           boolean      NOT NULL DEFAULT false,
  PRIMARY KEY (ma_xa, loai_so, ngay)
);
COMMENT ON TABLE  ho_tich.xac_nhan_khong_phat_sinh       IS 'Xã xác nhận trong ngày không có sự kiện hộ tịch';
COMMENT ON COLUMN ho_tich.xac_nhan_khong_phat_sinh.ma_xa IS 'Luôn là mã xã theo danh mục 2025';

-- Luật sư, công chứng viên, đấu giá viên, tổ chức hành nghề -> dataset tp_luat_su_cong_chung
CREATE TABLE IF NOT EXISTS bo_tro.hanh_nghe (
  id           integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  loai         varchar(3)   NOT NULL,
  so_the       varchar(30)  NOT NULL,
  ho_ten       varchar(120),
  ten_to_chuc  varchar(200),
  dia_chi      varchar(255),
  ma_xa        char(5),
  mst          varchar(20),
  ngay_cap     date,
  tt           smallint,
  linh_vuc     varchar(200),
  sddcn        varchar(20),
  ngay_sinh    date,
  dt_vp        varchar(20),
  cap_nhat     timestamptz  NOT NULL DEFAULT now()
);
COMMENT ON TABLE  bo_tro.hanh_nghe          IS 'Người và tổ chức hành nghề bổ trợ tư pháp';
COMMENT ON COLUMN bo_tro.hanh_nghe.loai     IS 'LS luật sư, CCV công chứng viên, DGV đấu giá viên, TC tổ chức hành nghề';
COMMENT ON COLUMN bo_tro.hanh_nghe.tt       IS '1 hành nghề, 2 tạm đình chỉ, 3 thu hồi';
COMMENT ON COLUMN bo_tro.hanh_nghe.ma_xa    IS 'Luôn là mã xã theo danh mục 2025';
