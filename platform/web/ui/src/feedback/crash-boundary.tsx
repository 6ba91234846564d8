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

interface CrashBoundaryProps {
  /** A new value gives the children another chance, e.g. the address: the navigation around a crashed page goes on working. */
  readonly at?: string;
  readonly children: ReactNode;
}

/** The net under the app or a page: a bug, or a chunk gone after a deploy, shows a way out instead of a white page. */
export class CrashBoundary extends Component<CrashBoundaryProps, { crashedAt: string | null }> {
  override state = { crashedAt: null };

  static getDerivedStateFromError() {
    return { crashedAt: location.pathname };
  }

  override componentDidUpdate(before: CrashBoundaryProps) {
    if (before.at !== this.props.at && this.state.crashedAt !== null) this.setState({ crashedAt: null });
  }

  override render() {
    return this.state.crashedAt === null ? this.props.children : <Crashed />;
  }
}
