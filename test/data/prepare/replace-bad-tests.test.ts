import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { folder } from '../../../src/data/sources/folder/folder-source.js';
import { writeStore } from '../../../src/data/prepare/store-writer.js';
import { ownCache } from '../sources/rig.js';
import { OPTIONS, plain, problemsOf, put, recordsIn, temporaryFolder, work } from '../rig.js';

ownCache();

/** A folder for each domain with `count` images of different colours. */
async function domains(t: TestContext, count = 6): Promise<string> {
  const dir = await temporaryFolder(t);
  for (const [domain, blue] of [
    ['A', 0],
    ['B', 200],
  ] as const) {
    // prettier-ignore
    for (let i = 0; i < count; i++) {
      const image = await plain(`rgb(${i * 20},0,${blue})`, 32, 32).png().toBuffer();
      await put(dir, { [`${domain}/${i}.png`]: image });
    }
  }
  return dir;
}

const source = (path: string, split: { readonly test_share?: number; readonly split_seed?: number } = {}) =>
  folder.create({ path, domains: null, test_share: 0.1, split_seed: 0, ...split }, { limit: null, imageSize: 8 });

/** Replaces an image by a truncated one that the split draws for tests. */
async function breakOne(dir: string, name: string): Promise<number> {
  await put(dir, { [name]: (await plain('#123456', 32, 32).png().toBuffer()).subarray(0, 60) });
  for (let seed = 0; ; seed++) {
    const drawn = await source(dir, { split_seed: seed }).list('testA');
    if (drawn.some((image) => image.name === name)) return seed;
  }
}

test('a bad image drawn for tests is replaced by the next in the split’s order and reported', async (t) => {
  const dir = await domains(t);
  const split_seed = await breakOne(dir, 'A/2.png');
  const data = source(dir, { split_seed });
  const before = await data.identity();
  const next = (await data.spares!('testA'))![0]!.name;
  const out = await temporaryFolder(t);
  const written = (await writeStore(out, data, { ...OPTIONS, max_bad: 0.2 }, work()))!;
  assert.deepEqual(written.replaced, [{ split: 'testA', bad: ['A/2.png'], by: [next] }]);
  const records = await recordsIn(out);
  const of = (split: string) => records.filter((record) => record.split === split).map(({ name }) => name);
  assert.deepEqual(of('testA'), [next]);
  assert.deepEqual(
    of('trainA'),
    ['0', '1', '2', '3', '4', '5'].map((i) => `A/${i}.png`).filter((name) => name !== next),
  );
  assert.ok(records.some((record) => 'reason' in record && record.split === 'trainA' && record.name === 'A/2.png'));
  assert.deepEqual([of('testB').length, of('trainB').length], [1, 5]);
  // The same result and identity again: the replacement follows from the content, which the identity covers.
  const again = await temporaryFolder(t);
  const other = (await writeStore(again, source(dir, { split_seed }), { ...OPTIONS, max_bad: 0.2 }, work()))!;
  assert.deepEqual(other.index.splits, written.index.splits);
  assert.deepEqual(await source(dir, { split_seed }).identity(), before);
});

test('a replacement moves to the tests together with its copies', async (t) => {
  const dir = await domains(t, 3);
  const split_seed = await breakOne(dir, 'A/2.png');
  const spare = (await source(dir, { split_seed }).spares!('testA'))![0]!;
  await put(dir, { 'A/copy.png': await spare.read() });
  const written = (await writeStore(await temporaryFolder(t), source(dir, { split_seed }), OPTIONS, work()))!;
  assert.deepEqual(written.replaced[0]!.by, [spare.name, 'A/copy.png']);
  assert.equal(written.findings.leaks, 0);
});

test('a given split keeps its bad images, and so does any split with on_bad_image: fail', async (t) => {
  const dir = await domains(t);
  const split_seed = await breakOne(dir, 'A/2.png');
  const fatal = writeStore(
    await temporaryFolder(t),
    source(dir, { split_seed }),
    { ...OPTIONS, on_bad_image: 'fail' },
    work(),
  );
  assert.match((await problemsOf(fatal))[0]!.message, /^A\/2\.png /);
  const given = await temporaryFolder(t);
  const good = await plain('#777').png().toBuffer();
  await put(given, { 'trainA/1.png': good, 'trainB/1.png': good, 'testA/1.png': 'x', 'testB/1.png': good });
  assert.equal(await source(given).spares!('testA'), undefined);
  const [problem] = await problemsOf(writeStore(await temporaryFolder(t), source(given), OPTIONS, work()));
  assert.match(problem!.message, /None of the 1 images of testA can be used/);
  assert.equal(problem!.cure, 'Repair them, or add images of domain A that an image viewer can open.');
});

test('a domain with one good image is a problem with a cure that works', async (t) => {
  const dir = await domains(t, 2);
  const split_seed = await breakOne(dir, 'A/1.png');
  const [problem] = await problemsOf(
    writeStore(await temporaryFolder(t), source(dir, { split_seed }), OPTIONS, work()),
  );
  assert.match(problem!.cure!, /add images of domain A that/);
});
