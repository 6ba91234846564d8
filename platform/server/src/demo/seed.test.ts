// The demo's seeding, cut off at every step and started again: it goes on where it was, and nothing is there twice.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../../../../test/harness/platform.ts';
import { readDemoFile } from './file.ts';
import { DEMO_OFFERS, DEMO_PARTNERS } from './offers.ts';
import { DEMO_MEMBERS, demoRegister } from './people.ts';
import { seedDemo } from './seed.ts';

let running: TestPlatform;
beforeAll(async () => {
  running = await startTestPlatform();
}, 120_000);
afterAll(() => running?.close());

const TABLES = ['members', 'accounts', 'partners', 'apps', 'offers', 'offer_terms', 'submissions', 'codes', 'member_imports'];

async function sizes(): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  for (const table of TABLES) counted[table] = (await running.owner.query(`SELECT count(*)::int AS n FROM chung.${table}`)).rows[0].n;
  return counted;
}

const again = (platform = running.platform) => seedDemo({ platform, config: running.config, say: () => {} });

test('a start on a seeded database adds nothing and keeps every key', async () => {
  const before = await sizes();
  for (const table of TABLES) expect([table, (before[table] ?? 0) > 0]).toEqual([table, true]);
  const file = await again();
  expect(file).toEqual(running.demo);
  expect(await readDemoFile(running.dataDirectory)).toEqual(running.demo);
  expect(await sizes()).toEqual(before);
});

describe('a seeding that is cut off', () => {
  const lose = () => Promise.reject(new Error('cut off'));

  /** Takes the last offer back to before its submission, as a cut-off leaves it. */
  async function unpublishLast(): Promise<string> {
    const { owner } = running;
    const { rows } = await owner.query('SELECT id FROM chung.offers ORDER BY id DESC LIMIT 1');
    await owner.query(`DELETE FROM chung.submissions WHERE offer_id = $1`, [rows[0].id]);
    await owner.query(`UPDATE chung.offers SET state = 'draft' WHERE id = $1`, [rows[0].id]);
    return rows[0].id;
  }

  test('between writing an offer and its approval goes on with that very offer', async () => {
    const before = await sizes();
    const offerId = await unpublishLast();
    const { platform } = running;
    const broken = { ...platform, reviews: { ...platform.reviews, decide: lose } };
    await expect(again(broken)).rejects.toThrow('cut off');
    const state = async () => (await running.owner.query('SELECT state FROM chung.offers WHERE id = $1', [offerId])).rows[0].state;
    expect(await state(), 'submission and approval come together or not at all').toBe('draft');
    await again();
    expect([await state(), await sizes()]).toEqual(['published', before]);
  });

  test('before it had a member’s account makes that account and no other', async () => {
    const before = await sizes();
    const { owner, platform } = running;
    const { rows } = await owner.query(`SELECT id FROM chung.accounts WHERE username = 'chi.danang'`);
    await owner.query('DELETE FROM chung.accounts WHERE id = $1', [rows[0].id]);
    const broken = { ...platform, identity: { ...platform.identity, createAccount: lose } };
    await expect(again(broken)).rejects.toThrow('cut off');
    await again();
    expect(await sizes()).toEqual(before);
  });
});

test('the people of the demo show every refusal: two provinces, an officer, and one who is not verified', () => {
  expect(new Set(DEMO_MEMBERS.map(({ provinceCode }) => provinceCode)).size).toBeGreaterThan(1);
  expect(DEMO_MEMBERS.filter(({ verified }) => !verified)).toHaveLength(1);
  expect(DEMO_MEMBERS.some(({ role }) => role !== 'member')).toBe(true);
  const [header = '', ...rows] = demoRegister().trimEnd().split('\n');
  for (const row of rows) expect(row.split(',')).toHaveLength(header.split(',').length);
  expect(rows).toHaveLength(DEMO_MEMBERS.length);
});

test('what the demo file says is there: each person signs in to an account, each partner has an app and an offer', async () => {
  const { rows: accounts } = await running.owner.query('SELECT username FROM chung.accounts');
  const known = new Set(accounts.map(({ username }) => username));
  for (const { username } of [running.demo.admin, ...running.demo.members, ...running.demo.partners])
    expect(known.has(username)).toBe(true);
  for (const { slug } of DEMO_PARTNERS) {
    const partner = await running.platform.partners.findBySlug(slug);
    expect([slug, partner?.status]).toEqual([slug, 'active']);
    expect(DEMO_OFFERS.some((offer) => offer.partner === slug)).toBe(true);
  }
});
