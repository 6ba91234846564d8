import { existsSync } from 'node:fs';
import path from 'node:path';
import express, { type Response, Router } from 'express';

/** A page's address: no ending, no dot, so that nothing outside of the folder can be named. */
const PAGE = /^\/(?:[a-z0-9-]+\/)*[a-z0-9_-]*$/;

const MISSING = '404.html';

/** These answer in the language of the reader and are there without a built site; links in problem documents lead to them. */
const OURS = /^\/(?:api|errors|errors\/[^/]+)$/;

/**
 * The docs as they were built from their Markdown (`npm run docs:build`), and the Markdown itself beside each page. Without a built site
 * the next handler is asked; with one, a reader gets its page for what is not there.
 */
export function docsSiteRouter(folder: string, setHeaders: (response: Response, file: string) => void): Router {
  const router = Router();
  router.use((request, _response, next) => next(OURS.test(request.path) ? 'router' : undefined));
  router.use(express.static(folder, { index: false, redirect: false, setHeaders }));
  router.get(/.*/, (request, response, next) => {
    const { path: address } = request;
    const name = address.endsWith('/') ? `${address}index.html` : `${address}.html`;
    response.set('cache-control', 'no-cache');
    if (PAGE.test(address) && existsSync(path.join(folder, name))) return response.sendFile(name, { root: folder, acceptRanges: false });
    if (!request.accepts('html') || !existsSync(path.join(folder, MISSING))) return next();
    response.status(404).sendFile(MISSING, { root: folder, acceptRanges: false });
  });
  return router;
}
