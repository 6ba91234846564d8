import { Link } from 'wouter';
import classes from './shell.module.css';

/** The mark: two hands of one ring. `area` says which of the three apps this is. */
export function Brand({ area }: { area?: string }) {
  return (
    <Link href="/" className={classes.brand}>
      <svg width="26" height="26" viewBox="0 0 26 26" aria-hidden="true" focusable="false">
        <path d="M21 6.6A10 10 0 1 0 21 19.4" fill="none" stroke="var(--chung-mark)" strokeWidth="4" strokeLinecap="round" />
        <circle cx="15.5" cy="13" r="4" fill="var(--mantine-color-warm-5)" />
      </svg>
      <span>Chung</span>
      {area && <span className={classes.area}>{area}</span>}
    </Link>
  );
}
