// What pgbench does, for machines without it: some clients, each running one prepared statement again and again.
import pg from 'pg';

const { url, statement, random, seconds, clients } = JSON.parse(process.argv[2] ?? '{}');

async function client(until: number): Promise<number> {
  const connection = new pg.Client({ connectionString: url });
  await connection.connect();
  const prepared = { name: 'transaction', text: String(statement).replaceAll(':n', '$1::integer') };
  let done = 0;
  for (; performance.now() < until; done++)
    await connection.query({ ...prepared, values: prepared.text.includes('$1') ? [1 + Math.floor(Math.random() * random)] : [] });
  await connection.end();
  return done;
}

const began = performance.now();
const done = await Promise.all(Array.from({ length: clients }, () => client(began + seconds * 1000)));
process.stdout.write(String(done.reduce((sum, one) => sum + one, 0) / ((performance.now() - began) / 1000)));
