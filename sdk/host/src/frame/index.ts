export { connectionAllowlist, type FrameDocument, type FrameSettings, frameDocument, integrityOf } from './document.ts';
export { FrameMessage, readFrameMessage } from './messages.ts';
export { FRAME_RUNTIME_FILES, type FrameRuntime, frameRuntime } from './runtime-file.ts';
export { FRAME_REACT_VERSION, FRAME_SHARES, remoteNameOf } from './shares.ts';
