export { type AllowedOperation, MINI_APP_OPERATIONS } from './allow-list.ts';
export type { InvokeInput } from './answer-call.ts';
export { FrameMessage, readFrameMessage } from './frame/messages.ts';
export { type FrameWindow, type HostWindow, handOver } from './hand-over.ts';
export { type BridgeServer, type ServeBridgeSettings, serveBridge } from './serve-bridge.ts';
