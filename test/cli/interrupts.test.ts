import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interrupts } from '../../src/cli/interrupts.js';

test('a closed terminal stops the run once, even with repeated signals', (t) => {
  const { stop, stopNow, dispose } = interrupts(() => undefined);
  t.after(dispose);
  process.emit('SIGHUP', 'SIGHUP');
  process.emit('SIGHUP', 'SIGHUP');
  assert.ok(stop.aborted);
  assert.ok(!stopNow.aborted);
});
