import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { shardFiles } from '../../../src/data/sources/shards/shard-files.js';
import { tfrecord, type TfrecordOptions } from '../../../src/data/sources/shards/tfrecord-source.js';
import { webdataset, type WebdatasetOptions } from '../../../src/data/sources/shards/webdataset-source.js';
import type { DatasetSource } from '../../../src/registry/kinds/dataset.js';
import { matchNames } from '../../../src/data/batches/match-names.js';
import { tar as tarOf, type TestEntry } from '../archives.js';
import { quietWork } from '../quiet-work.js';
import { plain, recordsIn, storeOf } from '../rig.js';
import { namesOf, ownCache, problemsOf, put, temporaryFolder } from './rig.js';
import { example, tfrecordFile } from './tfrecords.js';

ownCache();

const SITE = { limit: null, imageSize: 8 };
const NONE = { testA: null, testB: null, valA: null, valB: null, test_share: 0.1, split_seed: 0 };
const FACTS = { imageSize: 8, epochs: 1, pairing: 'unpaired' as const };

const tar = (files: Readonly<Record<string, string | Uint8Array>>) =>
  tarOf(...Object.entries(files).map(([name, content]) => ({ name, content })));
/** A TFRecord file of texts in place of encoded images. */
const records = (...texts: readonly string[]) => tfrecordFile(texts.map((image) => example({ image, label: 'x' })));
const samples = (...texts: readonly string[]) =>
  tar(Object.fromEntries(texts.flatMap((text, i) => [[`${i}.jpg`, text], [`${i}.json`, '{}']]))); // prettier-ignore

async function folder(t: TestContext, files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const dir = await temporaryFolder(t);
  await put(dir, files);
  return dir;
}

const FORMATS = {
  tfrecord: (dir: string, options: Partial<TfrecordOptions> = {}) =>
    tfrecord.create(
      { ...NONE, trainA: join(dir, 'trainA*'), trainB: join(dir, 'trainB*'), feature: 'image', ...options },
      SITE,
    ),
  webdataset: (dir: string, options: Partial<WebdatasetOptions> = {}) =>
    webdataset.create(
      { ...NONE, trainA: join(dir, 'trainA*'), trainB: join(dir, 'trainB*'), key: null, ...options },
      SITE,
    ),
};
const TYPES = [['tfrecord', records], ['webdataset', samples]] as const; // prettier-ignore

async function textsOf(source: DatasetSource) {
  const read = async (split: 'trainA' | 'trainB' | 'testA' | 'testB') =>
    Promise.all((await source.list(split)).map(async (image) => Buffer.from(await image.read()).toString()));
  return [await read('trainA'), await read('trainB'), await read('testA'), await read('testB')];
}

for (const [type, shard] of TYPES) {
  describe(`dataset.type: ${type}`, () => {
    const source = FORMATS[type];
    const given = (dir: string) => source(dir, { testA: join(dir, 'testA*'), testB: join(dir, 'testB*') });

    test('has the images of all shards of a pattern, in the order of their names, read one by one', async (t) => {
      const files = { 'trainA-1': shard('a1', 'a2'), 'trainA-0': shard('a0'), 'trainB-0': shard('b0'), testA: shard('c'), testB: shard('d') }; // prettier-ignore
      const dir = await folder(t, files);
      const set = given(dir);
      const work = quietWork();
      await set.prepare!(work);
      assert.deepEqual(await textsOf(set), [['a0', 'a1', 'a2'], ['b0'], ['c'], ['d']]); // prettier-ignore
      const last = work.progressReports.at(-1)!;
      assert.deepEqual([last.unit, last.done, last.total], ['files', 5, 5]);
      const { trainA } = await namesOf(set);
      assert.match(trainA[1]!, /^trainA-1\/0(00000|\.jpg)$/);
      const provenance = await set.provenance!();
      assert.deepEqual((provenance['shards'] as Record<string, unknown>)['trainA'], ['trainA-0', 'trainA-1']);
    });

    test('is identified by the names and contents of the shards, wherever they lie', async (t) => {
      const files = { trainA: shard('a', 'b'), trainB: shard('c', 'd') };
      const [here, there] = [await folder(t, files), await folder(t, files)];
      const identity = await source(here).identity();
      assert.deepEqual(await source(there).identity(), identity);
      await put(there, { trainB: shard('c', 'e') });
      assert.notDeepEqual(await source(there).identity(), identity);
      await rename(join(here, 'trainA'), join(here, 'trainA2'));
      assert.notDeepEqual(await source(here).identity(), identity);
    });

    test('has tests drawn by the content of its images, wherever they lie in the shards', async (t) => {
      const texts = Array.from({ length: 10 }, (_, i) => `image ${i}`);
      const one = await folder(t, { trainA: shard(...texts), trainB: shard(...texts) });
      const two = await folder(t, { trainA0: shard(...texts.slice(5)), trainA1: shard(...texts.slice(0, 5)), trainB: shard(...texts) }); // prettier-ignore
      const [[, , first], [, , second]] = [await textsOf(source(one)), await textsOf(source(two))];
      assert.equal(first!.length, 1);
      assert.deepEqual(second, first);
    });

    test('has validation images of its own, which are a part of their own of its identity', async (t) => {
      const files = { trainA: shard('a', 'b'), trainB: shard('c', 'd'), valA: shard('e'), valB: shard('f') };
      const dir = await folder(t, files);
      const set = source(dir, { valA: join(dir, 'valA'), valB: join(dir, 'valB') });
      assert.equal(await set.hasValidation!(), true);
      assert.deepEqual(
        (await set.validation!('valA')).map(({ name }) => name.split('/')[0]),
        ['valA'],
      );
      const { validation, ...rest } = (await set.identity()) as { validation: object };
      assert.deepEqual(Object.keys(validation), ['valA', 'valB']);
      assert.deepEqual(rest, await source(dir).identity());
    });

    test('keeps the identity of its training, wherever its validation images lie', async (t) => {
      const files = { 'train/trainA': shard('a', 'b'), 'train/trainB': shard('c', 'd') };
      const dir = await folder(t, { ...files, 'train/valA': shard('e'), 'other/valA': shard('e') });
      const train = join(dir, 'train');
      const identity = async (options: Partial<TfrecordOptions & WebdatasetOptions>) =>
        (await source(train, options).identity()) as { readonly validation?: unknown };
      const val = (path: string) => ({ valA: join(dir, path), valB: join(dir, path) });
      const { validation: beside, ...rest } = await identity(val('train/valA'));
      const { validation: elsewhere, ...others } = await identity(val('other/valA'));
      assert.deepEqual([rest, others], [await identity({}), await identity({})]);
      assert.deepEqual(elsewhere, beside);
    });

    test('refuses a shard that is cut short anywhere, and says so', async (t) => {
      const whole = shard('a'.repeat(900), 'b'.repeat(900));
      for (const length of [whole.length - 1025, 1000, 520, 13]) {
        const dir = await folder(t, { trainA: whole.subarray(0, length), trainB: shard('c') });
        const [problem] = await problemsOf(source(dir).list('trainA'));
        assert.match(problem!.code, /^(damaged|unsupported)-(shard|archive)$/, `${length}`);
        assert.match(problem!.message, /trainA/);
      }
    });

    test('refuses shards that are compressed as a whole', async (t) => {
      const dir = await folder(t, { trainA: gzipSync(shard('a')), trainB: shard('c') });
      const [problem] = await problemsOf(source(dir).list('trainA'));
      assert.equal(problem!.code, 'unsupported-shard');
      assert.match(problem!.message, /trainA is compressed as a whole/);
    });

    test('with a pair in each entry needs the same shards for both domains', () => {
      const both = ['in', 'out'] as const;
      const options = { ...NONE, trainA: 'a', trainB: 'b', feature: both, key: both };
      const component = type === 'tfrecord' ? tfrecord : webdataset;
      assert.match(component.check!(options, FACTS)[0]!.message, /dataset\.trainA and dataset\.trainB differ/);
      assert.deepEqual(component.check!({ ...options, trainB: 'a' }, FACTS), []);
    });

    test('needs tests of both domains or of none', () => {
      const options = { ...NONE, trainA: 'a', trainB: 'b', feature: 'image', key: null, testA: 'c' };
      const component = type === 'tfrecord' ? tfrecord : webdataset;
      const [problem] = component.check!(options, FACTS);
      assert.deepEqual(
        [problem!.path, problem!.message],
        [['testA'], 'dataset.testA is given, and dataset.testB is not.'],
      );
      assert.deepEqual(component.check!({ ...options, testB: 'd' }, FACTS), []);
    });

    test('is prepared like any other data set', async (t) => {
      const png = (colour: string) => plain(colour).png().toBuffer();
      const [a, b] = [await png('#f00'), await png('#00f')];
      const pack = (image: Buffer) =>
        type === 'tfrecord' ? tfrecordFile([example({ image })]) : tar({ '0.png': image });
      const dir = await folder(t, { trainA: pack(a), trainB: pack(b), testA: pack(a), testB: pack(b) });
      const store = await storeOf(t, given(dir));
      assert.deepEqual([...(await store.read('trainA', 0)).data.subarray(0, 3)], [255, 0, 0]);
      assert.deepEqual([...(await store.read('testB', 0)).data.subarray(0, 3)], [0, 0, 255]);
    });
  });
}

describe('a TFRecord file', () => {
  test('with a damaged record has one bad image, with its reason, and the others are used', async (t) => {
    const png = async (grey: number) => plain(`rgb(${grey},${grey},${grey})`).png().toBuffer();
    const images = [await png(1), await png(2), await png(3)];
    const bytes = tfrecordFile(images.map((image) => example({ image })));
    const at = bytes.indexOf(images[1]!) + 20;
    bytes[at]! ^= 1;
    const dir = await folder(t, {
      trainA: bytes,
      trainB: bytes,
      testA: tfrecordFile([example({ image: images[0]! })]),
    });
    const store = await storeOf(t, FORMATS.tfrecord(dir, { testA: join(dir, 'testA'), testB: join(dir, 'testA') }));
    assert.equal(store.count('trainA'), 2);
    const bad = (await recordsIn(store.dir)).find((record) => 'reason' in record);
    assert.deepEqual(bad, { split: 'trainA', name: 'trainA/000001', reason: 'is damaged (its checksum differs)' });
  });

  test('with a wrong length is refused with the place, as all behind it is lost', async (t) => {
    const bytes = records('a', 'b');
    const second = records('a').length;
    bytes[second]! ^= 1;
    const dir = await folder(t, { trainA: bytes, trainB: records('c') });
    const [problem] = await problemsOf(FORMATS.tfrecord(dir).list('trainA'));
    assert.equal(problem!.code, 'damaged-shard');
    assert.match(problem!.message, new RegExp(`wrong checksum at byte ${second}, where record 1 begins`));
  });

  test('may have its images in another feature; without it, the problem names those there are', async (t) => {
    const bytes = tfrecordFile([example({ 'image/encoded': 'x', label: 'y' })]);
    const dir = await folder(t, { trainA: bytes, trainB: bytes });
    const [problem] = await problemsOf(FORMATS.tfrecord(dir).list('trainA'));
    assert.equal(problem!.code, 'unsupported-shard');
    assert.match(problem!.message, /its first record has no feature "image", only image\/encoded, label\.$/);
    assert.match(problem!.cure!, /dataset\.feature/);
    const both = { feature: 'image/encoded', testA: join(dir, 'trainA'), testB: join(dir, 'trainB') };
    assert.deepEqual(await textsOf(FORMATS.tfrecord(dir, both)), [['x'], ['x'], ['x'], ['x']]); // prettier-ignore
  });

  test('of another kind, or of records that are no examples, is refused', async (t) => {
    const refusal = async (bytes: Uint8Array) => {
      const dir = await folder(t, { trainA: bytes, trainB: records('c') });
      return (await problemsOf(FORMATS.tfrecord(dir).list('trainA')))[0]!.message;
    };
    assert.match(await refusal(samples('a')), /is not a TFRecord file/);
    assert.match(await refusal(Buffer.from('x')), /is not a TFRecord file/);
    assert.match(await refusal(tfrecordFile([Buffer.from('no example')])), /is no tf\.train\.Example/);
    assert.match(await refusal(Buffer.alloc(0)), /no images in/);
  });

  test('with a pair in each record has them matched by the record', async (t) => {
    const record = (i: number) => example({ input: `in ${i}`, target: `out ${i}` });
    const dir = await folder(t, { all: tfrecordFile([record(1), record(2), record(3), record(4)]) });
    const pattern = join(dir, 'all');
    const options = { trainA: pattern, trainB: pattern, feature: ['input', 'target'] as const, paired: true };
    const set = FORMATS.tfrecord(dir, options);
    const [trainA, trainB] = await textsOf(set);
    assert.deepEqual(trainB, trainA!.map((text) => text.replace('in', 'out'))); // prettier-ignore
    const names = await namesOf(set);
    assert.equal(matchNames(names.trainA, names.trainB).length, 3);
  });

  test('that is empty beside others is no problem, as programs that write many shards leave some so', async (t) => {
    const dir = await folder(t, { trainA0: Buffer.alloc(0), trainA1: records('a'), trainB: records('b') });
    const set = FORMATS.tfrecord(dir, { testA: join(dir, 'trainA1'), testB: join(dir, 'trainB') });
    assert.deepEqual((await textsOf(set))[0], ['a']);
  });

  test('has no names, so a method of pairs is refused when the config is read, unless records hold pairs', () => {
    const check = (facts: typeof FACTS | { pairing: 'paired' }, changes: Partial<TfrecordOptions> = {}) => {
      const options = { ...NONE, trainA: 'a', trainB: 'a', feature: 'image', ...changes };
      const all = { ...FACTS, ...facts };
      return tfrecord.check!(tfrecord.resolve!(options, all) as unknown as TfrecordOptions, all);
    };
    const [problem, ...others] = check({ pairing: 'paired' });
    assert.match(problem!.message, /matched by name/);
    assert.deepEqual([problem!.against, others], ['pairing', []]);
    assert.deepEqual(check(FACTS, { paired: true })[0]!.path, ['paired']);
    assert.deepEqual(check(FACTS), []);
    assert.deepEqual(check({ pairing: 'paired' }, { feature: ['input', 'target'] }), []);
  });
});

describe('a shard of WebDataset', () => {
  test('may have long names, folders, hidden files and other keys', async (t) => {
    const long = `${'deep/'.repeat(30)}${'n'.repeat(60)}.JPEG`;
    const dir = await folder(t, {
      trainA: tar({ './x/1.jpg': 'a', './x/1.cls': '7', [long]: 'b', 'x/._1.jpg': 'mac', 'x/2.txt': 'text' }),
      trainB: samples('c'),
    });
    const set = FORMATS.webdataset(dir, { testA: join(dir, 'trainA'), testB: join(dir, 'trainB') });
    assert.deepEqual((await textsOf(set))[0], ['a', 'b'].sort());
  });

  test('with a link in place of an image is refused; other links do not matter', async (t) => {
    const file = { name: '1.jpg', content: 'a' };
    const refusal = async (...entries: readonly TestEntry[]) => {
      const dir = await folder(t, { trainA: tarOf(file, ...entries), trainB: samples('c') });
      return (await problemsOf(FORMATS.webdataset(dir).list('trainA')))[0]!;
    };
    for (const [type, kind] of [['Link', 'hard link'], ['SymbolicLink', 'symbolic link']] as const) {
      const { code, message, cure } = await refusal({ name: '2.jpg', type, link: '1.jpg' });
      assert.equal(code, 'unsupported-shard');
      assert.match(message, new RegExp(`trainA has a ${kind} in place of an image: 2\\.jpg\\.$`));
      assert.match(cure!, /--hard-dereference/);
    } // prettier-ignore
    const shard = tarOf(file, { name: '2.json', type: 'Link', link: '1.json' });
    const dir = await folder(t, { trainA: shard, trainB: samples('c') });
    const set = FORMATS.webdataset(dir, { testA: join(dir, 'trainA'), testB: join(dir, 'trainB') });
    assert.deepEqual((await textsOf(set))[0], ['a']);
  });

  test('may be several archives one behind the other, and nothing else may follow its end', async (t) => {
    const [one, two] = [tar({ '1.jpg': 'a' }), tar({ '2.jpg': 'b' })];
    const listed = async (...parts: readonly Uint8Array[]) => {
      const dir = await folder(t, { trainA: Buffer.concat(parts), trainB: samples('c') });
      return textsOf(FORMATS.webdataset(dir, { testA: join(dir, 'trainA'), testB: join(dir, 'trainB') }));
    };
    // An archive may be filled up with zeros.
    assert.deepEqual((await listed(one, Buffer.alloc(18 * 512), two, Buffer.alloc(700)))[0], ['a', 'b']);
    const [cut] = await problemsOf(listed(one, two.subarray(0, 1024)));
    assert.match(cut!.message, /was cut short: its end is missing/);
    for (const rest of [Buffer.alloc(512, 'x'), Buffer.from('x')]) {
      const [problem] = await problemsOf(listed(one, rest));
      assert.match(problem!.message, new RegExp(`has no valid header at byte ${one.length}`));
    }
  });

  test('with two images in a sample needs the key of one', async (t) => {
    const shard = tar({ '1.in.png': 'a', '1.out.png': 'b', '2.in.png': 'c', '2.out.png': 'd' });
    const dir = await folder(t, { trainA: shard, trainB: shard });
    const [problem] = await problemsOf(FORMATS.webdataset(dir).list('trainA'));
    assert.match(problem!.message, /two images of one sample: 1\.in\.png and 1\.out\.png/);
    assert.match(problem!.cure!, /dataset\.key: in\.png, or out\.png/);
    const keyed = FORMATS.webdataset(dir, { key: 'out.png', testA: join(dir, 'trainA'), testB: join(dir, 'trainB') });
    assert.deepEqual((await textsOf(keyed))[0], ['b', 'd']);
  });

  test('without images is refused, and the problem names the keys there are', async (t) => {
    const dir = await folder(t, { trainA: tar({ '1.npy': 'x', '1.cls': '1' }), trainB: samples('c') });
    const [problem] = await problemsOf(FORMATS.webdataset(dir).list('trainA'));
    assert.match(problem!.message, /holds no images; found the keys npy, cls\.$/);
    const many = tar(Object.fromEntries([...'abcdefgh'].map((key) => [`1.${key}`, 'x'])));
    const [other] = await problemsOf(
      FORMATS.webdataset(await folder(t, { trainA: many, trainB: many })).list('trainA'),
    );
    assert.match(other!.message, /found the keys a, b, c, d, e, f\.\.\.\.$/);
    const [wrong] = await problemsOf(FORMATS.webdataset(dir, { key: 'png' }).list('trainA'));
    assert.match(wrong!.message, /^dataset\.key: .* holds no files with the key png; found/);
  });

  test('that holds both images of pairs has them matched by their samples, by name', async (t) => {
    const shard = (...samples: readonly string[]) =>
      tar(Object.fromEntries(samples.flatMap((name) => [[`${name}.in.png`, `in ${name}`], [`${name}.out.jpg`, `out ${name}`]]))); // prettier-ignore
    const dir = await folder(t, { 'train-0': shard('1', '2', '3'), 'train-1': shard('4', '5') });
    const pattern = join(dir, 'train-*');
    const options = { trainA: pattern, trainB: pattern, key: ['in.png', 'out.jpg'] as const, paired: true };
    const set = FORMATS.webdataset(dir, options);
    const [trainA, trainB, testA, testB] = await textsOf(set);
    assert.deepEqual(trainB, trainA!.map((text) => text.replace('in', 'out'))); // prettier-ignore
    assert.deepEqual([trainA!.length, testB], [4, testA!.map((text) => text.replace('in', 'out'))]);
    const names = await namesOf(set);
    assert.equal(matchNames(names.trainA, names.trainB).length, 4);
    assert.match(names.trainA[0]!, /^train-0\/1 \(A\)$/);
  });

  test('keeps pairs together, which have the same names in the shards of both domains', async (t) => {
    const shard = (prefix: string) => tar(Object.fromEntries([0, 1, 2, 3].map((i) => [`${i}.png`, `${prefix}${i}`])));
    const dir = await folder(t, { 'trainA-0': shard('a'), 'trainB-0': shard('b') });
    const set = FORMATS.webdataset(dir, { paired: true });
    const [trainA, trainB] = await textsOf(set);
    assert.deepEqual(trainA!.map((text) => text[1]), trainB!.map((text) => text[1])); // prettier-ignore
    assert.equal(trainA!.length, 3);
  });
});

describe('a pattern of shards', () => {
  const OPTION = 'dataset.trainA';
  const found = async (dir: string, pattern: string) =>
    (await shardFiles(join(dir, pattern), OPTION)).map((path) => path.slice(dir.length + 1));

  test('has wildcards, also for folders, alternatives and ranges of numbers', async (t) => {
    const names = ['a-00.tar', 'a-01.tar', 'a-10.tar', 'b.tar', 'x/a-00.tar', 'x/y/c.tar'];
    const dir = await folder(t, Object.fromEntries(names.map((name) => [name, name])));
    assert.deepEqual(await found(dir, 'b.tar'), ['b.tar']);
    assert.deepEqual(await found(dir, 'a-*.tar'), names.slice(0, 3));
    assert.deepEqual(await found(dir, '**/*.tar'), [...names].sort());
    assert.deepEqual(await found(dir, '*/a-00.tar'), ['x/a-00.tar']);
    assert.deepEqual(await found(dir, '{b,x/y/c}.tar'), ['b.tar', 'x/y/c.tar']);
    assert.deepEqual(await found(dir, 'a-{00..01}.tar'), ['a-00.tar', 'a-01.tar']);
  });

  test('whose range falls, or whose ranges stand for more than a million files, is refused', async () => {
    const refusal = async (pattern: string) => (await problemsOf(shardFiles(pattern, OPTION)))[0]!;
    const falling = await refusal('/data/a-{5..1}.tar');
    assert.equal(falling.code, 'shard-range');
    assert.equal(
      falling.message,
      'dataset.trainA: the range {5..1} of /data/a-{5..1}.tar has no numbers, as it falls.',
    );
    assert.equal(falling.cure, 'Write it as {1..5}.');
    for (const pattern of ['a-{0..1000000}', 'a-{0000..9999}-{0..100}', `{0..${'9'.repeat(30)}}`]) {
      const { code, message } = await refusal(pattern);
      assert.equal(code, 'shard-range');
      assert.equal(message, `dataset.trainA: the ranges of ${pattern} stand for more than 1,000,000 files.`);
    }
  });

  test('whose range lacks files is refused, with the first missing one', async (t) => {
    const dir = await folder(t, { 'a-08.tar': 'x', 'a-10.tar': 'x' });
    const [problem] = await problemsOf(shardFiles(join(dir, 'a-{08..11}.tar'), OPTION));
    assert.match(
      problem!.message,
      /^dataset\.trainA: there is no file .*a-09\.tar and 1 more\. Found in .*: a-08\.tar, a-10\.tar\.$/,
    );
  });

  test('that matches nothing is refused, and the problem says what lies there', async (t) => {
    const dir = await folder(t, { 'b.tar': 'x' });
    const message = async (pattern: string) => (await problemsOf(shardFiles(join(dir, pattern), OPTION)))[0]!.message;
    assert.match(await message('a*.tar'), /no file matches .*a\*\.tar\. Found in .*: b\.tar\.$/);
    assert.match(await message('none/a.tar'), /there is no file .*a\.tar\. There is no folder .*none\.$/);
  });

  test('may be the literal name of a file', async (t) => {
    const dir = await folder(t, { 'a[1].tar': 'x' });
    assert.deepEqual(await found(dir, 'a[1].tar'), ['a[1].tar']);
  });
});
