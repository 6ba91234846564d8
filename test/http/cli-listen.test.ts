// `chung listen` and `chung events` against the real platform: real claims, a real login, a receiver that is up, down and unwilling.
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { verifyWebhook } from '@chung/webhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Terminal } from '../../sdk/cli/src/commands/command.ts';
import { openRedemptionHttp, type RedemptionHttp } from '../harness/redemption-http.ts';
import { openReceiver, type Receiver } from '../harness/webhook-receiver.ts';
import { login, type Machine, openMachine } from './cli-login.ts';

const PATIENCE = { timeout: 20_000, interval: 50 };
const plainFetch = globalThis.fetch;

let http: RedemptionHttp;
let receiver: Receiver;
let machine: Machine;
let stopDeliveries: () => Promise<void>;
beforeAll(async () => {
  http = await openRedemptionHttp({ settings: { CHUNG_WEBHOOK_HOSTS: '127.0.0.1,localhost' } });
  receiver = await openReceiver();
  const deliveries = http.running.platform.startDeliveries();
  stopDeliveries = () => deliveries.stop();
}, 120_000);
afterAll(async () => {
  await stopDeliveries?.();
  await receiver?.close();
  await http?.close();
});
beforeEach(async () => {
  receiver.behave(() => 204);
  receiver.received.length = 0;
  machine = await openMachine(http.running.demo.issuer);
  await signIn();
});
afterEach(async () => {
  globalThis.fetch = plainFetch;
  await machine.close();
});

async function signIn(): Promise<void> {
  const [owner] = http.running.demo.partners;
  if (!owner) throw new Error('the demo has partners');
  const { code } = await login(machine, { username: owner.username, password: owner.password });
  expect(code).toBe(0);
}

const hook = () => `${receiver.origin}/hook`;
const claim = async () => http.claimed(http.an, await http.offer());
/** What the command has brought; the platform's own deliveries to an endpoint go to another path. */
const brought = () => receiver.received.filter((one) => one.path === '/hook');
/** Redemptions that the receiver was told of, in the order of arrival, each once. */
const arrived = () => [...new Set(brought().map(({ body }) => String(JSON.parse(body).data.redemptionId)))];

/** A command that runs until it is stopped, with what it has printed so far. */
function running(words: readonly string[], changes: Partial<Terminal> = {}) {
  let [out, error] = ['', ''];
  const stop = new AbortController();
  const ended = machine.chung(words, {
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
    interruption: () => stop.signal,
    ...changes,
  });
  return {
    get out() {
      return out;
    },
    get error() {
      return error;
    },
    /** Presses Ctrl-C; answers the exit code. */
    stop: async () => {
      stop.abort();
      return (await ended).code;
    },
    ended: ended.then(({ code }) => code),
  };
}

/** Begins to listen and waits until what comes now will be told. */
async function listening(words: readonly string[] = []) {
  let asked = 0;
  const listen = running(['listen', '--forward-to', hook(), ...words], {});
  globalThis.fetch = async (input, init) => {
    const answer = await plainFetch(input, init);
    if (String(input).includes('/v1/partner/events')) asked += 1;
    return answer;
  };
  await expect.poll(() => asked, PATIENCE).toBeGreaterThan(0);
  globalThis.fetch = plainFetch;
  return listen;
}

describe('chung listen', { timeout: 60_000 }, () => {
  test('forwards what happens from now on, as the platform would sign it, to whoever is given its secret', async () => {
    await claim();
    const listen = await listening();
    const made = [await claim(), await claim()];
    await expect.poll(arrived, PATIENCE).toEqual(made);
    const [, secret = ''] = /^CHUNG_WEBHOOK_SECRET=(whsec_\S+)$/m.exec(listen.error) ?? [];
    const [first] = brought();
    const event = await verifyWebhook(first?.body ?? '', first?.headers ?? {}, secret);
    expect(event).toMatchObject({ type: 'redemption.redeemed.v1', data: { redemptionId: made[0] } });
    expect(first?.headers['content-type']).toBe('application/json');
    await expect.poll(() => listen.out.match(/redemption\.redeemed\.v1 .* 204 .* ms/g)?.length, PATIENCE).toBe(2);
    expect(await listen.stop()).toBe(0);
    expect(listen.error).toContain('2 events, 2 delivered, 0 failed tries. Go on later: chung listen --from last.');
  });

  test('is the delivery that an endpoint of the platform gets, byte for byte', async () => {
    const endpoint = await http.portal.call('POST', '/v1/partner/webhooks', { body: { url: `${receiver.origin}/real` } });
    expect(endpoint.status).toBe(201);
    const listen = await listening();
    await claim();
    const bodies = (place: string) => receiver.received.filter((one) => one.path === place).map(({ body }) => body);
    await expect.poll(() => bodies('/hook').length * bodies('/real').length, PATIENCE).toBeGreaterThan(0);
    expect(JSON.parse(bodies('/hook')[0] ?? '')).toEqual(JSON.parse(bodies('/real')[0] ?? ''));
    expect(Object.keys(JSON.parse(bodies('/hook')[0] ?? ''))).toEqual(Object.keys(JSON.parse(bodies('/real')[0] ?? '')));
    await listen.stop();
    await http.running.owner.query('DELETE FROM chung.webhook_endpoints');
  });

  test('keeps the order while the receiver refuses: later events wait, and it says what the receiver said', async () => {
    let refusals = 2;
    receiver.behave(({ path: place }, response) => {
      if (place !== '/hook' || refusals === 0) return 204;
      refusals -= 1;
      response.writeHead(500).end('Lỗi: no database');
      return undefined;
    });
    const listen = await listening();
    const made = [await claim(), await claim(), await claim()];
    await expect.poll(() => brought().length, PATIENCE).toBeGreaterThanOrEqual(3);
    await expect.poll(arrived, PATIENCE).toEqual(made);
    const [one, two, three] = brought().map(({ headers }) => headers['webhook-id']);
    expect([one, two]).toEqual([three, three]);
    expect(listen.out).toMatch(/ 500 .*"Lỗi: no database" {2}try 2 in 1 s/);
    await expect.poll(() => listen.out, PATIENCE).toMatch(/ 204 /);
    await listen.stop();
    expect(listen.error).toContain('2 failed tries');
  });

  test('says that nothing runs there, and delivers once something does, with nothing left out', async () => {
    const down = await openReceiver();
    const { origin } = down;
    await down.close();
    const listen = running(['listen', '--forward-to', origin, '--from', '1s']);
    const made = await claim();
    await expect.poll(() => listen.out, PATIENCE).toMatch(/ECONNREFUSED .*nothing runs there {2}try 2 in 1 s/);
    expect(listen.out).not.toContain(' 204 ');
    await listen.stop();
    expect(listen.error).toMatch(/1 event, 0 delivered, \d failed tr/);
    // It goes on with the one that was never taken.
    const again = running(['listen', '--forward-to', hook(), '--from', '1m', '--events', 'redemption.*']);
    await expect.poll(arrived, PATIENCE).toContain(made);
    await again.stop();
  });

  test('goes on where it stopped, also in the middle of a page', async () => {
    const first = await listening();
    const made: string[] = [];
    for (let i = 0; i < 3; i++) made.push(await claim());
    await expect.poll(arrived, PATIENCE).toEqual(made);
    expect(await first.stop()).toBe(0);
    // Six more while nobody listens; of them the receiver takes two and then no more.
    for (let i = 0; i < 6; i++) made.push(await claim());
    await expect
      .poll(async () => (await machine.chung(['events', 'list', '--from', '5m'])).out, PATIENCE)
      .toContain(await eventOf(made.at(-1)));
    let taken = 0;
    receiver.behave(() => (++taken > 2 ? 503 : 204));
    const second = running(['listen', '--forward-to', hook(), '--from', 'last']);
    await expect.poll(() => second.out, PATIENCE).toContain(' 503 ');
    await second.stop();
    receiver.behave(() => 204);
    receiver.received.length = 0;
    const third = running(['listen', '--forward-to', hook(), '--from', 'last']);
    await expect.poll(arrived, PATIENCE).toEqual(made.slice(5));
    await third.stop();
  });

  test('takes only the types that are asked for, and speaks to programs a line at a time', async () => {
    const offerId = await http.offer();
    const listen = await listening(['--json', '--events', 'redemption.fulfilled.v1']);
    const id = await http.claimed(http.an, offerId);
    await http.act(id, 'fulfil');
    await expect.poll(() => brought().length, PATIENCE).toBe(1);
    await expect.poll(() => listen.out, PATIENCE).toContain('"kind":"try"');
    await listen.stop();
    const lines = listen.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      { kind: 'secret', CHUNG_WEBHOOK_SECRET: expect.stringMatching(/^whsec_/) },
      expect.objectContaining({ kind: 'try', type: 'redemption.fulfilled.v1', delivered: true, status: 204, attempt: 1 }),
      expect.objectContaining({ kind: 'done', events: 1, delivered: 1, failedTries: 0 }),
    ]);
  });

  test('waits while the platform cannot be reached, says so once, and loses nothing', async () => {
    const listen = await listening();
    let isDown = true;
    globalThis.fetch = (input, init) =>
      isDown && String(input).includes('/v1/partner/events') ? Promise.reject(new TypeError('fetch failed')) : plainFetch(input, init);
    await expect.poll(() => listen.error, PATIENCE).toContain('cannot be reached. Trying again…');
    const made = await claim();
    isDown = false;
    await expect.poll(arrived, PATIENCE).toEqual([made]);
    expect(listen.error.match(/cannot be reached/g)).toHaveLength(1);
    expect(listen.error).toContain('Connected again.');
    await listen.stop();
  });

  test('ends with one sentence and exit code 4 when the login ends meanwhile', async () => {
    const listen = await listening();
    expect((await machine.chung(['logout'])).code).toBe(0);
    expect(await listen.ended).toBe(4);
    expect(listen.error).toContain('Nobody is signed in at');
    expect(listen.error).not.toMatch(/\n\s+at /);
  });

  test('signs with the secret of a file, which is made for its owner alone, used again, and never shown', async () => {
    const file = path.join(machine.home, 'secret');
    for (const run of [1, 2]) {
      const listen = await listening(['--secret-file', 'secret']);
      await claim();
      await expect.poll(() => brought().length, PATIENCE).toBe(run);
      await listen.stop();
      expect(listen.out + listen.error).not.toContain('whsec_');
    }
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const secret = (await readFile(file, 'utf8')).trim();
    for (const { body, headers } of brought()) await expect(verifyWebhook(body, headers, secret)).resolves.toBeDefined();
  });
});

describe('what cannot be listened to', () => {
  test.each([
    [['--forward-to', 'https://93.184.216.34/hook'], 'is neither on this machine nor in its network'],
    [['--forward-to', 'http://93.184.216.34/hook', '--allow-remote'], 'it must be https'],
    [['--forward-to', 'ftp://localhost/x'], 'is no http address'],
    [['--events', 'redemption.stolen.v1'], 'There are no events “redemption.stolen.v1”.'],
    [['--from', 'yesterday'], '--from yesterday is no place to begin.'],
    [['--forward-to', '3000', '--tries', '0'], '--tries 0 is no number of tries.'],
    [['--forward-to', '3000', '--secret-file', 'damaged'], 'holds no whsec_… secret.'],
  ])('%j is told in a sentence, before anything is asked of the platform', async (words, sentence) => {
    await writeFile(path.join(machine.home, 'damaged'), 'hunter2');
    const told = await machine.chung(['listen', ...words]);
    expect([told.code, told.error]).toEqual([2, expect.stringContaining(sentence)]);
    expect(told.error).not.toContain('hunter2');
  });
});

/** The id of the event that tells of a redemption. */
async function eventOf(redemptionId: string | undefined): Promise<string> {
  const { rows } = await http.running.owner.query(`SELECT id FROM chung.outbox WHERE data ->> 'redemptionId' = $1 ORDER BY txid DESC`, [
    redemptionId,
  ]);
  return rows[0].id;
}

describe('chung events', { timeout: 60_000 }, () => {
  const listed = async (words: readonly string[]) => {
    const { out } = await machine.chung(['events', 'list', '--json', ...words]);
    return out
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  };

  test('list writes every event once and in order, as the API does', async () => {
    const made = [await claim(), await claim()];
    await expect.poll(async () => (await listed([])).map(({ data }) => data.redemptionId), PATIENCE).toContain(made[1]);
    const all = await listed([]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    const ids = all.map(({ data }) => data.redemptionId).filter((id) => made.includes(id));
    expect(ids).toEqual(made);
    expect((await listed(['--events', 'offer.published.v1'])).every(({ type }) => type === 'offer.published.v1')).toBe(true);
    const person = await machine.chung(['events', 'list', '--from', '1h']);
    expect(person.out).toContain(all.at(-1).id);
    expect(await listed(['--from', '2999-01-01T00:00:00Z'])).toEqual([]);
  });

  test('replay sends one event, or those of a time, to an address on this machine', async () => {
    const [first, second] = [await claim(), await claim()];
    await expect.poll(async () => (await listed(['--from', '1m'])).map(({ data }) => data.redemptionId), PATIENCE).toContain(second);
    const told = await machine.chung(['events', 'replay', await eventOf(first), '--forward-to', hook()]);
    expect([told.code, arrived()]).toEqual([0, [first]]);
    receiver.received.length = 0;
    const both = await machine.chung(['events', 'replay', '--from', '1m', '--events', 'redemption.*', '--forward-to', hook()]);
    expect(both.code).toBe(0);
    expect(arrived().slice(-2)).toEqual([first, second]);
    receiver.behave(() => 500);
    const refused = await machine.chung(['events', 'replay', await eventOf(first), '--forward-to', hook(), '--tries', '2']);
    expect([refused.code, refused.out]).toEqual([1, expect.stringContaining('given up')]);
  });

  test('replay goes through the platform to the partner’s own endpoint, and tells when it is done', async () => {
    const none = await machine.chung(['events', 'replay', '--from', '1m']);
    expect([none.code, none.error]).toEqual([2, expect.stringContaining('The partner has no webhook endpoint.')]);
    const endpoint = await http.portal.call('POST', '/v1/partner/webhooks', { body: { url: `${receiver.origin}/real` } });
    const made = await claim();
    await expect.poll(() => receiver.ids('/real'), PATIENCE).toContain(await eventOf(made));
    // The endpoint's place is written a moment after the answer came.
    const replay = async () => machine.chung(['events', 'replay', await eventOf(made)]);
    await expect.poll(async () => (await replay()).out, PATIENCE).toBe('Sent 1 event again.\n');
    const sent = receiver.received.filter(({ path: place, body }) => place === '/real' && body.includes(made));
    expect(sent.length).toBeGreaterThanOrEqual(2);
    const other = await http.portal.call('POST', '/v1/partner/webhooks', { body: { url: `${receiver.origin}/other` } });
    const several = await machine.chung(['events', 'replay', await eventOf(made)]);
    expect([several.code, several.error]).toEqual([2, expect.stringContaining(String(other.body['id']))]);
    const chosen = await machine.chung(['events', 'replay', await eventOf(made), '--endpoint', String(endpoint.body['id']), '--json']);
    expect(JSON.parse(chosen.out)).toMatchObject({ state: 'done', delivered: 1 });
    await http.running.owner.query('DELETE FROM chung.webhook_endpoints');
  });

  test.each([
    [['events'], 2, 'What to do with the events is not said.'],
    [['events', 'shred'], 2, '“shred” is not understood.'],
    [['events', 'replay'], 2, 'It takes an event’s id, or --from.'],
    [['events', 'replay', 'x'], 2, '“x” is no event’s id.'],
    [['events', 'replay', '--from', '1h', '--to', '2h'], 2, '--to must be after --from.'],
    [['events', 'list', '--to', 'tomorrow'], 2, '--to tomorrow is no moment.'],
    [['events', 'replay', '01936b5e-7c00-7000-8000-000000000001', '--forward-to', '3000'], 4, 'There is no event'],
  ])('%j ends with %i and one clear sentence', async (words, code, sentence) => {
    const told = await machine.chung(words);
    expect([told.code, told.error]).toEqual([code, expect.stringContaining(sentence)]);
  });
});
