// WebRTC reaches any address past `connect-src`. Chromium stops it by the Connection-Allowlist header; Firefox knows neither that header
// nor the policy's `webrtc`, so here the doors themselves go, before a word of the app is read.
for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'RTCDataChannel', 'RTCIceGatherer', 'RTCIceTransport'])
  Reflect.deleteProperty(globalThis, name);
