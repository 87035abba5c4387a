import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { cutUnfinishedLine, linesOf } from '../../src/pipeline/lines.js';
import { temporary } from '../export/rig.js';

/** As much as is read at once. */
const CHUNK = 1 << 18;

describe('the lines of a file', () => {
  for (const [what, text, lines] of [
    ['each ended', 'a\nb\n', ['a', 'b']],
    ['the last not ended', 'a\nb', ['a', 'b']],
    ['empty ones among them', '\na\n\nb\n', ['', 'a', '', 'b']],
    ['none', '', []],
    ['longer than what is read at once', `${'x'.repeat(CHUNK)}\n${'y'.repeat(2 * CHUNK + 5)}\nz\n`, undefined],
    ['a letter of several bytes where one read ends and the next begins', `${'x'.repeat(CHUNK - 1)}é\nz\n`, undefined],
  ] as const) {
    test(`are read one after the other: ${what}`, (t) => {
      const file = join(temporary(t), 'lines');
      writeFileSync(file, text);
      assert.deepEqual([...linesOf(file)], lines ?? text.split('\n').slice(0, -1));
    });
  }

  test('are none where there is no file', (t) => {
    assert.deepEqual([...linesOf(join(temporary(t), 'none'))], []);
  });
});

describe('an unfinished line', () => {
  for (const [what, text, left] of [
    ['is cut off', 'a\nbc\nunfin', 'a\nbc\n'],
    ['is cut off where it is the only one', 'unfin', ''],
    ['is not there when the last line has its end', 'a\nbc\n', 'a\nbc\n'],
    ['is cut off when it is longer than what is read at once', `a\n${'x'.repeat(CHUNK + 7)}`, 'a\n'],
    ['is cut off after a line that ends where one read begins', `a\n${'x'.repeat(CHUNK)}`, 'a\n'],
    ['is not there in an empty file', '', ''],
  ] as const) {
    test(what, (t) => {
      const file = join(temporary(t), 'lines');
      writeFileSync(file, text);
      const opened = openSync(file, 'r+');
      cutUnfinishedLine(opened);
      closeSync(opened);
      assert.equal(readFileSync(file, 'utf8'), left);
    });
  }
});
