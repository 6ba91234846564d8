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
  check(apply: 'auto' | true): Promise<readonly unknown[] | null>;
}
declare global {
  interface ImportMeta {
    readonly webpackHot?: ImportMetaHot;
  }
}

// Written out: the bundler knows these words, and no other way to say them.
const hot = import.meta.webpackHot;

let latest = '';
let isTakingIn = false;

/** One build after the other: each update leads from one to the next, and another build may be done while one is taken in. */
async function takeIn({ hash, errors }: BuiltEvent): Promise<void> {
  if (errors > 0 || !hot) return;
  latest = hash;
  if (isTakingIn) return;
  isTakingIn = true;
  while (latest !== __webpack_hash__) {
    const before = __webpack_hash__;
    // Null where what changed cannot be replaced while it runs. An error is told by the app itself, in the console; it begins anew all the same.
    const updated = await hot.check(true).catch(() => null);
    if (updated === null || __webpack_hash__ === before) return location.reload();
  }
  isTakingIn = false;
}

if (hot) {
  const events = new EventSource(new URL('events', __webpack_public_path__));
  events.addEventListener('message', ({ data }) => void takeIn(JSON.parse(data)));
}
