import { type Translate, useTexts } from '@chung/ui';
import type { MemberTexts } from './vi.ts';

export type T = Translate<MemberTexts>;

export const useT = (): T => useTexts<MemberTexts>();
