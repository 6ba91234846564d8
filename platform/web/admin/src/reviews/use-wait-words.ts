import { useTexts } from '@chung/ui';
import type { AdminTexts } from '../texts/vi.ts';
import { waitOf } from './waiting.ts';

/** A number of seconds as `2 giờ 5 phút`. */
export function useWaitWords(): (seconds: number) => string {
  const t = useTexts<AdminTexts>();
  return (seconds) => {
    const { unit, ...values } = waitOf(seconds);
    return t(`queue.wait.${unit}`, values);
  };
}
