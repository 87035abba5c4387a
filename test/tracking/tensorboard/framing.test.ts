import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32c } from '../../../src/support/crc32c.js';
import { encodeEvent } from '../../../src/tracking/tensorboard/event-messages.js';
import { framed } from '../../../src/tracking/tensorboard/tfrecord.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('an event file', () => {
  test('has the CRC-32C of the test vectors of RFC 3720', () => {
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
    assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
    assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
    assert.equal(crc32c(new Uint8Array()), 0);
  });

  test('frames a record as TensorBoard’s own RecordWriter does', () => {
    assert.equal(hex(framed(Buffer.from('brain'))), '0500000000000000eab2043e627261696e92d279cb');
  });

  test('serialises an event as TensorBoard’s own classes do', () => {
    const summary = { value: [{ tag: 'loss/G/total', simpleValue: 1.5 }] };
    const record = framed(encodeEvent({ wallTime: 1_700_000_000.25, step: 300, summary }));
    assert.equal(
      hex(record),
      '2300000000000000b09f77430900001040fc54d94110ac022a150a130a0c6c6f73732f472f746f74616c150000c03f4ad66227',
    );
  });

  test('keeps steps of more than 32 bits', () => {
    const bytes = encodeEvent({ wallTime: 0, step: 2 ** 40 + 1, fileVersion: '' });
    assert.match(hex(bytes), /10818080808020/);
  });
});
