// Runs in the frame while an app is developed, before the app: takes in what was built anew. Never part of a bundle for members.

/** What the development server tells: a build is done. */
export interface BuiltEvent {
  readonly hash: string;
  readonly errors: number;
}

// The bundler replaces both.
declare const __webpack_hash__: string;
declare const __webpack_public_path__: string;
interface ImportMetaHot {
  status(): string;
  check(apply: 'auto' | true): Promise<readonly unknown[] | null>;
}
declare global {
  interface ImportMeta {
    readonly webpackHot?: ImportMetaHot;
  }
}

// Written out: the bundler knows these words, and no other way to say them.
const hot = import.meta.webpackHot;

async function takeIn({ hash, errors }: BuiltEvent): Promise<void> {
  if (errors > 0 || hash === __webpack_hash__ || hot?.status() !== 'idle') return;
  try {
    // Null where what changed cannot be replaced while it runs.
    if ((await hot.check(true)) !== null) return;
  } catch {
    // Told by the app itself, in the console; it begins anew all the same.
  }
  location.reload();
}

if (hot) {
  const events = new EventSource(new URL('events', __webpack_public_path__));
  events.addEventListener('message', ({ data }) => void takeIn(JSON.parse(data)));
}
