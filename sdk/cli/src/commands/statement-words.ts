import { differenceWords, gapWords, type StatementCheck } from '@chung/client/statement';
import type { Language, Text } from '@chung/contracts';

/** Whoever reads them one by one reads no more; `--json` has the first thousand. */
const MOST_SHOWN = 50;

/** The outcome for a person: what the statement says, a sentence for each difference, what could not be told, and the verdict. */
export function toldCheck(check: StatementCheck, language: Language): string {
  const { differences, gaps, count, statement } = check;
  const lines: Text[] = [];
  if (statement) lines.push(headline(statement));
  lines.push(...differences.slice(0, MOST_SHOWN).map(differenceWords));
  if (count > MOST_SHOWN) lines.push({ vi: `… và ${count - MOST_SHOWN} khác biệt nữa.`, en: `… and ${count - MOST_SHOWN} more.` });
  lines.push(...gaps.slice(0, MOST_SHOWN).map(gapWords));
  if (gaps.length > MOST_SHOWN)
    lines.push({ vi: `… và ${gaps.length - MOST_SHOWN} điểm nữa.`, en: `… and ${gaps.length - MOST_SHOWN} more.` });
  lines.push(verdict(check));
  return `${lines.map((line) => line[language]).join('\n')}\n`;
}

function headline({ number, partner, period, lineCount, opening, closing, hash }: NonNullable<StatementCheck['statement']>): Text {
  const days = `${period.from} – ${period.until}`;
  return {
    vi: `Bản đối soát số ${number} của ${partner.legalName}, ${days}: ${lineCount} dòng, đầu kỳ ${money(opening, '.')} ₫, cuối kỳ ${money(closing, '.')} ₫.\n${hash}`,
    en: `Statement ${number} of ${partner.legalName}, ${days}: ${lineCount} ${lineCount === 1 ? 'line' : 'lines'}, opening ${money(opening, ',')} ₫, closing ${money(closing, ',')} ₫.\n${hash}`,
  };
}

const money = (amount: string, separator: string): string => amount.replace('-', '−').replaceAll(/\B(?=(\d{3})+$)/g, separator);

function verdict({ count, gaps, events }: StatementCheck): Text {
  if (count > 0) return { vi: `${count} khác biệt.`, en: `${count} ${count === 1 ? 'difference' : 'differences'}.` };
  const withEvents: Text =
    events === null
      ? { vi: '', en: '' }
      : { vi: ` và với ${events} sự kiện`, en: ` and with ${events} ${events === 1 ? 'event' : 'events'}` };
  const but: Text =
    gaps.length === 0 ? { vi: '.', en: '.' } : { vi: '; những điều nêu trên thì chưa biết.', en: '; what is named above is not known.' };
  return { vi: `Khớp từng đồng trong tệp${withEvents.vi}${but.vi}`, en: `It fits to the đồng, in itself${withEvents.en}${but.en}` };
}
