// The draw's job alone, in a process of its own that a test may kill: `node draw-process.ts <database url>`.
import { createDb } from '../../platform/server/src/kernel/db.ts';
import { createVault } from '../../platform/server/src/kernel/vault.ts';
import { drawLotteries } from '../../platform/server/src/rooms/redemptions/queue/draw-lotteries.ts';

const [url = ''] = process.argv.slice(2);
const db = createDb(url, { poolSize: 2, onIdleError: () => {} });
// The key of the test's own vault (partner-rooms.ts), which sealed the seed.
const vault = createVault(Buffer.alloc(32, 7));
process.stdout.write('drawing\n');
process.stdout.write(`drawn ${await drawLotteries({ db, vault })}\n`);
await db.close();
