import { verifyStatement } from '@chung/client/statement';
import { type Arguments, CliError, type Command } from './command.ts';
import { readEventsFile, readJsonFile } from './statement-files.ts';
import { toldCheck } from './statement-words.ts';

export const statementCommand: Command = {
  name: 'statement',
  usage: 'chung statement verify FILE',
  about: {
    vi: 'Tính lại một bản đối soát từ tệp, không cần mạng: từng dòng, tổng, VAT, chuỗi và gốc Merkle.',
    en: 'Recomputes a settlement statement from files, without a network: lines, totals, VAT, chain and Merkle root.',
  },
  options: [
    {
      name: 'events',
      takes: 'FILE',
      about: { vi: 'Sự kiện đã xuất: chung events list --json > TỆP.', en: 'Exported events: chung events list --json > FILE.' },
    },
    { name: 'previous', takes: 'FILE', about: { vi: 'Bản đối soát liền trước.', en: 'The statement before it.' } },
    { name: 'json', about: { vi: 'In kết quả dạng JSON.', en: 'Prints the outcome as JSON.' } },
  ],
  run: async (given, terminal) => {
    const file = fileOf(given);
    const [events, previous] = [given.value('events'), given.value('previous')];
    const check = await verifyStatement({
      statement: readJsonFile(file, terminal),
      ...(events !== null && { events: readEventsFile(events, terminal) }),
      ...(previous !== null && { previous: readJsonFile(previous, terminal) }),
    });
    if (given.flag('json') === 'given') {
      const { statement, ...rest } = check;
      const { id = null, number = null, hash = null, root = null, opening = null, closing = null, lineCount = null } = statement ?? {};
      terminal.out(
        `${JSON.stringify({ ...rest, statement: statement && { id, number, hash, root, opening, closing, lineCount } }, null, 2)}\n`,
      );
    } else terminal.out(toldCheck(check, terminal.language));
    return check.count === 0 ? 0 : 1;
  },
};

function fileOf({ positionals }: Arguments): string {
  const [verb, file, more] = positionals;
  if (verb === 'verify' && file !== undefined && more === undefined) return file;
  throw new CliError({
    text: { vi: 'Cần biết kiểm tra tệp nào.', en: 'Which file to verify is not said.' },
    next: {
      vi: 'Viết: chung statement verify doi-soat.json --events su-kien.ndjson --previous ky-truoc.json.',
      en: 'Write: chung statement verify statement.json --events events.ndjson --previous last.json.',
    },
    exitCode: 2,
  });
}
