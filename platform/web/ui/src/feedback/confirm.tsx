import { Button, Group, Stack, Text } from '@mantine/core';
import { createContext, type ReactNode, useCallback, useContext, useId, useLayoutEffect, useRef, useState } from 'react';
import { useUiTexts } from '../texts/language.ts';
import classes from './confirm.module.css';

export interface Question {
  readonly title: string;
  readonly body: ReactNode;
  /** The verb of the deed, e.g. "Rút lại quyền"; never "OK". */
  readonly confirm: string;
  readonly cancel?: string;
  readonly danger?: boolean;
}

type Ask = (question: Question) => Promise<boolean>;
const Context = createContext<Ask | null>(null);

/** `const confirm = useConfirm(); if (await confirm({ title, body, confirm })) …` */
export function useConfirm(): Ask {
  const ask = useContext(Context);
  if (!ask) throw new TypeError('useConfirm needs mountApp around it.');
  return ask;
}

interface DialogProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
}

/** The browser's own modal dialog: focus stays inside, Escape closes, the page behind is inert, and it weighs nothing. */
export function Dialog({ title, children, onClose }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // A layout effect: its clean-up runs while the dialog is still in the page, and only then does closing give focus back.
  useLayoutEffect(() => {
    const dialog = ref.current;
    const opener = document.activeElement;
    // Opened by effect because only showModal, not the attribute, makes the rest inert.
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the key for closing is Escape, which the dialog handles itself
    <dialog
      ref={ref}
      className={classes.dialog}
      aria-labelledby={titleId}
      onCancel={onClose}
      onClick={(event) => event.target === ref.current && onClose()}
    >
      <div className={classes.sheet}>
        <h2 id={titleId} className={classes.title}>
          {title}
        </h2>
        {children}
      </div>
    </dialog>
  );
}

export function ConfirmProvider({ children }: { children: ReactNode }) {
  const t = useUiTexts();
  const [open, setOpen] = useState<{ question: Question; answer: (yes: boolean) => void } | null>(null);
  const ask = useCallback<Ask>((question) => new Promise((answer) => setOpen({ question, answer })), []);
  const settle = (yes: boolean) => {
    open?.answer(yes);
    setOpen(null);
  };
  return (
    <Context.Provider value={ask}>
      {children}
      {open && (
        <Dialog title={open.question.title} onClose={() => settle(false)}>
          <Stack gap="lg">
            <Text component="div">{open.question.body}</Text>
            <Group justify="flex-end" gap="sm" className={classes.actions}>
              <Button variant="default" onClick={() => settle(false)} data-autofocus>
                {open.question.cancel ?? t('cancel')}
              </Button>
              <Button color={open.question.danger ? 'red' : 'brand'} onClick={() => settle(true)}>
                {open.question.confirm}
              </Button>
            </Group>
          </Stack>
        </Dialog>
      )}
    </Context.Provider>
  );
}
