import { EVENT_TYPES, type EventType, type Text } from '@chung/contracts';
import type { FieldNotes } from './field-notes.ts';
import { fieldTable } from './field-table.ts';
import { json } from './literal.ts';
import { code, fence, table } from './markdown.ts';
import { sampleOf } from './sample.ts';
import { jsonSchemaOf } from './schema-fields.ts';

const w = (vi: string, en: string): Text => ({ vi, en });

/** When each event happens. A type that is new in the contracts does not compile here until it has its words. */
const WORDS: Readonly<Record<EventType, Text>> = {
  'redemption.reserved.v1': w('Đoàn viên giữ chỗ, chờ bạn xác nhận', 'A member holds a unit and waits for your confirmation'),
  'redemption.redeemed.v1': w('Ưu đãi đã được nhận; giờ hãy cung cấp quyền lợi', 'The offer is redeemed: now deliver what it promises'),
  'redemption.fulfilled.v1': w('Bạn đã báo cung cấp xong', 'You have said that it was delivered'),
  'redemption.released.v1': w('Lượt giữ chỗ được trả lại trước khi xác nhận', 'The hold was given back before it was confirmed'),
  'redemption.expired.v1': w('Lượt giữ chỗ hết hạn', 'The hold lapsed'),
  'redemption.partly_reversed.v1': w(
    'Hoàn lại một phần tiền; lượt vẫn tính là đã dùng',
    'A part of the money was taken back; the unit stays used',
  ),
  'redemption.reversed.v1': w('Hoàn lại toàn bộ', 'All of it was taken back'),
  'offer.submitted.v1': w('Ưu đãi vào hàng chờ duyệt', 'An offer is in the reviewers’ queue'),
  'offer.published.v1': w('Ưu đãi được duyệt và đã lên', 'An offer was approved and is published'),
  'offer.refused.v1': w('Ưu đãi bị từ chối, kèm số quy tắc', 'An offer was refused, with the numbers of the rules'),
  'app.submitted.v1': w('Một phiên bản ứng dụng vào hàng chờ duyệt', 'A version of an app is in the reviewers’ queue'),
  'partner.approved.v1': w('Đối tác được chấp nhận', 'The partner was approved'),
  'consent.granted.v1': w('Đoàn viên cho phép các quyền', 'A member allowed scopes'),
  'consent.withdrawn.v1': w(
    'Đoàn viên rút một quyền: ngừng dùng những gì quyền đó mở ra',
    'A member took a scope back: stop using what it gave you',
  ),
  'webhook.endpoint_paused.v1': w('Nền tảng ngừng gửi tới một địa chỉ của bạn', 'The platform stopped delivering to an endpoint of yours'),
  'webhook.test.v1': w('Sự kiện thử, chỉ khi bạn yêu cầu', 'A test, on request only'),
};

const isEventType = (type: string): type is EventType => Object.hasOwn(EVENT_TYPES, type);
const TYPES = Object.keys(EVENT_TYPES).filter(isEventType);

/** An example of an event's data; a test parses each with its schema. */
export const dataOf = (type: EventType) => sampleOf(jsonSchemaOf(EVENT_TYPES[type], 'output'), { root: type, extent: 'whole' });

/** `docs/events.md`: every event with its fields. */
export function eventsPage(notes: FieldNotes): string {
  const rows = TYPES.map((type) => [`[${code(type)}](#${type.replaceAll('.', '')})`, `${WORDS[type].en}<br>${WORDS[type].vi}`]);
  return `# Events

What happens to your offers, redemptions, apps and consents is told by events: pushed by [webhooks](webhooks.md), and read at any time with
[\`partner.events.list\`](api/webhooks.md#partnereventslist). Both carry the same \`id\`, \`type\` and \`data\`. A type never changes its meaning; what means something else
gets a new name (\`….v2\`). Take types that you do not know with a 2xx.

**Tóm tắt.** Mỗi việc xảy ra với ưu đãi, lượt nhận, ứng dụng và sự cho phép đều có một sự kiện. Tên sự kiện không bao giờ đổi nghĩa; nghĩa mới có tên mới (\`….v2\`).

${table(['Event', 'When it happens'], rows)}

${TYPES.map((type) => section(type, notes)).join('\n\n')}
`;
}

function section(type: EventType, notes: FieldNotes): string {
  const fields = fieldTable({ title: 'Data', schema: jsonSchemaOf(EVENT_TYPES[type], 'input'), notes: notes.ofEvent(type) });
  return [`## ${code(type)}`, `**${WORDS[type].en}** · ${WORDS[type].vi}`, fields, fence('json', json(dataOf(type)))].join('\n\n');
}
