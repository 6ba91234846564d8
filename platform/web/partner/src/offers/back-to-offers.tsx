import { IconBack, useConfirm, useTexts, useUiTexts } from '@chung/ui';
import { Anchor, Group } from '@mantine/core';
import type { MouseEvent } from 'react';
import { Link, useLocation } from 'wouter';
import type { PartnerTexts } from '../texts/vi.ts';

/** The way back to the list; asks first when something is not saved. */
export function BackToOffers({ isDirty }: { isDirty: boolean }) {
  const t = useTexts<PartnerTexts>();
  const ui = useUiTexts();
  const confirm = useConfirm();
  const [, go] = useLocation();
  const leave = async (event: MouseEvent) => {
    if (!isDirty) return;
    event.preventDefault();
    if (await confirm({ title: t('editor.unsaved'), body: t('editor.leave'), confirm: ui('back'), danger: true })) go('/offers');
  };
  return (
    <Anchor
      component={Link}
      href="/offers"
      size="sm"
      c="dimmed"
      mb="xs"
      display="inline-block"
      onClick={(event: MouseEvent) => void leave(event)}
    >
      <Group gap={6} component="span">
        <IconBack size={16} />
        {t('offers.back')}
      </Group>
    </Anchor>
  );
}
