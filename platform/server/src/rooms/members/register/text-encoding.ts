// Registers come from many offices, some still with fonts and code pages of the nineties. Only UTF-8 is read; anything else is
// recognised as well as it can be, so that the sentence tells the person which setting of which program to change.
import { isUtf8 } from 'node:buffer';
import { refuseRegister } from './refusal.ts';

const LINE_FEED = 10;
const LONGEST_SEQUENCE = 4;
const LONGEST_SIGNATURE = 4;

/** Bytes at the end that begin a character whose rest is in the next chunk. */
function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back < LONGEST_SEQUENCE && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? back : 0;
    }
  }
  return 0;
}

function lineFeedsIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}

/** Lines before the first byte that is not UTF-8; no multi-byte character holds a line feed, so lines can be judged alone. */
function linesBeforeFault(bytes: Buffer): number {
  let lines = 0;
  for (let from = 0; from < bytes.length; lines++) {
    const feed = bytes.indexOf(LINE_FEED, from);
    const end = feed === -1 ? bytes.length : feed;
    if (!isUtf8(bytes.subarray(from, end))) return lines;
    from = end + 1;
  }
  return lines;
}

const isLetter = (byte: number) => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;

/**
 * Which old Vietnamese encoding this looks like. TCVN3 (the .VnTime fonts) writes ă â ê ô ơ ư đ as A8–AE; Windows-1258 writes
 * a tone as a mark of its own after the vowel. A guess, used only in the sentence.
 */
function likelyEncoding(bytes: Buffer): 'TCVN3 (ABC)' | 'Windows-1258' {
  const marks = new Set([0xcc, 0xd2, 0xde, 0xec, 0xf2]);
  let tcvn3 = 0;
  let windows1258 = 0;
  for (let at = 1; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    const before = bytes[at - 1] ?? 0;
    if (byte >= 0xa8 && byte <= 0xae) tcvn3++;
    if (byte >= 0xb5 && byte <= 0xbe) tcvn3++;
    if (marks.has(byte) && isLetter(before)) windows1258++;
    if (byte === 0xf0 || byte === 0xf5 || byte === 0xfd) windows1258++;
  }
  return tcvn3 >= windows1258 ? 'TCVN3 (ABC)' : 'Windows-1258';
}

const signatures: readonly {
  bytes: readonly number[];
  name: { vi: string; en: string };
}[] = [
  {
    bytes: [0x50, 0x4b, 0x03, 0x04],
    name: {
      vi: 'một tệp Excel (.xlsx) hoặc tệp nén',
      en: 'an Excel (.xlsx) or zip file',
    },
  },
  {
    bytes: [0xd0, 0xcf, 0x11, 0xe0],
    name: { vi: 'một tệp Excel cũ (.xls)', en: 'an old Excel (.xls) file' },
  },
  {
    bytes: [0x25, 0x50, 0x44, 0x46],
    name: { vi: 'một tệp PDF', en: 'a PDF file' },
  },
  { bytes: [0x1f, 0x8b], name: { vi: 'một tệp nén gzip', en: 'a gzip file' } },
];

/** Looks at the first bytes for what is plainly no CSV in UTF-8. */
function refuseOtherFiles(first: Buffer): void {
  const other = signatures.find(({ bytes }) => bytes.every((byte, at) => first[at] === byte));
  if (other)
    throw refuseRegister(
      `Đây là ${other.name.vi}, không phải CSV; hãy lưu lại dưới dạng “CSV UTF-8”.`,
      `This is ${other.name.en}, not CSV; save it as “CSV UTF-8”.`,
    );
  const hasUtf16Mark = (first[0] === 0xff && first[1] === 0xfe) || (first[0] === 0xfe && first[1] === 0xff);
  if (hasUtf16Mark || first.includes(0))
    throw refuseRegister(
      'Tệp được lưu bằng UTF-16 (“Unicode Text”), không phải UTF-8; hãy lưu lại dưới dạng “CSV UTF-8”.',
      'The file is saved as UTF-16 (“Unicode Text”), not UTF-8; save it as “CSV UTF-8”.',
    );
}

/** A network may hand over the first bytes one by one; what kind of file it is can be told from a few together. */
async function* withWholeBeginning(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let beginning: Buffer = Buffer.alloc(0);
  let isWhole = false;
  for await (const chunk of source) {
    if (!isWhole) {
      beginning = Buffer.concat([beginning, chunk]);
      isWhole = beginning.length >= LONGEST_SIGNATURE;
      if (isWhole) yield beginning;
    } else yield chunk;
  }
  if (!isWhole && beginning.length > 0) yield beginning;
}

/** Hands the bytes on as they come, but stops with a refusal at the first that are not UTF-8. */
export async function* onlyUtf8(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let linesDone = 0;
  let started = false;
  for await (const chunk of withWholeBeginning(source)) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    if (!started) refuseOtherFiles(bytes);
    started = true;
    const whole = bytes.subarray(0, bytes.length - unfinishedBytes(bytes));
    if (!isUtf8(whole)) {
      const line = linesDone + linesBeforeFault(whole) + 1;
      const name = likelyEncoding(whole);
      throw refuseRegister(
        `Dòng ${line} không phải UTF-8 (có vẻ là ${name}); hãy chuyển tệp sang Unicode và lưu dưới dạng “CSV UTF-8”.`,
        `Line ${line} is not UTF-8 (it looks like ${name}); convert the file to Unicode and save it as “CSV UTF-8”.`,
      );
    }
    rest = bytes.subarray(whole.length);
    linesDone += lineFeedsIn(whole);
    if (whole.length > 0) yield whole;
  }
  if (rest.length > 0)
    throw refuseRegister(
      `Tệp kết thúc giữa một ký tự ở dòng ${linesDone + 1}: có lẽ tệp bị cắt khi sao chép hoặc tải lên.`,
      `The file ends in the middle of a character in line ${linesDone + 1}: it was probably cut while being copied or uploaded.`,
    );
}
