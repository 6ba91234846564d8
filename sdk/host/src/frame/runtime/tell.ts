import type { FrameMessage } from '../messages.ts';

const LONGEST = 2_000;

/** To whoever holds the frame; it says nothing that another page may not know. */
export function tell(message: FrameMessage): void {
  const short = 'message' in message ? { ...message, message: message.message.slice(0, LONGEST) } : message;
  parent.postMessage(short, '*');
}

/** What nobody caught: the host counts it, and stops a rollout that breaks. */
export function tellOfErrors(): void {
  addEventListener('error', ({ message }) => tell({ kind: 'chung.frame.error', message }));
  addEventListener('unhandledrejection', ({ reason }) =>
    tell({ kind: 'chung.frame.error', message: reason instanceof Error ? reason.message : String(reason) }),
  );
}

const WORDS = { vi: 'Không mở được ứng dụng này. Hãy thử lại sau.', en: 'This app could not be opened. Please try again later.' };

/** For the moment until the host shows its own page for it, or where there is no host. */
export function showFailure(): void {
  const words = document.createElement('p');
  words.role = 'alert';
  words.textContent = WORDS[document.documentElement.lang === 'en' ? 'en' : 'vi'];
  words.style.cssText = 'margin:3rem 1.5rem;font:1rem/1.5 system-ui,sans-serif;text-align:center';
  document.body.replaceChildren(words);
}
