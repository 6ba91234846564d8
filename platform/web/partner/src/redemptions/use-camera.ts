import { type RefObject, useEffect, useRef, useState } from 'react';

interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { rawValue: string }[]>;
}
type DetectorClass = new (options: { formats: string[] }) => Detector;

/** The browser's own QR reader (Chrome, Edge, Android); elsewhere the field and a hand scanner do the work. */
function detectorClass(): DetectorClass | null {
  const found: unknown = Reflect.get(globalThis, 'BarcodeDetector');
  return typeof found === 'function' && 'mediaDevices' in navigator ? (found as DetectorClass) : null;
}

export const canScan = (): boolean => detectorClass() !== null;

const LOOK_EVERY_MS = 250;

async function watch(video: HTMLVideoElement, signal: AbortSignal): Promise<string | null> {
  const Reader = detectorClass();
  if (!Reader) throw new TypeError('no barcode reader');
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  const close = () => {
    for (const track of stream.getTracks()) track.stop();
  };
  signal.addEventListener('abort', close, { once: true });
  if (signal.aborted) close();
  video.srcObject = stream;
  await video.play();
  const reader = new Reader({ formats: ['qr_code'] });
  while (!signal.aborted) {
    const [found] = await reader.detect(video);
    if (found) {
      close();
      return found.rawValue;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return null;
}

/** Looks for a QR through the camera until it finds one; the camera is off whenever `isOn` is false. */
export function useCamera(isOn: boolean, onFound: (text: string) => void): { video: RefObject<HTMLVideoElement | null>; failed: boolean } {
  const video = useRef<HTMLVideoElement>(null);
  const found = useRef(onFound);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    found.current = onFound;
  }, [onFound]);
  useEffect(() => {
    if (!isOn || !video.current) return;
    const stop = new AbortController();
    setFailed(false);
    watch(video.current, stop.signal).then(
      (text) => text !== null && found.current(text),
      () => !stop.signal.aborted && setFailed(true),
    );
    return () => stop.abort();
  }, [isOn]);
  return { video, failed };
}
