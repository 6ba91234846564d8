// The search, the buttons that copy, and the list of pages that stands open where there is room. Everything else works without a script.
import './base.css';
import './text.css';
import './frame.css';
import type { Found } from './find.ts';

const search = document.querySelector<HTMLElement>('.search');
const input = search?.querySelector('input');
const box = document.querySelector<HTMLElement>('#found');

/** Loaded when somebody first looks for something: most readers never do. */
async function load(): Promise<(words: string) => readonly Found[]> {
  const [{ finder }, entries] = await Promise.all([
    import('./find.ts'),
    fetch(document.body.dataset['search'] ?? '').then((response) => response.json()),
  ]);
  return finder(entries);
}

let loading: ReturnType<typeof load> | null = null;
const ready = () => {
  loading ??= load();
  return loading;
};

const beginningOf = (text: string) => (text.length <= 90 ? text : `${text.slice(0, text.lastIndexOf(' ', 90))} …`);

function row({ address, page, heading, text }: Found): HTMLAnchorElement {
  const link = document.createElement('a');
  link.href = address;
  const title = document.createElement('strong');
  title.textContent = heading;
  const where = document.createElement('small');
  where.textContent = heading === page ? beginningOf(text) : `${page} · ${beginningOf(text)}`;
  link.append(title, where);
  return link;
}

async function show(words: string): Promise<void> {
  if (!box || !input) return;
  if (words.trim() === '') return close();
  const find = await ready().catch(() => null);
  // Typed on while it was loading: a later call shows what is asked for now.
  if (input.value !== words) return;
  const found = find?.(words) ?? [];
  const count = document.createElement('p');
  count.setAttribute('role', 'status');
  count.textContent = !find
    ? 'The search could not be loaded.'
    : found.length === 0
      ? `Nothing found for “${words}”.`
      : `${found.length} found`;
  box.replaceChildren(count, ...found.map(row));
  box.hidden = false;
}

function close(): void {
  if (box) box.hidden = true;
}

/** Up and down go through what was found, from the field and back to it. */
function move(step: 1 | -1): void {
  const stops = [input, ...(box?.querySelectorAll('a') ?? [])].filter((one) => one != null);
  const at = stops.findIndex((one) => one?.isSameNode(document.activeElement));
  stops[Math.max(0, Math.min(stops.length - 1, at + step))]?.focus();
}

const isTyping = (target: EventTarget | null) => target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;

if (search && input) {
  search.hidden = false;
  input.addEventListener('focus', () => void ready().catch(() => {}), { once: true });
  input.addEventListener('input', () => void show(input.value));
  search.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      move(event.key === 'ArrowDown' ? 1 : -1);
    }
    if (event.key === 'Enter' && document.activeElement === input) box?.querySelector('a')?.click();
    if (event.key === 'Escape') close();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || isTyping(event.target) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    input.focus();
  });
  document.addEventListener('click', (event) => {
    if (event.target instanceof Node && !search.contains(event.target)) close();
  });
}

for (const block of document.querySelectorAll('.code')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  button.addEventListener('click', async () => {
    const done = await navigator.clipboard.writeText(block.querySelector('code')?.textContent ?? '').then(
      () => 'Copied',
      () => 'Not allowed',
    );
    button.textContent = done;
    setTimeout(() => (button.textContent = 'Copy'), 2000);
  });
  block.append(button);
}

const pages = document.querySelector<HTMLDetailsElement>('.side details');
const isWide = matchMedia('(min-width: 56rem)');
const unfold = () => {
  if (pages) pages.open = isWide.matches;
};
isWide.addEventListener('change', unfold);
unfold();
document.querySelector('.side [aria-current]')?.scrollIntoView({ block: 'nearest' });
