import { expect, test } from 'vitest';
import { messageReader } from './counting-wire.ts';

const message = (type: string, content = '') => {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(4 + content.length, 1);
  return Buffer.concat([head, Buffer.from(content)]);
};
const startUp = Buffer.concat([Buffer.from([0, 0, 0, 12]), Buffer.from('12345678')]);

test('the wire’s reader finds every message, however the bytes are cut', () => {
  const sent = Buffer.concat([
    startUp,
    message('Q', 'BEGIN\0'),
    message('P', 'SELECT 1'),
    message('B'),
    message('E', '12345'),
    message('S'),
  ]);
  for (let size = 1; size <= sent.length; size++) {
    const seen: string[] = [];
    const read = messageReader((type) => void seen.push(type));
    for (let from = 0; from < sent.length; from += size) read(sent.subarray(from, from + size));
    expect(seen.join('')).toBe('QPBES');
  }
});

test('a text that looks like messages is content', () => {
  const seen: string[] = [];
  const read = messageReader((type) => void seen.push(type));
  read(Buffer.concat([startUp, message('Q', 'QQESSQ'), message('S')]));
  expect(seen.join('')).toBe('QS');
});
