import type { Text } from '@chung/contracts';

/** `error` stops a submission, `warning` does not, `review` is for a person to look at: the machine cannot tell. */
export type Severity = 'error' | 'warning' | 'review';

export interface Rule {
  /** Its page: `docs/check/{slug}.md`. */
  readonly slug: string;
  readonly severity: Severity;
  readonly title: Text;
  /** Why it is asked. */
  readonly why: Text;
  /** What to do. */
  readonly remedy: Text;
}

const rule = (severity: Severity, slug: string, title: Text, why: Text, remedy: Text): Rule => ({ slug, severity, title, why, remedy });
const text = (vi: string, en: string): Text => ({ vi, en });

/** Every rule there is. Codes are stable: one that is retired is not given to another. */
export const RULES = {
  CH101: rule(
    'error',
    'scope-missing',
    text('Dùng quyền chưa khai báo', 'A scope is used and not requested'),
    text(
      'Người dùng chỉ đồng ý với những quyền có trong bản kê khai.',
      'Members consent to what the manifest requests, and to nothing else.',
    ),
    text(
      'Thêm quyền và mục đích vào req_permissions, hoặc bỏ lời gọi.',
      'Add the scope with its purpose to req_permissions, or remove the call.',
    ),
  ),
  CH102: rule(
    'error',
    'scope-unused',
    text('Khai báo quyền mà không dùng', 'A scope is requested and never used'),
    text('Xin quyền thừa là lấy dữ liệu không cần thiết.', 'A permission that nothing needs is data taken without a reason.'),
    text('Bỏ quyền đó khỏi req_permissions.', 'Remove the scope from req_permissions.'),
  ),
  CH103: rule(
    'review',
    'scope-not-shown-unused',
    text('Không thể kết luận quyền là thừa', 'A scope cannot be shown unused'),
    text(
      'Có chỗ trong mã mà máy không phân tích được, nên quyền có thể được dùng ở đó.',
      'Somewhere the program cannot be analysed, and the scope may be used there.',
    ),
    text(
      'Viết lại những chỗ CH106 chỉ ra, hoặc giải thích với người duyệt.',
      'Rewrite the places that CH106 names, or explain them to the reviewer.',
    ),
  ),
  CH104: rule(
    'error',
    'scope-not-in-manifest',
    text('Mã khai báo quyền không có trong bản kê khai', 'The program declares a scope that the manifest does not request'),
    text('Lúc chạy, quyền đó không bao giờ được cấp.', 'It is never granted at run time, and the start fails.'),
    text(
      'Cho createMiniApp hoặc connectPartner và req_permissions khớp nhau.',
      'Make createMiniApp or connectPartner and req_permissions agree.',
    ),
  ),
  CH105: rule(
    'error',
    'scope-optional-differs',
    text('Bắt buộc hay tùy chọn không khớp', 'Required in one place, optional in the other'),
    text(
      'Quyền tùy chọn mà mã coi là bắt buộc sẽ làm ứng dụng không chạy được.',
      'An app that cannot start without an optional scope shuts out those who declined it.',
    ),
    text('Ghi optional giống nhau ở hai nơi.', 'Write optional alike in both places.'),
  ),
  CH106: rule(
    'review',
    'not-analysable',
    text('Chỗ không phân tích được', 'A place that cannot be analysed'),
    text(
      'Ở đây SDK đi ra ngoài tầm nhìn của kiểu dữ liệu, người duyệt phải đọc.',
      'Here the SDK leaves the sight of the types, so a person has to read it.',
    ),
    text(
      'Giữ kiểu của SDK: không dùng any, khóa tính toán, eval hay gọi thẳng API.',
      'Keep the types of the SDK: no any, computed keys, eval or requests past the SDK.',
    ),
  ),
  CH107: rule(
    'error',
    'sdk-redeclared',
    text('Kiểu của SDK bị khai báo lại', 'Types of the SDK are declared anew'),
    text(
      'Quyền được suy ra từ kiểu của SDK; kiểu khác che mất những gì mã thật sự gọi.',
      'Scopes are read from the types of the SDK; other types hide what the program really calls.',
    ),
    text(
      'Bỏ declare module, paths hoặc bí danh của các gói @chung.',
      'Remove the declare module, paths or alias that stands for a package of @chung.',
    ),
  ),
  CH201: rule(
    'error',
    'host-not-allowed',
    text('Kết nối máy chủ chưa khai báo', 'A host is contacted and not listed'),
    text('Khung chạy ứng dụng chặn mọi máy chủ ngoài allowed_hosts.', 'The frame of the app blocks every host outside allowed_hosts.'),
    text(
      'Thêm máy chủ và lý do vào allowed_hosts, hoặc bỏ kết nối.',
      'Add the host with its reason to allowed_hosts, or remove the request.',
    ),
  ),
  CH202: rule(
    'warning',
    'host-unused',
    text('Khai báo máy chủ mà không dùng', 'A host is listed and not seen in the program'),
    text('Danh sách ngắn dễ duyệt và an toàn hơn.', 'A short list is reviewed faster and leaves less open.'),
    text('Bỏ máy chủ nếu không cần.', 'Remove the host if nothing needs it.'),
  ),
  CH203: rule(
    'review',
    'host-unknown',
    text('Không biết trước máy chủ được gọi', 'The host of a request cannot be told'),
    text('Địa chỉ được ghép lúc chạy.', 'The address is made at run time.'),
    text('Viết phần đầu của địa chỉ thành hằng.', 'Write the beginning of the address as a literal.'),
  ),
  CH301: rule(
    'error',
    'private-key',
    text('Khóa riêng trong mã nguồn', 'A private key in the source'),
    text('Ai có mã nguồn hoặc gói đều có khóa.', 'Whoever has the source or the bundle has the key.'),
    text('Thu hồi khóa, đọc khóa mới từ môi trường của máy chủ.', 'Revoke the key, and read a new one from the environment of the server.'),
  ),
  CH302: rule(
    'error',
    'token-in-source',
    text('Mã truy cập trong mã nguồn', 'An access token in the source'),
    text(
      'Mã này có hình dạng của một dịch vụ quen thuộc và dùng được ngay.',
      'It has the shape of a well-known service and works for whoever reads it.',
    ),
    text('Thu hồi và đọc từ môi trường của máy chủ.', 'Revoke it, and read it from the environment of the server.'),
  ),
  CH303: rule(
    'warning',
    'secret-like-value',
    text('Giá trị giống bí mật', 'A value that looks like a secret'),
    text('Tên và độ ngẫu nhiên của giá trị giống một bí mật.', 'Its name and its randomness are those of a secret.'),
    text('Chuyển ra môi trường, hoặc đổi tên nếu không phải bí mật.', 'Move it to the environment, or rename it if it is none.'),
  ),
  CH401: rule(
    'error',
    'no-eval',
    text('Chạy mã từ chuỗi', 'Code is made from text'),
    text('Mã không có trong gói thì không ai duyệt được.', 'Code that is not in the bundle cannot be reviewed.'),
    text('Viết mã ra, không dùng eval hay Function.', 'Write the code out, without eval or Function.'),
  ),
  CH402: rule(
    'error',
    'no-cookies',
    text('Dùng cookie', 'Cookies are used'),
    text('Khung cách ly không có cookie.', 'The isolated frame has no cookies.'),
    text('Giữ trạng thái trong bộ nhớ hoặc ở máy chủ của bạn.', 'Keep state in memory or on your own server.'),
  ),
  CH403: rule(
    'error',
    'no-web-storage',
    text('Dùng kho lưu trữ của trình duyệt', 'Storage of the browser is used'),
    text(
      'Khung cách ly không có localStorage, sessionStorage hay indexedDB.',
      'The isolated frame has no localStorage, sessionStorage or indexedDB.',
    ),
    text('Giữ trạng thái trong bộ nhớ hoặc ở máy chủ của bạn.', 'Keep state in memory or on your own server.'),
  ),
  CH404: rule(
    'error',
    'no-service-worker',
    text('Dùng service worker', 'A service worker is used'),
    text('Service worker sống lâu hơn bản phát hành đã duyệt.', 'A service worker outlives the release that was approved.'),
    text('Bỏ đăng ký service worker.', 'Remove the registration.'),
  ),
  CH405: rule(
    'error',
    'no-parent-access',
    text('Nói chuyện với cửa sổ cha', 'The parent window is addressed'),
    text('Chỉ cầu nối của SDK được nói chuyện với ứng dụng chủ.', 'Only the bridge of the SDK speaks to the host.'),
    text('Dùng phương thức của SDK.', 'Use the methods of the SDK.'),
  ),
  CH406: rule(
    'error',
    'no-webrtc',
    text('Dùng WebRTC', 'WebRTC is used'),
    text('Kết nối WebRTC không đi qua allowed_hosts.', 'Its connections pass by allowed_hosts.'),
    text('Dùng fetch hoặc WebSocket tới máy chủ đã khai báo.', 'Use fetch or WebSocket to a listed host.'),
  ),
  CH501: rule(
    'error',
    'manifest-not-found',
    text('Không có chung.config.ts', 'There is no chung.config.ts'),
    text('Bản kê khai là toàn bộ thông tin niêm yết của ứng dụng.', 'The manifest is the whole listing of the app.'),
    text('Tạo chung.config.ts với export default defineApp({ … }).', 'Write chung.config.ts with export default defineApp({ … }).'),
  ),
  CH502: rule(
    'error',
    'manifest-invalid',
    text('Bản kê khai sai', 'The manifest is not valid'),
    text('Máy chủ từ chối bản kê khai không đúng khuôn.', 'The server refuses a manifest that is not as described.'),
    text('Sửa trường được chỉ ra.', 'Correct the field that is named.'),
  ),
  CH503: rule(
    'error',
    'purpose-missing',
    text('Thiếu mục đích của quyền', 'A scope has no purpose'),
    text('Người dùng đọc mục đích trên màn hình đồng ý.', 'Members read the purpose on the consent screen.'),
    text('Viết purpose bằng tiếng Việt và tiếng Anh.', 'Write a purpose in Vietnamese and in English.'),
  ),
  CH504: rule(
    'error',
    'manifest-not-literal',
    text('Bản kê khai phải là hằng', 'The manifest is not literal'),
    text('Máy chủ đọc bản kê khai mà không chạy mã.', 'The server reads the manifest without running it.'),
    text('Viết giá trị ra, không gọi hàm hay đọc môi trường.', 'Write the value out, without calls or the environment.'),
  ),
  CH601: rule(
    'error',
    'text-in-one-language',
    text('Thiếu một ngôn ngữ', 'A text is there in one language only'),
    text('Ứng dụng chủ có tiếng Việt và tiếng Anh.', 'The host speaks Vietnamese and English.'),
    text('Viết cả vi và en với cùng các khóa.', 'Write both vi and en, with the same keys.'),
  ),
  CH701: rule(
    'error',
    'licence-not-allowed',
    text('Giấy phép của gói không được chấp nhận', 'The licence of a package is not allowed'),
    text('Nền tảng phát lại gói của bạn từ địa chỉ của mình.', 'The platform serves your bundle from its own addresses.'),
    text('Thay gói đó.', 'Replace the package.'),
  ),
  CH702: rule(
    'review',
    'licence-unknown',
    text('Không rõ giấy phép của gói', 'The licence of a package is not known'),
    text('Tệp khóa không ghi giấy phép.', 'The lock file does not name one.'),
    text('Nói rõ với người duyệt.', 'Tell the reviewer.'),
  ),
  CH703: rule(
    'error',
    'known-bad-version',
    text('Phiên bản gói đã biết là có hại', 'A version of a package is known to be bad'),
    text('Phiên bản đó mang mã độc hoặc lỗ hổng nghiêm trọng.', 'It carries malicious code or a grave weakness.'),
    text('Cập nhật gói.', 'Update the package.'),
  ),
  CH704: rule(
    'error',
    'lock-file-missing',
    text('Không có package-lock.json', 'There is no package-lock.json'),
    text('Không có tệp khóa thì không dựng lại được đúng gói.', 'Without it the bundle cannot be built a second time.'),
    text('Chạy npm install và gửi kèm tệp khóa.', 'Run npm install and submit the lock file.'),
  ),
  CH801: rule(
    'error',
    'does-not-build',
    text('Không đóng gói được', 'The app cannot be built'),
    text('Nền tảng tự đóng gói lại từ mã nguồn bạn gửi.', 'The platform builds the app anew from the source that you send.'),
    text('Sửa chỗ được chỉ ra; thử lại với chung build.', 'Put the named place right; try it with chung build.'),
  ),
  CH802: rule(
    'error',
    'first-load-too-large',
    text('Màn hình đầu tải quá nhiều', 'The first screen loads too much'),
    text('Người dùng mở ứng dụng bằng mạng di động.', 'Members open the app over the network of a phone.'),
    text(
      'Nạp phần chưa cần ngay bằng import(), bỏ bớt gói; chung build cho thấy từng tệp.',
      'import() later what the first screen does not need, or drop a package; chung build shows each file.',
    ),
  ),
  CH803: rule(
    'error',
    'build-not-reproducible',
    text('Đóng gói lại ra kết quả khác', 'A second build gives another result'),
    text(
      'Chỉ khi ai đóng gói cũng ra cùng từng byte thì mã đã duyệt mới chắc là mã đang chạy.',
      'Only where everybody builds the same bytes is what was reviewed known to be what runs.',
    ),
    text(
      'Bỏ import.meta.url và đường dẫn của máy; giữ mọi tệp cần dùng trong thư mục của ứng dụng, ngoài .gitignore.',
      'Take out import.meta.url and paths of the machine; keep every file that is needed in the folder of the app, and out of .gitignore.',
    ),
  ),
  CH804: rule(
    'error',
    'does-not-start',
    text('Ứng dụng không chạy được', 'The app does not start'),
    text(
      'Trang đầu được mở trong khung cách ly của trình duyệt thật, với nền tảng mô phỏng.',
      'The first page is opened in the isolated frame of a real browser, with a platform that is played.',
    ),
    text('Chạy chung dev và xem lỗi trong trình duyệt.', 'Run chung dev and read the error in the browser.'),
  ),
  CH805: rule(
    'error',
    'not-accessible',
    text('Có người không dùng được trang đầu', 'Some people cannot use the first page'),
    text(
      'Ứng dụng chủ dành cho mọi thành viên, kể cả người dùng trình đọc màn hình.',
      'The host is for every member, those with a screen reader too.',
    ),
    text(
      'Sửa theo WCAG 2.2 mức AA; mã trong ngoặc là quy tắc của axe-core.',
      'Follow WCAG 2.2, level AA; the code in brackets is the rule of axe-core.',
    ),
  ),
  CH806: rule(
    'review',
    'not-looked-at',
    text('Chưa được xem trong trình duyệt', 'Not looked at in a browser'),
    text(
      'Không có trình duyệt thì không biết ứng dụng có chạy và dễ dùng hay không.',
      'Without a browser nobody knows whether the app starts and is accessible.',
    ),
    text('Cài Chromium hay Chrome, hoặc đặt CHROMIUM_PATH.', 'Install Chromium or Chrome, or set CHROMIUM_PATH.'),
  ),
} as const satisfies Record<string, Rule>;

export type RuleCode = keyof typeof RULES;

export const RULE_CODES = Object.keys(RULES) as readonly RuleCode[];
