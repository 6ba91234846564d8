/** For component tests of the three apps; nothing of it is built. */
export { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
export { pass, renderApp, stopClockAt, type Visited } from './render-app.tsx';
export { type Asked, held, pageOf, refusal, SIGNED_IN, type StandIn, startStandIn, unreachable } from './stand-in.ts';
