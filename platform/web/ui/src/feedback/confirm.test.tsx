import { Button } from '@mantine/core';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { useState } from 'react';
import { beforeEach, describe, expect, it } from 'vitest';
import { renderApp, startStandIn } from '../../testing/index.ts';
import { useConfirm } from './confirm.tsx';

beforeEach(() => {
  startStandIn();
});

function Deed({ cancel }: { cancel?: string }) {
  const confirm = useConfirm();
  const [answers, setAnswers] = useState<boolean[]>([]);
  const ask = async () => {
    const question = { title: 'Xóa mã?', body: 'Không lấy lại được.', confirm: 'Xóa', danger: true, ...(cancel ? { cancel } : {}) };
    const yes = await confirm(question);
    setAnswers((before) => [...before, yes]);
  };
  return (
    <>
      <Button onClick={() => void ask()}>Xóa mã</Button>
      <output>{answers.join(' ')}</output>
    </>
  );
}

async function openQuestion(cancel?: string) {
  const { user } = await renderApp(<Deed {...(cancel ? { cancel } : {})} />);
  const opener = screen.getByRole('button', { name: 'Xóa mã' });
  await user.click(opener);
  return { user, opener, dialog: screen.getByRole('dialog', { name: 'Xóa mã?' }) };
}

describe('a question before a deed', () => {
  it.each([
    ['Xóa', 'true'],
    ['Thôi', 'false'],
  ])('answered "%s" is %s, closes, and gives focus back to the button it came from', async (name, answer) => {
    const { user, opener, dialog } = await openQuestion();
    expect(within(dialog).getByText('Không lấy lại được.')).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name }));
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe(answer));
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(document.activeElement).toBe(opener);
  });

  it('left by Escape means no, and focus is where it was', async () => {
    const { opener, dialog } = await openQuestion();
    // What a browser fires at a modal dialog when someone presses Escape.
    fireEvent(dialog, new Event('cancel', { cancelable: true }));
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('false'));
    expect(document.activeElement).toBe(opener);
  });

  it('left by a click on the dimmed page means no; a click on the question itself means nothing', async () => {
    const { user, dialog } = await openQuestion();
    await user.click(within(dialog).getByText('Không lấy lại được.'));
    expect(screen.getByRole('dialog')).toBe(dialog);
    await user.click(dialog);
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('false'));
  });

  it('can name its own way out', async () => {
    const { dialog } = await openQuestion('Giữ lại');
    expect(within(dialog).getByRole('button', { name: 'Giữ lại' })).toBeTruthy();
    expect(within(dialog).queryByRole('button', { name: 'Thôi' })).toBeNull();
  });

  it('can be asked again', async () => {
    const { user, opener, dialog } = await openQuestion();
    await user.click(within(dialog).getByRole('button', { name: 'Thôi' }));
    await user.click(opener);
    await user.click(screen.getByRole('button', { name: 'Xóa' }));
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('false true'));
  });
});
