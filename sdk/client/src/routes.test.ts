import { OPERATIONS } from '@chung/contracts';
import { expect, it } from 'vitest';
import { ROUTES } from './routes.ts';

it('the light table says what the registry says (else run: npm run generate -w @chung/client)', () => {
  const declared = OPERATIONS.map(({ id, method, path, idempotency, bodyType }) => [id, { method, path, idempotency, bodyType }]);
  expect(ROUTES).toEqual(Object.fromEntries(declared));
});
