import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { cutUnfinishedLine, linesOf } from '../../src/pipeline/lines.js';
import { temporary } from '../export/rig.js';

/** The size of a chunk that is read. */
const CHUNK = 1 << 18;

describe('the lines of a file', () => {
  for (const [what, text, lines] of [
    ['each ended', 'a\nb\n', ['a', 'b']],
    ['without a newline at the end', 'a\nb', ['a', 'b']],
    ['with empty lines', '\na\n\nb\n', ['', 'a', '', 'b']],
    ['of an empty file', '', []],
    ['with lines longer than a chunk', `${'x'.repeat(CHUNK)}\n${'y'.repeat(2 * CHUNK + 5)}\nz\n`, undefined],
    ['with a multi-byte character across two chunks', `${'x'.repeat(CHUNK - 1)}é\nz\n`, undefined],
  ] as const) {
    test(`are read one by one (${what})`, (t) => {
      const file = join(temporary(t), 'lines');
      writeFileSync(file, text);
      assert.deepEqual([...linesOf(file)], lines ?? text.split('\n').slice(0, -1));
    });
  }

  test('are none if there is no file', (t) => {
    assert.deepEqual([...linesOf(join(temporary(t), 'none'))], []);
  });
});

describe('an unfinished line', () => {
  for (const [what, text, left] of [
    ['is cut off', 'a\nbc\nunfin', 'a\nbc\n'],
    ['is cut off if it is the only one', 'unfin', ''],
    ['does not exist if the last line ends with a newline', 'a\nbc\n', 'a\nbc\n'],
    ['is cut off if it is longer than a chunk', `a\n${'x'.repeat(CHUNK + 7)}`, 'a\n'],
    ['is cut off after a line that ends at the start of a chunk', `a\n${'x'.repeat(CHUNK)}`, 'a\n'],
    ['does not exist in an empty file', '', ''],
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
