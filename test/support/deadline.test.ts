import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { withDeadline } from '../../src/support/deadline.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('a deadline', () => {
  test('does not affect work that ends in time', async () => {
    assert.equal(await withDeadline(60_000, undefined, () => Promise.resolve(3)), 3);
    await assert.rejects(
      withDeadline(60_000, undefined, () => Promise.reject(new Error('its own'))),
      /its own/,
    );
  });

  test('ends work that takes longer', async () => {
    const late = withDeadline(20, undefined, (signal) => sleep(60_000, undefined, { signal }));
    await assert.rejects(late, ({ cause }: Error) => cause instanceof DOMException && cause.name === 'TimeoutError');
  });

  test('ends an unanswered request even after a garbage collection', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    const outer = new AbortController();
    const late = withDeadline(400, outer.signal, (signal) => fetch(address, { signal }));
    const tidying = setInterval(collectGarbage, 50);
    try {
      const goesOn = sleep(10_000, undefined, { ref: false }).then(() => assert.fail('It goes on.'));
      await assert.rejects(Promise.race([late, goesOn]), { name: 'TimeoutError' });
    } finally {
      clearInterval(tidying);
      outer.abort();
      silent.close();
    }
  });

  test('passes on the reason of a caller that aborts earlier', async () => {
    const outer = new AbortController();
    const given = withDeadline(60_000, outer.signal, (signal) => sleep(60_000, undefined, { signal }));
    outer.abort(new Error('enough'));
    await assert.rejects(given, ({ cause }: Error) => cause === outer.signal.reason);
    await assert.rejects(
      withDeadline(60_000, outer.signal, () => assert.fail('It is not begun.')),
      /enough/,
    );
  });
});
