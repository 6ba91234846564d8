// Runs in the frame before anything else of it, and then loads the mini-app. Bundled whole, see `scripts/build-frame-runtime.ts`; the page
// says in the attributes of this script what is to be loaded.
import './close-doors.ts';
import './refresh-hook.ts';
import { init, loadRemote } from '@module-federation/runtime';
import * as federation from '@module-federation/runtime/core';
import { shared } from './shared.ts';
import { showFailure, tell, tellOfErrors } from './tell.ts';

declare global {
  /** Where a mini-app's container looks for the federation runtime, so that it need not carry one. */
  var _FEDERATION_RUNTIME_CORE: object;
}
globalThis._FEDERATION_RUNTIME_CORE = federation;

const script = document.currentScript;
const { remote = '', entry = '', integrity = '' } = script instanceof HTMLScriptElement ? script.dataset : {};

/** The entry is asked for as the policy wants it: without credentials, and with the bytes that were approved. */
function entryScript(url: string): HTMLScriptElement {
  const element = document.createElement('script');
  element.src = url;
  element.crossOrigin = 'anonymous';
  element.integrity = integrity;
  return element;
}

async function start(): Promise<void> {
  tellOfErrors();
  init({
    name: 'chung_frame',
    remotes: [{ name: remote, entry }],
    shared,
    plugins: [{ name: 'chung-entry', createScript: ({ url }) => entryScript(url) }],
  });
  try {
    await loadRemote(`${remote}/main`, { from: 'runtime' });
    tell({ kind: 'chung.frame.started', afterMs: Math.round(performance.now()) });
  } catch (error) {
    showFailure();
    tell({ kind: 'chung.frame.failed', message: error instanceof Error ? error.message : String(error) });
  }
}

void start();
