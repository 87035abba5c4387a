import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { outliveTerminal } from '../../src/cli/outlive-terminal.js';

for (const code of ['EPIPE', 'EIO', 'ENXIO']) {
  test(`output falls silent after ${code}`, () => {
    const stream = new PassThrough();
    const isTerminalClosed = outliveTerminal(stream);
    stream.emit('error', Object.assign(new Error('gone'), { code }));
    stream.write('anybody there?');
    assert.equal(stream.read(), null);
    assert.equal(isTerminalClosed(), code !== 'EPIPE');
  });
}

test('another error of the output is not passed over', () => {
  const stream = new PassThrough();
  outliveTerminal(stream);
  assert.throws(() => stream.emit('error', Object.assign(new Error('full'), { code: 'ENOSPC' })), /full/);
});
