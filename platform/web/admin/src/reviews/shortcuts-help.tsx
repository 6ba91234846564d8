import { Dialog, useTexts, useUiTexts } from '@chung/ui';
import { Button, Group, Kbd } from '@mantine/core';
import type { AdminTexts } from '../texts/vi.ts';
import classes from './reviews.module.css';

const KEYS = {
  queue: [
    ['j', 'next'],
    ['k', 'previous'],
    ['Enter', 'enter'],
    ['?', 'show'],
  ],
  submission: [
    ['a', 'approve'],
    ['r', 'refuse'],
    ['j', 'next'],
    ['k', 'previous'],
    ['u', 'back'],
    ['?', 'show'],
  ],
} as const;

/** The list of keys, opened by `?` or by its button. */
export function ShortcutsHelp({ page, onClose }: { page: keyof typeof KEYS; onClose: () => void }) {
  const t = useTexts<AdminTexts>();
  const ui = useUiTexts();
  return (
    <Dialog title={t('queue.help.title')} onClose={onClose}>
      <dl className={classes.keys}>
        {KEYS[page].map(([key, words]) => (
          <div key={key}>
            <dt>
              <Kbd>{key}</Kbd>
            </dt>
            <dd>{t(`queue.help.${words}`)}</dd>
          </div>
        ))}
      </dl>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {ui('close')}
        </Button>
      </Group>
    </Dialog>
  );
}
