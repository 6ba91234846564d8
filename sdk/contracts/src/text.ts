import { z } from 'zod';

/** The interface languages. Vietnamese is the default everywhere. */
export const Language = z.enum(['vi', 'en']);
export type Language = z.infer<typeof Language>;

/** A text for people, in both interface languages. */
export interface Text {
  vi: string;
  en: string;
}

/**
 * A localised text that a partner or admin writes: both languages are required, so that no member meets an empty page.
 *
 * @example
 * const title = textUpTo(120).parse({ vi: 'Giảm 20%', en: '20% off' });
 */
export const textUpTo = (maxLength: number) =>
  z.strictObject({ vi: z.string().trim().min(1).max(maxLength), en: z.string().trim().min(1).max(maxLength) });
