import { OPERATIONS, type OperationSpec } from '@chung/contracts';
import { expect, test } from 'vitest';
import { apiReferencePage } from './api-reference.ts';
import { readFieldNotes } from './field-notes.ts';
import { curlOf, isForApps, programOf, replyOf, requestOf } from './operation-example.ts';
import { operationPages } from './operation-pages.ts';
import { operationPlace } from './resources.ts';

const ALL: readonly OperationSpec[] = OPERATIONS;
const pages = operationPages(readFieldNotes());

test.each(ALL.map((operation) => [operation.id, operation] as const))(
  'the example of %s is one that the platform takes, and one that it answers',
  (_, operation) => {
    const { params, query, body } = requestOf(operation);
    const wrong = [
      operation.params.safeParse(params),
      operation.query.safeParse(query),
      operation.body?.safeParse(body),
      operation.status === 204 ? undefined : operation.reply.safeParse(replyOf(operation)),
    ];
    expect(wrong.flatMap((parsed) => parsed?.error?.issues ?? [])).toEqual([]);
  },
);

test('every operation stands on one page, under its own words, and the index leads to it', () => {
  const index = pages.get('api/README.md') ?? '';
  for (const { id, method, path, title } of ALL) {
    const on = [...pages].filter(([, text]) => text.includes(`\n## \`${id}\`\n`));
    expect([id, on.length]).toEqual([id, 1]);
    const [[file, text] = ['', '']] = on;
    expect(text).toContain(`**${title.en}** · ${title.vi}\n\n\`\`\`http\n${method} ${path}\n`);
    expect(index).toContain(`(${file.slice('api/'.length)}#${id.replaceAll('.', '').toLowerCase()})`);
  }
});

test('what only the platform itself may call has no example of a program', () => {
  const first = ALL.filter((operation) => !isForApps(operation)).map(({ id }) => id);
  expect(first).toEqual(expect.arrayContaining(['me.grants.list', 'admin.submissions.decide']));
  for (const id of first) for (const text of pages.values()) expect(text).not.toContain(`chung.${id}(`);
});

const byId = (id: string): OperationSpec => {
  const found = ALL.find((operation) => operation.id === id);
  if (!found) throw new Error(`no operation ${id}`);
  return found;
};

test('a program declares what its operation needs, and the parts that scopes of their own open', () => {
  expect(programOf(byId('offers.claim'))).toContain(`MemberClient<'redemptions:claim'>`);
  expect(programOf(byId('me.get'))).toContain(`MemberClient<'openid' | 'member.profile:read'`);
  expect(programOf(byId('provinces.list'))).toContain('PartnerClient<never>');
  expect(programOf(byId('partner.offers.list'))).toContain('for await (const one of chung.partner.offers.list.all())');
});

test('a call by curl carries token, proof, key and body where the operation takes them', () => {
  expect(curlOf(byId('provinces.list'))).toBe('curl "$CHUNG/v1/provinces"');
  expect(curlOf(byId('partner.balance.get')).split(' \\\n  ')).toEqual([
    'curl "$CHUNG/v1/partner/balance"',
    '-H "Authorization: Bearer $TOKEN"',
  ]);
  expect(curlOf(byId('offers.claim'))).toMatch(
    /-X POST "\$CHUNG\/v1\/offers\/[-0-9a-f]{36}\/redemptions".*DPoP \$TOKEN.*DPoP: \$PROOF.*Idempotency-Key.*-d '\{\}'/s,
  );
  expect(curlOf(byId('partner.offers.codes.upload'))).toMatch(/Content-Type: text\/\w+.*--data-binary @codes\.csv/s);
});

test('the page of all operations leads from each to its examples, at the heading that they stand under', () => {
  const all = apiReferencePage('vi');
  for (const operation of ALL) {
    const [place = '', anchor] = operationPlace(operation).split('#');
    expect(all).toContain(`<a href="/docs/${place}#${anchor}">`);
    expect(pages.get(`${place}.md`)).toContain(`\n## \`${operation.id}\`\n`);
  }
});
