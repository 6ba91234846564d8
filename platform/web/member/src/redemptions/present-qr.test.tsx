import { pass, refusal, type StandIn, screen, startStandIn, stopClockAt, unreachable, waitFor } from '@chung/ui/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { redemption, redemptionId } from '../../testing/things.ts';
import { visitMember } from '../../testing/visit-member.tsx';

const NOW = '2026-11-22T10:00:00Z';
const LIFE_SECONDS = 60;

let platform: StandIn;
let tokens: number;

/** A new token each time, as the platform gives it. `offBySeconds`: how far the platform's clock is from the phone's. */
function presents(offBySeconds = 0) {
  platform.answer('redemptions.receipt', () => {
    tokens += 1;
    const iat = Math.floor(Date.now() / 1000) + offBySeconds;
    const payload = btoa(JSON.stringify({ iat, exp: iat + LIFE_SECONDS, jti: `t${tokens}` }));
    const presentationExpiresAt = new Date((iat + LIFE_SECONDS) * 1000).toISOString();
    return { receipt: 'r', presentation: `h.${payload}.s`, presentationExpiresAt };
  });
}

beforeEach(() => {
  stopClockAt(NOW);
  tokens = 0;
  platform = startStandIn();
  platform.answer('redemptions.get', redemption());
  presents();
});

const visit = () => visitMember(`/redemptions/${redemptionId()}`);
const code = () => screen.findByRole('img', { name: /^Mã QR xuất trình/ });
const drawn = async () => (await code()).querySelector('path')?.getAttribute('d');

describe('the QR code', () => {
  it('counts down to the next one', async () => {
    await visit();
    await code();
    await pass(10);
    expect(screen.getByText(/^Mã mới sau 0:(50|49)$/)).toBeTruthy();
  });

  it('is renewed ten seconds before it ends, and the new one is another', async () => {
    await visit();
    const first = await drawn();
    await pass(40);
    expect(tokens).toBe(1);
    await pass(13);
    // Not waited for: the clock runs on meanwhile, and at the end of its minute any code would be renewed.
    expect(tokens).toBe(2);
    await waitFor(async () => expect(await drawn()).not.toBe(first));
    expect(screen.getByText(/^Mã mới sau (1:00|0:5\d)$/)).toBeTruthy();
  });

  it.each([-3_600, 3_600])('is right on a phone whose clock is off by %i seconds', async (offBySeconds) => {
    presents(offBySeconds);
    await visit();
    await code();
    await pass(20);
    expect(screen.getByText(/^Mã mới sau 0:(40|39)$/)).toBeTruthy();
    expect(screen.queryByText('Mã QR đã hết hạn')).toBeNull();
  });

  it('that ran out without a connection is taken away, not shown; the member gets a new one by hand', async () => {
    const { user } = await visit();
    await code();
    platform.answer('redemptions.receipt', unreachable);
    await pass(LIFE_SECONDS + 5);
    expect(await screen.findByText('Mã QR đã hết hạn')).toBeTruthy();
    expect(screen.queryByRole('img', { name: /^Mã QR xuất trình/ })).toBeNull();
    presents();
    await user.click(screen.getByRole('button', { name: 'Lấy mã mới' }));
    expect(await code()).toBeTruthy();
    expect(screen.queryByText('Mã QR đã hết hạn')).toBeNull();
  });

  it('is never asked for in a tight loop, however short the tokens live', async () => {
    platform.answer('redemptions.receipt', () => {
      tokens += 1;
      return { receipt: 'r', presentation: 'no-jws', presentationExpiresAt: new Date(Date.now() + 1_000).toISOString() };
    });
    await visit();
    await waitFor(() => expect(tokens).toBeGreaterThan(0));
    const before = tokens;
    await pass(20);
    expect(tokens - before).toBeLessThanOrEqual(5);
  });

  it('that the platform refuses says why', async () => {
    platform.answer('redemptions.receipt', refusal('wrong_state'));
    await visit();
    expect((await screen.findByRole('alert')).textContent).toContain('Trạng thái hiện tại không cho phép thao tác này.');
  });

  it('is black on white and says what it is to who cannot see it', async () => {
    await visit();
    const image = await code();
    expect(image.style.background).toMatch(/#fff|rgb\(255, 255, 255\)|white/);
    expect(image.querySelector('path')?.getAttribute('fill')).toBe('#000');
    expect(image.getAttribute('aria-label')).toBe('Mã QR xuất trình của ưu đãi Xem MyTV Nâng cao');
  });
});
