import type { Text } from '@chung/contracts';

const w = (vi: string, en: string): Text => ({ vi, en });

/** What each field of the manifest says, by its path. A field without words stops `npm run docs:generate`; so does one that is no more. */
export const MANIFEST_WORDS: Readonly<Record<string, Text>> = {
  app_id: w('Mã ứng dụng, không đổi suốt đời: tên miền viết ngược', 'Stays the same for the life of the app: a reversed domain'),
  name: w('Tên hiện cho đoàn viên', 'The name that members see'),
  description: w('Ứng dụng làm gì, trong vài câu', 'What the app does, in a few sentences'),
  icons: w('Biểu tượng của ứng dụng', 'The app’s icons'),
  'icons[].src': w('Tệp .png, .svg hoặc .webp trong dự án', 'A .png, .svg or .webp file inside the project'),
  'icons[].sizes': w('Kích thước, ví dụ "192x192"; "any" cho .svg', 'The size, e.g. "192x192"; "any" for .svg'),
  'icons[].label': w('Mô tả cho trình đọc màn hình', 'What a screen reader says'),
  version: w('Phiên bản này', 'This version'),
  'version.code': w('Số tăng dần qua mỗi bản phát hành', 'Rises with every release'),
  'version.name': w('Tên phiên bản cho người đọc, ví dụ "1.4.0"', 'The name that people read, e.g. "1.4.0"'),
  platform_version: w('Ứng dụng đoàn viên cần có', 'The host that it needs'),
  'platform_version.min_code': w('Phiên bản cũ nhất chạy được', 'The oldest host that can run the app'),
  req_permissions: w('Các quyền mà ứng dụng cần', 'The scopes that the app asks for'),
  'req_permissions[].name': w('Tên quyền, xem [danh sách](scopes.md)', 'A scope, see [the list](scopes.md)'),
  'req_permissions[].purpose': w('Vì sao cần, hiện cho đoàn viên khi xin phép', 'Why it is needed; the member reads it before allowing it'),
  'req_permissions[].optional': w(
    'Chạy được khi thiếu quyền này, chỉ xin khi cần',
    'The app works without it, and asks at the moment it is needed',
  ),
  allowed_hosts: w('Mọi máy chủ mà mini-app gọi tới', 'Every host that the mini-app contacts'),
  'allowed_hosts[].host': w('Tên máy chủ, không có giao thức, đường dẫn hay ký tự đại diện', 'The host alone: no scheme, path or wildcard'),
  'allowed_hosts[].reason': w('Vì sao gọi tới, cho người duyệt', 'Why it is contacted, for the reviewer'),
  offers: w('Ưu đãi đi kèm ứng dụng', 'Offers that come with the app'),
  'offers[].ref': w('Tên riêng của ưu đãi, giữ nguyên qua các bản phát hành', 'The offer’s own name, the same from release to release'),
  'offers[].draft': w('Nội dung ưu đãi, như khi tạo qua API', 'The offer, as it is written over the API'),
  pages: w(
    'Đường dẫn các màn hình, màn đầu tiên mở trước; để trống nếu chỉ có ưu đãi',
    'Paths of the screens, the first is opened at the start; empty for offers alone',
  ),
  age_rating: w('Từ độ tuổi nào', 'From which age on'),
  data_retention: w('Máy chủ của bạn giữ dữ liệu đoàn viên bao lâu', 'How long your servers keep what they learn of members'),
  'data_retention{days}.days': w('Số ngày', 'Days'),
  'data_retention{days}.reason': w('Vì sao giữ', 'Why it is kept'),
  contact: w('Liên hệ cho đoàn viên và người duyệt', 'For members and reviewers'),
  'contact.email': w('Thư điện tử', 'E-mail'),
  'contact.phone': w('Điện thoại', 'Phone'),
  'contact.url': w('Trang web, phải là https', 'A web page, https only'),
};
