import { Link } from 'wouter';
import classes from './desk.module.css';

interface FilterTabsProps {
  readonly label: string;
  readonly current: string;
  readonly options: readonly { readonly value: string; readonly label: string; readonly href: string }[];
}

/** A filter that lives in the address: links, so that a state can be bookmarked, opened beside and gone back to. */
export function FilterTabs({ label, current, options }: FilterTabsProps) {
  return (
    <nav className={classes.tabs} aria-label={label}>
      {options.map((option) => (
        <Link key={option.value} href={option.href} className={classes.tab} aria-current={option.value === current ? 'true' : undefined}>
          {option.label}
        </Link>
      ))}
    </nav>
  );
}
