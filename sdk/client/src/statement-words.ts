import type { Text } from '@chung/contracts';
import type { StatementDifference, StatementGap } from './statement-differences.ts';

/**
 * One clear sentence for a difference: which line, what stands there, what it should be, by how much.
 *
 * @example
 * const { differences } = await verifyStatement({ statement: JSON.parse(text) });
 * for (const difference of differences) show(differenceWords(difference).vi);
 */
export function differenceWords(difference: StatementDifference): Text {
  const { code, line, field, stated, computed, by, eventId, redemptionId } = difference;
  const at: Text = line === null ? { vi: '', en: '' } : { vi: `Dòng ${line}: `, en: `Line ${line}: ` };
  const off: Text = by === null ? { vi: '', en: '' } : { vi: ` (lệch ${signed(by)})`, en: ` (off by ${signed(by)})` };
  const about = redemptionId === null ? '' : ` [${redemptionId}]`;
  const is = (what: Text): Text => ({ vi: `${at.vi}${what.vi}${off.vi}${about}.`, en: `${at.en}${what.en}${off.en}${about}.` });
  switch (code) {
    case 'unreadable':
      return is({ vi: `${field} không đọc được: ${stated}`, en: `${field} cannot be read: ${stated}` });
    case 'line_repeated':
      return is({ vi: `sự kiện ${stated} đã đứng ở dòng ${computed}`, en: `event ${stated} stands on line ${computed} already` });
    case 'line_unknown':
      return is({ vi: `không có sự kiện ${stated} trong tệp xuất`, en: `no exported event ${stated} tells it` });
    case 'line_missing':
      return is({
        vi: `thiếu dòng cho sự kiện ${eventId ?? ''} (${field}), phải là ${computed}`,
        en: `there is no line for event ${eventId ?? ''} (${field}), which should net ${computed}`,
      });
    case 'event':
      return is({
        vi: `sự kiện ${eventId ?? ''} ghi ${field} ${stated}, nhưng theo lượt nhận phải là ${computed}`,
        en: `event ${eventId ?? ''} says ${field} ${stated}, but by its redemption it is ${computed}`,
      });
    case 'root':
    case 'hash':
      return is({
        vi: `${field} không khớp nội dung: ghi ${stated}, tính ra ${computed}`,
        en: `${field} does not fit the content: it says ${stated}, and it is ${computed}`,
      });
    case 'chain':
      return is({
        vi: `không nối tiếp bản trước: ${field} là ${stated}, phải là ${computed}`,
        en: `it does not go on from the statement before: ${field} is ${stated} and should be ${computed}`,
      });
    case 'line':
    case 'line_misplaced':
    case 'total':
    case 'vat':
    case 'closing':
    case 'line_count':
    case 'period':
      return is({ vi: `${field} là ${stated}, phải là ${computed}`, en: `${field} is ${stated} and should be ${computed}` });
  }
}

/**
 * One clear sentence for what could not be told.
 *
 * @example
 * const { gaps } = await verifyStatement({ statement: JSON.parse(text) });
 * for (const gap of gaps) show(gapWords(gap).vi);
 */
export function gapWords({ code, line, redemptionId }: StatementGap): Text {
  switch (code) {
    case 'events_not_given':
      return {
        vi: 'Chưa có sự kiện: chưa biết có thiếu lượt nhận nào không, và số tiền có đúng với sự kiện không.',
        en: 'Without events it is not known whether a redemption is missing, nor whether amounts are those of the events.',
      };
    case 'previous_not_given':
      return {
        vi: 'Chưa có bản trước: chưa biết có nối tiếp không.',
        en: 'Without the statement before, whether it goes on from it is not known.',
      };
    case 'charge_not_exported':
      return {
        vi: `Dòng ${line}: lượt nhận ${redemptionId} được tính phí trước sự kiện cũ nhất trong tệp, nên không tính lại được phần hoàn.`,
        en: `Line ${line}: redemption ${redemptionId} was charged before the oldest exported event, so what is given back cannot be recomputed.`,
      };
  }
}

const signed = (amount: string): string => (amount.startsWith('-') ? amount.replace('-', '−') : `+${amount}`);
