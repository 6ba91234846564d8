// Imported before anything that makes a schema: the faster way of zod compiles validators by `eval`, which this page's policy refuses, and
// the console would say so each time.
import { config } from 'zod/mini';

config({ jitless: true });
