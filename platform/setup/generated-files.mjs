// What is generated from the sources and committed. Each command runs on the pinned Node with our flags, makes the
// files anew in memory, compares them with what is committed and ends with a code other than 0 when they differ.

/** @type {{ name: string, command: string[] }[]} e.g. { name: 'error pages', command: ['--conditions=chung-source', 'platform/…/x.ts', '--check'] } */
export const generatedFiles = [
  { name: 'docs', command: ['--conditions=chung-source', 'platform/server/src/commands/generate-docs.ts', '--check'] },
];
