import type { CallReply } from '@chung/client';
import { ApiError, UnreachableError } from '@chung/client/light';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useApp } from '../app/context.tsx';
import { csrfTokenOf } from '../app/session.ts';

type UploadId = 'admin.members.import' | 'partner.offers.codes.upload';

export type UploadState<Reply> =
  | { readonly phase: 'idle' }
  | { readonly phase: 'sending'; readonly sentBytes: number; readonly totalBytes: number }
  /** All bytes are out; the platform is still working on the last of them. */
  | { readonly phase: 'working' }
  | { readonly phase: 'done'; readonly reply: Reply }
  | { readonly phase: 'failed'; readonly error: Error }
  | { readonly phase: 'stopped' };

interface Upload<Reply> {
  readonly state: UploadState<Reply>;
  readonly start: (file: File, contentType: string) => void;
  readonly stop: () => void;
  readonly reset: () => void;
}

function errorOf(request: XMLHttpRequest): Error {
  const problem: unknown = request.response;
  if (typeof problem === 'object' && problem !== null && 'code' in problem && typeof problem.code === 'string')
    return new ApiError({ ...problem, code: problem.code, status: request.status });
  // A proxy in between may have refused the size before the platform saw it.
  return new ApiError({ status: request.status, code: request.status === 413 ? 'payload_too_large' : 'unavailable' });
}

/**
 * Streams a file to an upload operation and tells how far it is. XMLHttpRequest, because fetch reports no upload progress;
 * the browser reads the file from disk as it sends, so its size does not matter.
 */
export function useUpload<Id extends UploadId>(path: string): Upload<CallReply<Id>> {
  const { app } = useApp();
  const queries = useQueryClient();
  const running = useRef<XMLHttpRequest | null>(null);
  const [state, setState] = useState<UploadState<CallReply<Id>>>({ phase: 'idle' });
  useEffect(() => () => running.current?.abort(), []);

  const start = useCallback(
    (file: File, contentType: string) => {
      const request = new XMLHttpRequest();
      const before = running.current;
      running.current = request;
      // One at a time: the page shows one upload, so an older one must neither go on unseen nor speak for the new one.
      before?.abort();
      const tell = (next: UploadState<CallReply<Id>>) => {
        if (running.current === request) setState(next);
      };
      request.open('POST', path);
      request.responseType = 'json';
      request.setRequestHeader('accept', 'application/json');
      request.setRequestHeader('accept-language', document.documentElement.lang || 'vi');
      request.setRequestHeader('content-type', contentType);
      request.setRequestHeader('x-chung-app', app);
      request.setRequestHeader('x-csrf-token', csrfTokenOf(queries, app) ?? '');
      request.upload.onprogress = ({ loaded, total }) => tell({ phase: 'sending', sentBytes: loaded, totalBytes: total });
      request.upload.onload = () => tell({ phase: 'working' });
      request.onload = () => {
        const isDone = request.status >= 200 && request.status < 300;
        tell(isDone ? { phase: 'done', reply: request.response } : { phase: 'failed', error: errorOf(request) });
      };
      request.onerror = () => tell({ phase: 'failed', error: new UnreachableError(new Error('upload failed')) });
      request.onabort = () => tell({ phase: 'stopped' });
      tell({ phase: 'sending', sentBytes: 0, totalBytes: file.size });
      request.send(file);
    },
    [app, path, queries],
  );
  const stop = useCallback(() => running.current?.abort(), []);
  const reset = useCallback(() => setState({ phase: 'idle' }), []);
  return { state, start, stop, reset };
}
