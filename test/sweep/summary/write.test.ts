import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { csv } from '../../../src/sweep/summary/csv.js';
import { markdown } from '../../../src/sweep/summary/markdown.js';
import { writeSummary } from '../../../src/sweep/summary/write.js';
import { folder, sweep } from '../page/rig.js';

test('the summary is written as a table, as Markdown and as a page, and rewritten when it changes', async (t) => {
  const dir = await folder(t);
  const read = (name: string) => readFile(join(dir, name), 'utf8');
  for (const value of [20.25, 21.25]) {
    const summary = sweep([{ params: { 'loss.lambda': 1 }, value }], { dir });
    await writeSummary(summary);
    assert.deepEqual((await readdir(dir)).sort(), ['index.html', 'summary.md', 'sweep.csv']);
    assert.equal(await read('sweep.csv'), csv(summary));
    assert.equal(await read('summary.md'), markdown(summary));
    assert.match(
      await read('index.html'),
      new RegExp(`^<!doctype html>[^]*${String(value).replace('.', '\\.')}[^]*</html>\\s*$`, 'i'),
    );
  }
});
