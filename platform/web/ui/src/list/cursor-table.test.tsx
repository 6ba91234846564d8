import { OfferId, PartnerId, type Redemption, RedemptionId } from '@chung/contracts';
import { screen, waitFor, within } from '@testing-library/react';
import { useState } from 'react';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Asked, held, pageOf, refusal, renderApp, type StandIn, startStandIn } from '../../testing/index.ts';
import { type Column, CursorTable } from './cursor-table.tsx';
import { useList } from './use-list.ts';

const columns: Column<{ id: string }>[] = [{ key: 'id', header: 'Số', render: ({ id }) => id.slice(-1) }];

/** A list with a filter of two values, as the portal's pages have. */
function Table() {
  const [state, setState] = useState<'RESERVED' | 'REDEEMED'>('REDEEMED');
  const list = useList('redemptions.list', { state });
  return (
    <>
      <button type="button" onClick={() => setState('RESERVED')}>
        Đang giữ
      </button>
      <CursorTable caption="Lượt nhận" list={list} columns={columns} rowKey={({ id }) => id} />
    </>
  );
}

const uuid = (n: number) => `01936b5e-7c00-7000-8000-${String(n).padStart(12, '0')}`;

const item = (n: number): Redemption => ({
  id: RedemptionId.parse(uuid(n)),
  offerId: OfferId.parse(uuid(100)),
  partner: { id: PartnerId.parse(uuid(101)), name: 'MyTV' },
  offerTitle: { vi: 'a', en: 'a' },
  state: 'REDEEMED',
  termsVersion: 1,
  claimedAt: '2026-11-22T03:00:00Z',
  expiresAt: null,
  updatedAt: '2026-11-22T03:00:00Z',
  code: null,
});

let platform: StandIn;
beforeEach(() => {
  platform = startStandIn();
  platform.answer('redemptions.list', threePages);
});

function threePages({ query }: Asked) {
  if (query['state'] === 'RESERVED') return pageOf([item(7)]);
  if (query['cursor'] === 'c3') return pageOf([item(5)]);
  return query['cursor'] === 'c2' ? pageOf([item(3), item(4)], 'c3') : pageOf([item(1), item(2)], 'c2');
}

const shown = () => screen.getAllByRole('cell').map(({ textContent }) => textContent);
const press = (name: string) => screen.getByRole('button', { name });

describe('a table over a cursor list', () => {
  it('goes forward and back by the cursors it was given, and names the page aloud', async () => {
    const { user } = await renderApp(<Table />);
    await waitFor(() => expect(shown()).toEqual(['1', '2']));
    expect(press('Trang trước').hasAttribute('disabled')).toBe(true);
    await user.click(press('Trang sau'));
    await waitFor(() => expect(shown()).toEqual(['3', '4']));
    expect(screen.getByText('Trang 2').getAttribute('aria-live')).toBe('polite');
    await user.click(press('Trang sau'));
    await waitFor(() => expect(shown()).toEqual(['5']));
    expect(press('Trang sau').hasAttribute('disabled')).toBe(true);
    await user.click(press('Trang trước'));
    await waitFor(() => expect(shown()).toEqual(['3', '4']));
    await user.click(press('Trang trước'));
    await waitFor(() => expect(shown()).toEqual(['1', '2']));
  });

  it('keeps the rows in view while the next page loads, and does not go twice', async () => {
    const late = held<ReturnType<typeof threePages>>();
    platform.answer('redemptions.list', (asked) => (asked.query['cursor'] === 'c2' ? late.reply : threePages(asked)));
    const { user } = await renderApp(<Table />);
    await waitFor(() => expect(shown()).toEqual(['1', '2']));
    await user.dblClick(press('Trang sau'));
    expect(shown()).toEqual(['1', '2']);
    expect(screen.getByRole('region', { name: 'Lượt nhận' }).getAttribute('aria-busy')).toBe('true');
    late.release(pageOf([item(3), item(4)], 'c3'));
    await waitFor(() => expect(shown()).toEqual(['3', '4']));
    expect(screen.getByText('Trang 2')).toBeTruthy();
  });

  it('another filter starts at the first page, without the old cursor', async () => {
    const { user } = await renderApp(<Table />);
    await waitFor(() => expect(shown()).toEqual(['1', '2']));
    await user.click(press('Trang sau'));
    await waitFor(() => expect(shown()).toEqual(['3', '4']));
    await user.click(press('Đang giữ'));
    await waitFor(() => expect(shown()).toEqual(['7']));
    expect(platform.askedFor('redemptions.list').at(-1)?.query).toEqual({ state: 'RESERVED' });
    expect(screen.queryByRole('button', { name: 'Trang sau' })).toBeNull();
  });

  it('loading is read out once, in the reader’s language', async () => {
    platform.answer('redemptions.list', () => new Promise(() => {}));
    await renderApp(<Table />, { language: 'en' });
    expect(within(await screen.findByRole('status')).getByText('Loading…')).toBeTruthy();
  });

  it('with nothing in it says so', async () => {
    platform.answer('redemptions.list', pageOf<Redemption>([]));
    await renderApp(<Table />);
    expect(await screen.findByText('Chưa có gì ở đây')).toBeTruthy();
    expect(screen.queryByRole('table')).toBeNull();
  });

  it('that could not be read gives the reason, the request id and another try', async () => {
    platform.answer('redemptions.list', refusal('insufficient_scope'));
    const { user } = await renderApp(<Table />);
    expect((await screen.findByRole('alert')).textContent).toContain('Mã yêu cầu: req_01STANDIN');
    platform.answer('redemptions.list', threePages);
    await user.click(press('Thử lại'));
    await waitFor(() => expect(shown()).toEqual(['1', '2']));
  });
});
