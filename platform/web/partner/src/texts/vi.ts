import { editor } from './vi/editor.ts';
import { offers } from './vi/offers.ts';
import { shell } from './vi/shell.ts';
import { work } from './vi/work.ts';

export const vi = { ...shell, ...editor, ...work, offers };
export type PartnerTexts = typeof vi;
