import { editor } from './en/editor.ts';
import { offers } from './en/offers.ts';
import { shell } from './en/shell.ts';
import { work } from './en/work.ts';
import type { PartnerTexts } from './vi.ts';

export const en: PartnerTexts = { ...shell, ...editor, ...work, offers };
