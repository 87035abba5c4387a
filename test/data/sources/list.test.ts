import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { list, type ListOptions } from '../../../src/data/sources/list/list-source.js';
import { quietWork } from '../quiet-work.js';
import { namesOf, ownCache, problemsOf, put, temporaryFolder } from './rig.js';

ownCache();

const IMAGES = { 'p/1.jpg': 'a', 'p/2.jpg': 'b', 'p/3.jpg': 'c', 'p/4.jpg': 'd', 'p/5.jpg': 'e', 'p/6.jpg': 'f' };
const SPLIT = { trainA: ['p/1.jpg'], trainB: ['p/2.jpg'], testA: ['p/3.jpg'], testB: ['p/4.jpg'] };

async function listed(t: TestContext, text: string, options: Partial<ListOptions> = {}, name = 'list.csv') {
  const dir = await temporaryFolder(t);
  await put(dir, { ...IMAGES, [name]: text });
  const path = join(dir, name);
  const source = list.create(
    { path, root: null, domains: null, test_share: 0.1, split_seed: 0, ...options },
    { limit: null, imageSize: 8 },
  );
  return { dir, path, source };
}

/** The problems of a list, without its path. */
async function problemsIn(t: TestContext, text: string, options: Partial<ListOptions> = {}, name = 'list.csv') {
  const { path, source } = await listed(t, text, options, name);
  return (await problemsOf(source.identity())).map(({ message }) => message.replaceAll(path, name));
}

test('a list can be CSV with splits, in any order of rows and columns, with other columns', async (t) => {
  const text =
    '\ufeffnote,Split,FILE\r\n"a, b",testB,p/4.jpg\r\n,trainB,p/2.jpg\r\n\r\n,TRAINA,p/1.jpg\r\n,testA,p/3.jpg\r\n';
  const { source } = await listed(t, text);
  assert.deepEqual(await namesOf(source), SPLIT);
  const [image] = await source.list('testB');
  assert.equal(Buffer.from(await image!.read()).toString(), 'd');
});

test('a list can have separate columns for domain and split, with custom domain names', async (t) => {
  const text = 'file,domain,split\np/1.jpg,horse,train\np/2.jpg,zebra,train\np/3.jpg,horse,test\np/4.jpg,B,test\n';
  assert.deepEqual(await namesOf((await listed(t, text, { domains: ['horse', 'zebra'] })).source), SPLIT);
});

test('a list can be JSON lines or tab-separated values', async (t) => {
  const lines = Object.entries(SPLIT).map(([split, [file]]) => JSON.stringify({ file, split, other: { x: 1 } }));
  assert.deepEqual(await namesOf((await listed(t, lines.join('\n'), {}, 'list.jsonl')).source), SPLIT);
  const tabs = `file\tsplit\n${Object.entries(SPLIT).map(([split, [file]]) => `${file}\t${split}\n`).join('')}`; // prettier-ignore
  assert.deepEqual(await namesOf((await listed(t, tabs, {}, 'list.tsv')).source), SPLIT);
});

test('semicolons and tabs are separators if the header uses them', async (t) => {
  const splits = Object.entries(SPLIT);
  for (const sign of [';', '\t']) {
    const rows = splits.map(([split, [file]]) => `"a, b";${split};${file}`.replaceAll(';', sign));
    const text = ['"note, long, too";Split;File'.replaceAll(';', sign), ...rows].join('\r\n');
    assert.deepEqual(await namesOf((await listed(t, text)).source), SPLIT);
  }
});

test('a binary file is refused as not a text', async (t) => {
  assert.deepEqual(await problemsIn(t, 'PK\u0003\u0004\0\0"x'), ['list.csv: this is not a text.']);
});

test('messages show column names as written, with control characters escaped', async (t) => {
  const { source } = await listed(t, 'Image;Split\n');
  assert.match((await problemsOf(source.identity()))[0]!.cure!, /^Found: Image, Split\. /);
  const row = 'file,split\n"p/\u001b[31m\nx",trainA\n"p/\u001b[31m\nx",trainA\n';
  assert.match((await problemsIn(t, row))[0]!, /: p\/\\u001b\[31m\\nx is in the list already/);
});

test('a list can be a JSON array, whose mistakes are reported with their index', async (t) => {
  const entries = Object.entries(SPLIT).map(([split, [file]]) => ({ file, split }));
  assert.deepEqual(await namesOf((await listed(t, JSON.stringify(entries, null, 2), {}, 'list.json')).source), SPLIT);
  const wrong = [...entries, 'p/5.jpg', { file: 'p/6.jpg', split: 'other' }, entries[1], { file: 3 }];
  assert.deepEqual(await problemsIn(t, JSON.stringify(wrong, null, 1), {}, 'list.json'), [
    'list.json[4]: this is not an object.',
    'list.json[7]: "file" is missing or not a text.',
    'list.json[5]: unknown split "other"; expected trainA, trainB, testA, testB, valA, valB.',
    'list.json[6]: p/2.jpg is in the list already, at entry [1].',
  ]);
  const gone = JSON.stringify([...entries, { file: 'gone.jpg', split: 'trainA' }]);
  assert.match((await problemsIn(t, gone, {}, 'list.json'))[0]!, /: gone\.jpg \(entry \[4\]\)\.$/);
});

test('JSON that is neither an array nor an object per line is reported once', async (t) => {
  assert.deepEqual(await problemsIn(t, '[\n{"file": "p/1.jpg"},\n{"file":\n', {}, 'list.json'), [
    'list.json: it starts like an array but is not valid JSON.',
  ]);
  assert.deepEqual(await problemsIn(t, '{\n"images": [\n]}\n', {}, 'list.json'), [
    'list.json: it is neither an array nor an object per line.',
  ]);
});

test('a file named twice is refused, also if its path is written differently', async (t) => {
  const text = 'file,split\np/1.jpg,trainA\np/2.jpg,trainB\n./p/../p/2.jpg,trainA\n';
  assert.deepEqual(await problemsIn(t, text), [
    'list.csv:4: ./p/../p/2.jpg is in the list already, at line 3 (as p/2.jpg).',
  ]);
  const { dir, path } = await listed(t, text);
  const absolute = { [path]: `file,split\np/1.jpg,trainA\n${join(dir, 'p/1.jpg')},trainB\n` };
  await put('/', absolute);
  const source = list.create(
    { path, root: null, domains: null, test_share: 0.1, split_seed: 0 },
    { limit: null, imageSize: 8 },
  );
  assert.match((await problemsOf(source.identity()))[0]!.message, /:3: .* already, at line 2 \(as p\/1\.jpg\)/);
});

test('without test images in a list a share is kept for tests', async (t) => {
  for (const text of [
    'file,domain\np/1.jpg,A\np/2.jpg,A\np/3.jpg,A\np/4.jpg,B\np/5.jpg,B\n',
    'file,split\np/1.jpg,trainA\np/2.jpg,trainA\np/3.jpg,trainA\np/4.jpg,trainB\np/5.jpg,trainB\n',
  ]) {
    const { source } = await listed(t, text);
    const { trainA, trainB, testA, testB } = await namesOf(source);
    assert.deepEqual([trainA.length, testA.length, trainB.length, testB.length], [2, 1, 1, 1]);
    assert.deepEqual((await source.provenance!())['split'], { seed: 0, test_share: 0.1, by: 'content' });
  }
});

test('paths in a list are relative to the list, relative to a given root, or absolute', async (t) => {
  const rows = 'file,split\n1.jpg,trainA\n2.jpg,trainB\n3.jpg,testA\n';
  const elsewhere = await temporaryFolder(t);
  await put(elsewhere, { '1.jpg': 'a', '2.jpg': 'b', '3.jpg': 'c', 'far.jpg': 'd' });
  const { source } = await listed(t, `${rows}${join(elsewhere, 'far.jpg')},testB\n`, { root: elsewhere });
  const [far] = await source.list('testB');
  assert.equal(Buffer.from(await far!.read()).toString(), 'd');
  assert.match(far!.hash!, /^[0-9a-f]{64}$/);
});

test('rows of a validation split are its images, by split or by domain', async (t) => {
  const own = Object.entries(SPLIT).map(([split, [file]]) => `${file},${split},\n`).join(''); // prettier-ignore
  const rows = ['valA,', 'val,B', 'validationB,', 'dev,A'];
  const text = `file,split,domain\n${own}${rows.map((row, i) => `p/${5 + i}.jpg,${row}\n`).join('')}`;
  const { source, dir } = await listed(t, text);
  await put(dir, Object.fromEntries(rows.map((row, i) => [`p/${5 + i}.jpg`, row])));
  assert.deepEqual(await namesOf(source), SPLIT);
  const names = async (split: 'valA' | 'valB') => (await source.validation!(split)).map(({ name }) => name);
  assert.deepEqual(await names('valA'), ['p/5.jpg', 'p/8.jpg']);
  assert.deepEqual(await names('valB'), ['p/6.jpg', 'p/7.jpg']);
  const work = quietWork();
  await source.prepare!(work);
  assert.deepEqual(work.notes, []);
});

test('rows of a validation split without one of the domains are ignored and reported', async (t) => {
  const text = `file,split\n${Object.entries(SPLIT).map(([split, [file]]) => `${file},${split}\n`).join('')}p/5.jpg,valA\np/6.jpg,val\n`; // prettier-ignore
  const { source } = await listed(t, text);
  assert.deepEqual(await namesOf(source), SPLIT);
  assert.deepEqual(await source.validation!('valA'), []);
  const work = quietWork();
  await source.prepare!(work);
  assert.match(
    work.notes.join(),
    /^2 images of a validation split in .*list\.csv are passed over: such a split needs images of both domains, as valA and valB\.$/,
  );
});

test('the identity of a list depends on its rows and on the content of the files', async (t) => {
  const text = 'file,split\np/1.jpg,trainA\np/2.jpg,trainB\np/3.jpg,testA\np/4.jpg,testB\n';
  const { source, dir, path } = await listed(t, text);
  const before = await source.identity();
  const again = () =>
    list
      .create({ path, root: null, domains: null, test_share: 0.1, split_seed: 0 }, { limit: null, imageSize: 8 })
      .identity();
  await put(dir, { 'list.csv': text.replace('file,split', 'file,split,note') });
  assert.deepEqual(await again(), before);
  await put(dir, { 'p/1.jpg': 'changed' });
  assert.notDeepEqual(await again(), before);
});

test('every mistake in a list is reported with its line', async (t) => {
  const text = [
    'file,domain,split',
    'p/1.jpg,A,train',
    'p/2.jpg,C,train',
    'p/1.jpg,A,test',
    ',A,train',
    'p/3.jpg,B,training set',
    'p/4.jpg,B,trainA',
    'p/5.jpg,,',
    'p/6.jpg,,other',
  ].join('\n');
  assert.deepEqual(await problemsIn(t, text), [
    'list.csv:3: unknown domain "C"; expected A or B (dataset.domains can name them).',
    'list.csv:4: p/1.jpg is in the list already, at line 2.',
    'list.csv:5: no file is given.',
    'list.csv:6: unknown split "training set"; expected train, test, val.',
    'list.csv:7: split "trainA" is of domain A, and domain is "B".',
    'list.csv:8: neither split nor domain is given.',
    'list.csv:9: unknown split "other"; expected trainA, trainB, testA, testB, valA, valB.',
  ]);
});

test('of many mistakes the first are reported, and the number of the others', async (t) => {
  const messages = await problemsIn(t, `file,split\n${'p/1.jpg,x\n'.repeat(25)}`);
  assert.equal(messages.length, 11);
  assert.match(messages[10]!, /and 15 more are wrong/);
});

test('a list that is empty, lacks its columns or is not valid JSON is refused', async (t) => {
  assert.deepEqual(await problemsIn(t, ''), ['list.csv:1: the list is empty.']);
  assert.deepEqual(await problemsIn(t, 'path,split\n1.jpg,trainA\n'), ['list.csv:1: there is no column "file".']);
  assert.deepEqual(await problemsIn(t, 'file\np/1.jpg\n'), ['list.csv:1: there is no column "split" or "domain".']);
  assert.deepEqual(await problemsIn(t, 'file,split,file\n'), ['list.csv:1: the column "file" is there twice.']);
  assert.deepEqual(await problemsIn(t, 'file,split\n'), [
    'list.csv: there are no training images of domain A.',
    'list.csv: there are no training images of domain B.',
  ]);
  assert.deepEqual(await problemsIn(t, '{"file": 1}\n[]\n{"file":\n\n{"file":"x","split":3}', {}, 'list.jsonl'), [
    'list.jsonl:1: "file" is missing or not a text.',
    'list.jsonl:2: this is not an object.',
    'list.jsonl:3: this is not valid JSON.',
    'list.jsonl:5: "split" and "domain" must be texts.',
  ]);
});

test('an unclosed quote is reported with the line where it opens', async (t) => {
  const rows = (bad: string, n = 5) => `file,split\np/1.jpg,trainA\n${bad}\n${'p/2.jpg,trainB\n'.repeat(n)}`;
  assert.deepEqual(await problemsIn(t, rows('"p/3.jpg,trainA')), [
    'list.csv:3: a quote (") opens here and is not closed.',
  ]);
  assert.deepEqual(await problemsIn(t, `${rows('"p/3.jpg,trainA')}p/4.jpg,"trainB"\n`), [
    'list.csv:3: a quote (") opens here and is closed in line 9, in the middle of a text.',
  ]);
  assert.deepEqual(await problemsIn(t, rows('"p/3.jpg"x,trainA')), [
    'list.csv:3: a quote (") opens here and is closed in this line, in the middle of a text.',
  ]);
  assert.deepEqual(await problemsIn(t, rows('p/3.jpg;"trainA').replaceAll(',', ';')), [
    'list.csv:3: a quote (") opens here and is not closed.',
  ]);
  // Closed far below, at the end of a text: everything between is one text, which starts at the quote's line.
  const [messages] = await problemsIn(t, `${rows('"p/3.jpg,trainA', 2)}p/4.jpg",trainC\n`);
  assert.match(messages!, /^list\.csv:3: unknown split "trainC"/);
});

test('splits for some images only, or test images of one domain only, are refused', async (t) => {
  assert.deepEqual(await problemsIn(t, 'file,domain,split\np/1.jpg,A,train\np/2.jpg,B,\n'), [
    'list.csv: some images have a split and others have none.',
  ]);
  assert.deepEqual(await problemsIn(t, 'file,split\np/1.jpg,trainA\np/2.jpg,trainB\np/3.jpg,testB\n'), [
    'list.csv: there are test images of domain B but none of A.',
  ]);
});

test('missing files are counted and named with their lines', async (t) => {
  const rows = Array.from({ length: 7 }, (_, i) => `gone/${i}.jpg,trainA\n`).join('');
  const { source, dir } = await listed(t, `file,split\np/1.jpg,trainB\n${rows}`);
  const [problem] = await problemsOf(source.identity());
  assert.match(problem!.message, /^7 of the 8 files that .*list\.csv names are missing: gone\/0\.jpg \(line 3\), /);
  assert.match(problem!.message, /gone\/4\.jpg \(line 7\) and 2 more\.$/);
  assert.equal(problem!.cure, `Paths are relative to ${dir}; dataset.root names another folder.`);
});

test('a missing list, or a folder in its place, is refused', async (t) => {
  const { source } = await listed(t, '', { path: '/nowhere/list.csv' });
  assert.match((await problemsOf(source.identity()))[0]!.message, /there is no file \/nowhere\/list\.csv/);
  const folder = await temporaryFolder(t);
  const other = await listed(t, '', { path: folder });
  assert.match((await problemsOf(other.source.identity()))[0]!.message, /is a folder, not a list/);
});
