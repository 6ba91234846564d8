import { act, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { renderApp, startStandIn, type Visited } from '../../testing/index.ts';
import { useSession } from '../app/context.tsx';
import { ProblemNotice } from '../feedback/problem.tsx';
import { FileDrop } from './file-drop.tsx';
import { useUpload } from './use-upload.ts';

/** The browser's side of an upload: takes the request, and lets the test say how it goes on. */
class Sending {
  static last: Sending | null = null;
  static count = 0;
  readonly headers = new Headers();
  readonly upload: { onprogress?: (event: { loaded: number; total: number }) => void; onload?: () => void } = {};
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  status = 0;
  response: unknown = null;
  responseType = '';
  address = '';
  sent: unknown = null;
  aborted = false;

  open(method: string, path: string) {
    this.address = `${method} ${path}`;
  }
  setRequestHeader(name: string, value: string) {
    this.headers.set(name, value);
  }
  send(body: unknown) {
    Sending.last = this;
    Sending.count += 1;
    this.sent = body;
  }
  abort() {
    this.aborted = true;
    this.onabort?.();
  }
  answer(status: number, response: unknown) {
    this.status = status;
    this.response = response;
    this.onload?.();
  }
}

function Import() {
  const { session } = useSession();
  const { state, start, stop, reset } = useUpload<'admin.members.import'>('/v1/admin/members/import');
  return (
    <>
      <p>{session?.user?.displayName}</p>
      <FileDrop accept=".csv" choose="Chọn tệp" drop="hoặc thả tệp vào đây" onFile={(file) => start(file, 'text/csv')} />
      <p data-testid="state">
        {state.phase}
        {state.phase === 'sending' && ` ${state.sentBytes}/${state.totalBytes}`}
      </p>
      <button type="button" onClick={stop}>
        Dừng
      </button>
      <button type="button" onClick={reset}>
        Làm lại
      </button>
      <ProblemNotice error={state.phase === 'failed' ? state.error : null} />
    </>
  );
}

let visited: Visited;
const file = new File(['a;b\n1;2\n'], 'đoàn viên.csv', { type: 'text/csv' });
const state = () => screen.getByTestId('state').textContent;

beforeEach(async () => {
  Sending.last = null;
  Sending.count = 0;
  startStandIn('admin');
  vi.stubGlobal('XMLHttpRequest', Sending);
  visited = await renderApp(<Import />, { app: 'admin', base: '/admin', language: 'en' });
  await screen.findByText('Ngọc Ánh');
});

async function startUpload(chosen = file): Promise<Sending> {
  const input = document.querySelector('input[type=file]');
  if (!(input instanceof HTMLInputElement)) throw new TypeError('The page has no file input.');
  await visited.user.upload(input, chosen);
  if (!Sending.last) throw new TypeError('Nothing was sent.');
  return Sending.last;
}

describe('an upload', () => {
  it('sends the file itself with app, CSRF token, language and type', async () => {
    const request = await startUpload();
    expect(request.address).toBe('POST /v1/admin/members/import');
    expect(request.sent).toBe(file);
    expect(Object.fromEntries(request.headers)).toEqual({
      accept: 'application/json',
      'accept-language': 'en',
      'content-type': 'text/csv',
      'x-chung-app': 'admin',
      'x-csrf-token': 'csrf-1',
    });
  });

  it('tells how far it is, then that the platform works on it, then that it is done', async () => {
    const request = await startUpload();
    expect(state()).toBe(`sending 0/${file.size}`);
    act(() => request.upload.onprogress?.({ loaded: 4, total: 8 }));
    expect(state()).toBe('sending 4/8');
    act(() => request.upload.onload?.());
    expect(state()).toBe('working');
    act(() => request.answer(200, {}));
    expect(state()).toBe('done');
  });

  it('stops when told, and can begin anew', async () => {
    const request = await startUpload();
    await visited.user.click(screen.getByRole('button', { name: 'Dừng' }));
    expect(request.aborted).toBe(true);
    expect(state()).toBe('stopped');
    await visited.user.click(screen.getByRole('button', { name: 'Làm lại' }));
    expect(state()).toBe('idle');
  });

  it('of someone who leaves the page is stopped', async () => {
    const request = await startUpload();
    visited.unmount();
    expect(request.aborted).toBe(true);
  });

  it('begun while another runs puts an end to the other, whose late words change nothing', async () => {
    const first = await startUpload();
    const second = await startUpload(new File(['c;d\n'], 'khác.csv'));
    expect(Sending.count).toBe(2);
    expect(first.aborted).toBe(true);
    act(() => first.upload.onprogress?.({ loaded: 1, total: 8 }));
    expect(state()).toBe('sending 0/4');
    act(() => second.answer(200, {}));
    act(() => first.onerror?.());
    expect(state()).toBe('done');
  });

  it('refused shows the platform’s own words', async () => {
    const request = await startUpload();
    const problem = { code: 'import_running', title: 'Another import is running.', request_id: 'req_5' };
    act(() => request.answer(409, problem));
    expect(screen.getByRole('alert').textContent).toContain('Another import is running.');
    expect(screen.getByRole('alert').textContent).toContain('req_5');
  });

  it.each([
    [413, 'payload_too_large'],
    [502, 'unavailable'],
  ])('refused with %i by a proxy in between, without our words, is a refusal all the same', async (status, code) => {
    const request = await startUpload();
    act(() => request.answer(status, null));
    expect(state()).toBe('failed');
    expect(screen.getByRole('alert').textContent).toContain(code);
  });

  it('cut off says that there is no connection', async () => {
    const request = await startUpload();
    act(() => request.onerror?.());
    expect(screen.getByRole('alert').textContent).toContain('No connection');
  });
});
