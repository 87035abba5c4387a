import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { claimFolder, type MadeWith } from '../../../src/translation/outputs/out-folder.js';
import { temporaryFolder } from '../../data/folder.js';
import { problemOf } from '../../problem-of.js';

const made: MadeWith = { sha256: 'a', generator: 'horse, step 10', direction: 'AtoB', size: 'keep', format: 'keep', side_by_side: false }; // prettier-ignore

test('a new folder is made, and is taken again by the same translation', async (t) => {
  const dir = join(await temporaryFolder(t), 'new/out');
  await claimFolder(dir, made, false);
  writeFileSync(join(dir, 'a.png'), '');
  await claimFolder(dir, made, false);
});

test('the same generator at another place is the same', async (t) => {
  const dir = join(await temporaryFolder(t), 'out');
  await claimFolder(dir, made, false);
  await claimFolder(dir, { ...made, generator: 'the bundle of horse' }, false);
});

for (const [what, change, message] of [
  ['another generator', { sha256: 'b' }, /another generator \(horse, step 10, AtoB\)/],
  ['another size', { size: 256 }, /--size keep/],
  ['another format', { format: 'png' }, /--format keep/],
  ['pairs', { side_by_side: true }, /--side-by-side false/],
] as const) {
  test(`a folder of translations with ${what} is refused, and taken with force`, async (t) => {
    const dir = join(await temporaryFolder(t), 'out');
    await claimFolder(dir, made, false);
    const problem = await problemOf(claimFolder(dir, { ...made, ...change }, false));
    assert.equal(problem.code, 'other-translations');
    assert.match(problem.message, message);
    await claimFolder(dir, { ...made, ...change }, true);
    await claimFolder(dir, { ...made, ...change }, false);
  });
}

test('a folder of other files is refused', async (t) => {
  const dir = await temporaryFolder(t);
  writeFileSync(join(dir, 'holiday.jpg'), '');
  const problem = await problemOf(claimFolder(dir, made, false));
  assert.match(problem.message, /holiday[.]jpg/);
});

test('a damaged record is as that of another translation', async (t) => {
  const dir = await temporaryFolder(t);
  writeFileSync(join(dir, '.translations.json'), '{"sha');
  assert.equal((await problemOf(claimFolder(dir, made, false))).code, 'other-translations');
});
