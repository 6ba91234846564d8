import { existsSync, watch } from 'node:fs';
import path from 'node:path';
import type { Manifest, Text } from '@chung/contracts';
import { readManifestFile } from '../analysis/manifest-file.ts';
import { MANIFEST_FILE, openManifest } from '../analysis/project.ts';

const AFTER_MS = 150;

export interface ReadProject {
  /** Null where it does not read; `problems` says why. */
  readonly manifest: Manifest | null;
  readonly problems: readonly Text[];
}

/** The manifest of the app in a folder, as it stands now. Runs nothing of it. */
export function readProject(root: string): ReadProject {
  const { manifest, findings } = readManifestFile(openManifest(root));
  const problems = findings.map(({ at, message }) => {
    const place = at ? `${at.file}:${at.line} ` : '';
    return { vi: `${place}${message.vi}`, en: `${place}${message.en}` };
  });
  return { manifest: manifest?.manifest ?? null, problems };
}

/** Calls when the manifest, or with `source` anything else of the app, was written. Editors write in several steps: they count as one. */
export function watchProject(root: string, { onManifest, onSource }: { onManifest: () => void; onSource: () => void }): { close(): void } {
  const timers = new Map<() => void, NodeJS.Timeout>();
  const soon = (work: () => void) => {
    clearTimeout(timers.get(work));
    timers.set(work, setTimeout(work, AFTER_MS));
  };
  const watchers = [watch(root, (_event, name) => name === MANIFEST_FILE && soon(onManifest))];
  // Never the whole folder: node_modules and our own database would be watched too.
  for (const folder of ['src', 'server'].map((name) => path.join(root, name)).filter(existsSync))
    watchers.push(watch(folder, { recursive: true }, () => soon(onSource)));
  return {
    close: () => {
      for (const timer of timers.values()) clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
