// Who is in front of the phone: one change after another, nothing shown of the one before, and a failure that holds nobody up.
import { setTimeout as pause } from 'node:timers/promises';
import { SCOPES, type Scope } from '@chung/contracts';
import { beforeEach, describe, expect, test } from 'vitest';
import { memberSessions } from './member-sessions.ts';
import { createPeople } from './people.ts';
import type { PlatformProcess } from './platform-process.ts';
import type { AppliedApp } from './protocol.ts';

const app: AppliedApp['miniApp'] = {
  ...{ clientId: 'mini-app-1', privateKey: { kty: 'EC' }, redirectUri: 'http://localhost/callback' },
  ...{ scopes: ['offers:read', 'member.profile:read', 'redemptions:claim'], optional: ['redemptions:claim'] },
};

let asked: { username: string; clientId: string }[];
let grantsOf: (username: string) => Promise<{ scopes: Scope[] }>;
let username: string;
let changes: string[];
let people: ReturnType<typeof createPeople>;

/** Of the platform, what is asked before anybody signs in; nobody listens at its address, so that a sign-in fails. */
const platform = {
  baseUrl: 'http://127.0.0.1:9',
  members: [{ username: 'an.hanoi', password: 'p' }],
  grants: (what: { username: string; clientId: string }) => {
    asked.push(what);
    return grantsOf(what.username);
  },
} as unknown as PlatformProcess;

beforeEach(() => {
  [asked, changes, username] = [[], [], 'an.hanoi'];
  grantsOf = async () => ({ scopes: [] });
  people = createPeople({
    ...{ platform, app: () => app, member: () => username },
    onChange: () => void changes.push(`${username} ${people.consent()}`),
  });
});

describe('a member who has not agreed', () => {
  test('is asked, is nobody’s session, and has granted nothing', async () => {
    expect(people.consent()).toBe('changing');
    await people.reopen();
    expect([people.consent(), await people.session(), [...people.granted()], changes]).toEqual(['needed', null, [], ['an.hanoi needed']]);
    expect(asked).toEqual([{ username: 'an.hanoi', clientId: 'mini-app-1' }]);
  });

  test('is not signed in while anything required is missing, however much else they allow', async () => {
    grantsOf = async () => ({ scopes: ['offers:read', 'redemptions:claim'] });
    await people.reopen();
    expect(people.consent()).toBe('needed');
  });

  test('is asked again after they took an open scope back, which came by itself the first time', async () => {
    expect(SCOPES['offers:read'].sensitivity).toBe('open');
    grantsOf = async () => ({ scopes: ['member.profile:read'] });
    await people.reopen();
    expect(people.consent()).toBe('needed');
  });
});

describe('one after another', () => {
  test('the member is the one who is there when their turn comes', async () => {
    grantsOf = async () => {
      await pause(20);
      return { scopes: [] };
    };
    const first = people.reopen();
    await pause(1);
    username = 'binh.hcm';
    const second = people.reopen();
    expect(people.consent()).toBe('changing');
    await Promise.all([first, second]);
    expect(asked.map((one) => one.username)).toEqual(['an.hanoi', 'binh.hcm']);
    expect(changes).toEqual(['binh.hcm changing', 'binh.hcm needed']);
  });

  test('nothing of one member is shown while another signs in', async () => {
    await people.reopen();
    username = 'binh.hcm';
    expect([people.consent(), await people.session()]).toEqual(['changing', null]);
    username = 'an.hanoi';
    expect(people.consent()).toBe('needed');
  });

  test('never two at once', async () => {
    let [inside, most] = [0, 0];
    grantsOf = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await pause(2);
      inside -= 1;
      return { scopes: [] };
    };
    await Promise.all(Array.from({ length: 8 }, () => people.reopen()));
    expect([most, asked.length]).toEqual([1, 8]);
  });

  test('a session that is asked for waits for the change that is under way', async () => {
    let isAnswered = false;
    grantsOf = async () => {
      await pause(30);
      isAnswered = true;
      return { scopes: [] };
    };
    void people.reopen();
    await people.session();
    expect(isAnswered).toBe(true);
  });
});

describe('what fails', () => {
  test('is told to whoever asked for it; the next one goes on, and what stood still stands', async () => {
    await people.reopen();
    grantsOf = () => Promise.reject(new Error('The platform has ended.'));
    await expect(people.reopen()).rejects.toThrow('The platform has ended.');
    expect([people.consent(), changes]).toEqual(['needed', ['an.hanoi needed']]);
    grantsOf = async () => ({ scopes: [] });
    await people.reopen();
    expect(changes).toHaveLength(2);
  });

  test('a sign-in at a platform that is not there leaves the member asked as before', async () => {
    await people.reopen();
    await expect(people.agree([])).rejects.toThrow();
    expect([people.consent(), await people.session()]).toEqual(['needed', null]);
  });

  test('a member that there is not is named', async () => {
    const sessions = memberSessions({ platform, app });
    expect(() => sessions.consent('nobody', [])).toThrow('There is no member nobody.');
    grantsOf = async () => ({ scopes: app.scopes });
    await expect(sessions.open('nobody')).rejects.toThrow('There is no member nobody.');
  });
});
