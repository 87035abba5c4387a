import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { loadTensorFlow } from '../../src/engine/native.js';
import type { Network } from '../../src/registry/kinds/network.js';
import { readClientFiles } from '../../src/web/client-files.js';
import type { DemoFacts } from '../../src/web/demo-facts.js';
import { writeDemo } from '../../src/web/write-demo.js';
import { generatorOf, GENERATORS, temporary } from '../export/rig.js';

before(() => loadTensorFlow());

const ANY_SIZE = GENERATORS['ResNet']!;
const OPTIONS = { precision: 'float16', domains: null } as const;

async function factsOf(dir: string): Promise<DemoFacts> {
  return JSON.parse(await readFile(join(dir, 'demo.json'), 'utf8')) as DemoFacts;
}

describe('the folder of the page', () => {
  test('has the checksum of every other file in the addresses under which browsers keep it', async (t) => {
    const dir = temporary(t);
    await writeDemo([generatorOf(ANY_SIZE)], dir, OPTIONS);
    const { files } = await factsOf(dir);
    for (const [file, sum] of Object.entries(files)) {
      const whole = createHash('sha256').update(await readFile(join(dir, file))).digest('hex'); // prettier-ignore
      assert.equal(sum, whole.slice(0, 16), file);
    }
    const page = await readFile(join(dir, 'index.html'), 'utf8');
    const named = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, address]) => address!);
    assert.deepEqual(
      named.sort(),
      ['demo.js', 'icon.svg', 'style.css'].map((file) => `${file}?v=${files[file]}`),
    );
    const worker = await readFile(join(dir, 'sw.js'), 'utf8');
    assert.ok(worker.startsWith(`const FILES = ${JSON.stringify(files)};`));
  });

  test('names no other host, and the page allows none', async (t) => {
    const dir = temporary(t);
    await writeDemo([generatorOf(ANY_SIZE)], dir, OPTIONS);
    const page = await readFile(join(dir, 'index.html'), 'utf8');
    assert.doesNotMatch(page, /https?:\/\//);
    assert.match(page, /default-src 'none'.*connect-src 'self'/);
  });

  test('has a test image with the translation of the generator as it is stored', async (t) => {
    const dir = temporary(t);
    await writeDemo([generatorOf(ANY_SIZE)], dir, OPTIONS);
    const [{ check, sizes }] = (await factsOf(dir)).directions as [DemoFacts['directions'][0]];
    const bytes = await readFile(join(dir, check.file));
    assert.equal(check.side, 64);
    assert.deepEqual(sizes, generatorOf(ANY_SIZE).network.sizes);
    assert.equal(bytes.length, 2 * 64 * 64 * 3);
    const [image, translation] = [bytes.subarray(0, bytes.length / 2), bytes.subarray(bytes.length / 2)];
    assert.ok(new Set(image).size > 50 && new Set(translation).size > 50, 'neither is blank');
    assert.notDeepEqual(image, translation);
  });

  test('takes the size of the training alone, where the generator does not declare others', async (t) => {
    const dir = temporary(t);
    const whole = generatorOf(ANY_SIZE).network;
    const network: Network = { weights: whole.weights, apply: (weights, x) => whole.apply(weights, x) };
    await writeDemo([generatorOf(ANY_SIZE, { network })], dir, OPTIONS);
    const [{ check, sizes }] = (await factsOf(dir)).directions as [DemoFacts['directions'][0]];
    assert.deepEqual([sizes, check.side], [null, 16]);
  });

  test('has the names of the domains: given, or those in the run’s name', async (t) => {
    const title = async (runName: string, domains: readonly string[] | null, both = true) => {
      const dir = temporary(t);
      const directions = both ? (['AtoB', 'BtoA'] as const) : (['BtoA'] as const);
      const generators = directions.map((direction) => generatorOf(ANY_SIZE, { direction, runName }));
      await writeDemo(generators, dir, { ...OPTIONS, domains });
      return /<h1>(.*)<\/h1>/.exec(await readFile(join(dir, 'index.html'), 'utf8'))?.[1];
    };
    assert.equal(await title('horse2zebra-resnet-1234abcd', null), 'horse ↔ zebra');
    assert.equal(await title('quickstart-1234abcd', null), 'A ↔ B');
    assert.equal(await title('quickstart-1234abcd', ['<day>', 'night'], false), 'night → &#60;day&#62;');
  });
});

/** Bytes of all scripts, and compressed as servers send them; a browser loads a part of them. */
const MOST_BYTES = 1_250_000;
const MOST_COMPRESSED = 320_000;

test('the scripts of the page stay below 1.25 MB, 0.32 MB compressed', async (t) => {
  const { files } = await readClientFiles();
  const scripts = [...files].filter(([name]) => name.endsWith('.js')).map(([, content]) => content);
  const bytes = scripts.reduce((sum, { length }) => sum + length, 0);
  const compressed = scripts.reduce((sum, script) => sum + gzipSync(script).length, 0);
  t.diagnostic(`${bytes} bytes, ${compressed} compressed`);
  assert.ok(bytes < MOST_BYTES, String(bytes));
  assert.ok(compressed < MOST_COMPRESSED, String(compressed));
  assert.ok(!scripts.some((script) => /["'`]node:|libvips/.test(script.toString())), 'nothing of Node is in them');
});

test('the folder has nothing that the page does not name', async (t) => {
  const dir = temporary(t);
  const files = await writeDemo([generatorOf(ANY_SIZE)], dir, OPTIONS);
  const { files: named } = await factsOf(dir);
  const there = await readdir(dir, { recursive: true });
  const onlyFiles = await Promise.all(
    there.map(async (name) => ((await stat(join(dir, name))).isFile() ? [name] : [])),
  );
  assert.deepEqual([...Object.keys(named), 'index.html', 'demo.json', 'sw.js'].sort(), onlyFiles.flat().sort());
  assert.deepEqual([...files].sort(), onlyFiles.flat().sort());
});
