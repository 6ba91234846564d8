// The 34 provinces and cities since 1 July 2025 (Decision 19/2025/QĐ-TTg), each with those that became part of it.
const TABLE = `
01 Hà Nội
04 Cao Bằng
08 Tuyên Quang: Hà Giang
11 Điện Biên
12 Lai Châu
14 Sơn La
15 Lào Cai: Yên Bái
19 Thái Nguyên: Bắc Kạn
20 Lạng Sơn
22 Quảng Ninh
24 Bắc Ninh: Bắc Giang
25 Phú Thọ: Hòa Bình, Vĩnh Phúc
31 Hải Phòng: Hải Dương
33 Hưng Yên: Thái Bình
37 Ninh Bình: Hà Nam, Nam Định
38 Thanh Hóa
40 Nghệ An
42 Hà Tĩnh
44 Quảng Trị: Quảng Bình
46 Huế: Thừa Thiên Huế
48 Đà Nẵng: Quảng Nam
51 Quảng Ngãi: Kon Tum
52 Gia Lai: Bình Định
56 Khánh Hòa: Ninh Thuận
66 Đắk Lắk: Phú Yên
68 Lâm Đồng: Bình Thuận, Đắk Nông
75 Đồng Nai: Bình Phước
79 TP. Hồ Chí Minh: Bình Dương, Bà Rịa - Vũng Tàu
80 Tây Ninh: Long An
82 Đồng Tháp: Tiền Giang
86 Vĩnh Long: Bến Tre, Trà Vinh
91 An Giang: Kiên Giang
92 Cần Thơ: Hậu Giang, Sóc Trăng
96 Cà Mau: Bạc Liêu`;

interface Province {
  readonly code: string;
  readonly name: string;
  readonly formerNames: string[];
}

/** As `provinces.list` answers them. */
export const PROVINCES: readonly Province[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [name = '', former] = line.slice(3).split(': ');
    return { code: line.slice(0, 2), name, formerNames: former?.split(', ') ?? [] };
  });
