import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { IconAlert } from '../icons.tsx';
import { useUiTexts } from '../texts/language.ts';
import { State } from './states.tsx';

function Crashed() {
  const t = useUiTexts();
  return (
    <State role="alert" icon={<IconAlert size={28} />} title={t('unexpected.title')} detail={t('unexpected.detail')}>
      <Button onClick={() => location.reload()}>{t('reload')}</Button>
    </State>
  );
}

/** The net under the app: a bug, or a chunk gone after a deploy, shows a way out instead of a white page. */
export class CrashBoundary extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError() {
    return { crashed: true };
  }

  override render() {
    return this.state.crashed ? <Crashed /> : this.props.children;
  }
}
