import { Button } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { State } from '../feedback/states.tsx';
import { useUiTexts } from '../texts/language.ts';
import classes from './page.module.css';

let firstPage = true;

interface PageProps {
  /** Heading and document title. */
  readonly title: string;
  /** Shown in the document title after the page's own: "Ưu đãi · Chung". */
  readonly appName?: string;
  readonly intro?: ReactNode;
  /** Buttons at the right of the heading. */
  readonly actions?: ReactNode;
  /** Above the heading, e.g. a way back. */
  readonly above?: ReactNode;
  readonly width?: 'narrow' | 'wide';
  readonly children: ReactNode;
}

/** One page of an app: one h1, the document title, and focus on the heading after a change of route. */
export function Page({ title, appName = 'Chung', intro, actions, above, width = 'wide', children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${appName}`;
  }, [title, appName]);
  useEffect(() => {
    // On the first page the browser's own focus is right; later ones would leave focus on a link that is gone.
    if (firstPage) firstPage = false;
    else {
      scrollTo(0, 0);
      heading.current?.focus({ preventScroll: true });
    }
  }, []);
  return (
    <div className={classes.page} data-width={width}>
      {above}
      <header className={classes.head}>
        <div className={classes.words}>
          <h1 ref={heading} tabIndex={-1} className={classes.title}>
            {title}
          </h1>
          {intro && <div className={classes.intro}>{intro}</div>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** First stop of the Tab key: over the navigation, straight to `<main id="main">`. */
export function SkipLink() {
  const t = useUiTexts();
  return (
    <a href="#main" className={classes.skip}>
      {t('skip')}
    </a>
  );
}

export function NotFoundPage() {
  const t = useUiTexts();
  return (
    <Page title={t('notFound.title')} width="narrow">
      <State title="404" detail={t('notFound.detail')}>
        <Button component={Link} href="/">
          {t('notFound.home')}
        </Button>
      </State>
    </Page>
  );
}
