import type { Finding, Text } from '@chung/contracts';

const finding =
  (severity: Finding['severity']) =>
  (rule: string, path: string, text: Text): Finding => ({ rule, severity, path, text });

/** Stops the submission. */
export const error = finding('error');
/** Goes to the reviewer with it. */
export const warning = finding('warning');

export const amountText = (amountMinor: bigint): Text => ({
  vi: `${amountMinor.toLocaleString('vi-VN')} đ`,
  en: `${amountMinor.toLocaleString('en-US')} đ`,
});
