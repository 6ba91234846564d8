import type { Finding, Text } from '@chung/contracts';
import type { ReviewRuleNumber } from './review-rules.ts';

/** An error stops the submission; a warning goes to the reviewer with it. */
const finding = (severity: Finding['severity']) => (rule: ReviewRuleNumber, path: string, text: Text) => ({ rule, severity, path, text });

export const errorOf: (rule: ReviewRuleNumber, path: string, text: Text) => Finding = finding('error');
export const warningOf: (rule: ReviewRuleNumber, path: string, text: Text) => Finding = finding('warning');

/** `1.234.567 đ` in Vietnamese, `1,234,567 đ` in English. */
export function amountText(amountMinor: bigint): Text {
  return { vi: `${amountMinor.toLocaleString('vi-VN')} đ`, en: `${amountMinor.toLocaleString('en-US')} đ` };
}
