import { useLanguage, useSafeArea, useTheme } from '@chung/mini-app/react';
import { useLayoutEffect } from 'react';

/** Tells the page what the host decides: language for screen readers, theme and safe area for `styles.css`. */
export function useSurroundings(): void {
  const [language, theme, { top, right, bottom, left }] = [useLanguage(), useTheme(), useSafeArea()];
  // Before the first paint, or a dark phone flashes white.
  useLayoutEffect(() => {
    const { dataset, style } = document.documentElement;
    document.documentElement.lang = language;
    dataset['theme'] = theme;
    style.setProperty('--safe-area', `${top}px ${right}px ${bottom}px ${left}px`);
  }, [language, theme, top, right, bottom, left]);
}
