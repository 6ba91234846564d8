/** A small program whose use of scopes is known. */
export interface CorpusProgram {
  readonly name: string;
  /** Files by their name; a string alone is `main.ts`. `app` is a ready client in `app.ts` unless the program brings its own. */
  readonly files: string | Readonly<Record<string, string>>;
  /** What it needs, and nothing else. */
  readonly uses: readonly string[];
  /** Where it leaves the sight of the types; none unless told. */
  readonly unanalysable?: readonly string[];
}

/** The client that most programs import, with scopes declared and some left optional. */
export const APP = `import { createMiniApp } from '@chung/mini-app';
export const app = await createMiniApp({
  scopes: ['openid', 'offers:read', 'redemptions:claim', 'redemptions:read', 'member.profile:read', 'member.contact:read'],
  optional: ['member.membership:read'],
});
export type App = typeof app;
`;

export const program = (
  name: string,
  uses: readonly string[],
  files: CorpusProgram['files'],
  unanalysable: readonly string[] = [],
): CorpusProgram => ({
  name,
  files,
  uses,
  unanalysable,
});

export const CLAIM = 'redemptions:claim';
export const OFFERS = 'offers:read';
export const READ = 'redemptions:read';
export const CONTACT = 'member.contact:read';
export const PROFILE = 'member.profile:read';
export const MEMBERSHIP = 'member.membership:read';
export const ID = 'openid';
