// Bare Express that answers one JSON, read from the file named on the command line; ETag off, nothing else around it.
import { readFileSync } from 'node:fs';
import express from 'express';

const [port = '', file = ''] = process.argv.slice(2);
const answer: unknown = JSON.parse(readFileSync(file, 'utf8'));
const app = express();
app.disable('etag');
app.disable('x-powered-by');
app.get('/', (_request, response) => void response.json(answer));
app.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));
