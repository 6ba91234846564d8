/** What this mini-app may do. `chung.config.ts` says the same to the member; the check compares the two. */
export const settings = { scopes: ['offers:read'], optional: ['redemptions:claim'] } as const;

declare module '@chung/mini-app/react' {
  /** Types every hook by these scopes: a call that needs another one does not compile. */
  interface Register {
    settings: typeof settings;
  }
}
