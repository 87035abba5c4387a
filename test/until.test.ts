import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { until, untilThere, WITHIN } from './until.js';

describe('a wait of the tests', () => {
  test('ends with what was seen as soon as that is it', async () => {
    let looks = 0;
    const seen = await until('the third look', {
      within: WITHIN.process,
      look: () => ++looks,
      is: (count) => count === 3,
      every: 1,
    });
    assert.equal(seen, 3);
  });

  test('fails with what it waited for, the bound, and what it saw last', async () => {
    let looks = 0;
    const waiting = until('trial 1', { within: 5, look: () => ({ looks: ++looks }), is: () => false, every: 1 });
    await assert.rejects(waiting, ({ message }: Error) => {
      assert.match(message, /^Waited [\d.]+ s in vain for trial 1\. The bound was 0\.0 s\. Seen last:\n/);
      return message.endsWith(`{ looks: ${looks} }`);
    });
  });

  test('fails at once where it can come no more, but not before a last look', async () => {
    const wait = { within: WITHIN.process, look: () => 'It ended with code 3', unless: () => true };
    await assert.rejects(until('an answer', { ...wait, is: () => false }), /can come no more\. Seen last:\nIt ended/);
    assert.equal(await until('an answer', { ...wait, is: () => true }), 'It ended with code 3');
  });

  test('for a file names its neighbours', async (t) => {
    const dir = mkdtempSync(join(tmpdir(), 'until-'));
    t.after(() => rmSync(dir, { recursive: true }));
    writeFileSync(join(dir, 'other'), '');
    await assert.rejects(untilThere(join(dir, 'begun'), 0), /in vain for .*begun\.[^]*\[ 'other' \]/);
    await assert.rejects(untilThere(join(dir, 'no', 'begun'), 0), /ENOENT/);
    await untilThere(join(dir, 'other'), 0);
  });
});
