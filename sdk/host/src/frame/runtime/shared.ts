import * as React from 'react';
import * as compilerRuntime from 'react/compiler-runtime';
import * as devRuntime from 'react/jsx-dev-runtime';
import * as jsxRuntime from 'react/jsx-runtime';
import * as ReactDom from 'react-dom';
import * as client from 'react-dom/client';
import type { FRAME_SHARES } from '../shares.ts';

const modules: Readonly<Record<(typeof FRAME_SHARES)[number], unknown>> = {
  react: React,
  'react/jsx-runtime': jsxRuntime,
  'react/jsx-dev-runtime': devRuntime,
  'react/compiler-runtime': compilerRuntime,
  'react-dom': ReactDom,
  'react-dom/client': client,
};

/** One React for the frame and the app in it: two could not share a component. */
export const shared = Object.fromEntries(
  Object.entries(modules).map(([name, module]) => [
    name,
    { version: React.version, lib: () => module, shareConfig: { singleton: true, requiredVersion: `^${React.version}` } },
  ]),
);
