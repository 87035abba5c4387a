import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import sharp from 'sharp';
import { writeDataReport } from '../../../src/report/data/data-report.js';
import { storeOf, type StoreContents } from './rig.js';

async function reportOn(t: TestContext, contents: StoreContents) {
  const dir = await storeOf(t, contents);
  await writeDataReport(dir);
  return { dir, html: await readFile(join(dir, 'report', 'index.html'), 'utf8') };
}

/** The text of the section of that name. */
function section(html: string, id: string): string {
  const from = html.indexOf(`<section aria-labelledby="${id}"`);
  assert.ok(from >= 0, id);
  return html
    .slice(from, html.indexOf('</section>', from))
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ');
}

const of = (...names: readonly (readonly ['trainA' | 'trainB' | 'testA' | 'testB', string])[]) => ({
  pixels: names.join(' '),
  images: names.map(([split, name]) => ({ split, name: `${split}/${name}` })),
});

test('a fact about the source is a link if it is an address, and plain text otherwise', async (t) => {
  const source = { url: 'https://example.org/set.zip', note: 'see https://example.org', kept: 'both', seed: 1200 };
  const { html } = await reportOn(t, { source });
  const facts = /<dl class="source">(.*?)<\/dl>/s.exec(html)![1]!;
  assert.deepEqual(
    [...facts.matchAll(/<dd>(.*?)<\/dd>/gs)].map(([, fact]) => fact),
    [
      '<a href="https://example.org/set.zip" rel="noreferrer">https://example.org/set.zip</a>',
      'see https://example.org',
      'both',
      '1,200',
    ],
  );
});

test('a long fact ends after 400 characters', async (t) => {
  const { html } = await reportOn(t, { source: { name: 'x', exactly: 'e'.repeat(400), longer: 'l'.repeat(401) } });
  assert.ok(html.includes(`<dd>${'e'.repeat(400)}</dd>`));
  assert.ok(html.includes(`<dd>${'l'.repeat(400)}…</dd>`));
});

test('duplicates are counted, one as well as two, without sentences about none', async (t) => {
  const none = await reportOn(t, { duplicates: [of(['trainA', '0'], ['trainA', '1'])] });
  assert.match(section(none.html, 'twice'), /1 image is there more than once, with the same pixels\. Within one split/);
  assert.match(none.html, /1 image<\/a>\s+comes more than once/);

  const one = await reportOn(t, { duplicates: [of(['trainA', '0'], ['testA', '1']), of(['trainA', '2'], ['trainB', '3'])] }); // prettier-ignore
  const text = section(one.html, 'twice');
  assert.match(text, /2 images are there more than once/);
  assert.match(text, /1 image is both in train and in test: what is measured there/);
  assert.match(text, /1 image is in both domains\./);

  const leaks = [of(['trainA', '0'], ['testA', '1']), of(['trainB', '2'], ['testB', '3'])];
  assert.match(
    section((await reportOn(t, { duplicates: leaks })).html, 'twice'),
    /2 images are both in train and in test/,
  );
});

test('rows over all columns are as wide as the table of kinds', async (t) => {
  const traits = Object.fromEntries(Array.from({ length: 26 }, (_, i) => [`trait ${i}`, 1]));
  const { html } = await reportOn(t, {
    findings: { traits: { trainA: traits, trainB: {}, testA: {}, testB: {}, valA: {}, valB: {} } },
  });
  const kinds = html.slice(html.indexOf('id="kinds"'));
  const table = kinds.slice(0, kinds.indexOf('</table>'));
  const columns = /<thead>(.*?)<\/thead>/s.exec(table)![1]!.match(/<th\b/g)!.length;
  const spans = [...table.matchAll(/colspan="(\d+)"/g)].map(([, span]) => Number(span));
  assert.deepEqual(spans, [columns, columns]);
  assert.match(section(html, 'kinds'), /1 other, in findings\.json/);
});

test('images of the page are at most 192 pixels wide, samples as well as duplicates', async (t) => {
  const images = { trainA: [{ name: 'trainA/0' }, { name: 'trainA/1' }] };
  const duplicates = [of(['trainA', '0'], ['trainA', '1'])];
  const { html } = await reportOn(t, { images, duplicates, load: 286, size: 256 });
  const sources = [...html.matchAll(/src="data:image\/\w+;base64,([^"]+)"/g)].map(([, text]) => text!);
  const sizes = await Promise.all(sources.map((text) => sharp(Buffer.from(text, 'base64')).metadata()));
  // Of A two images with three crops each and a test image, of B one, and the two duplicates.
  assert.equal(sizes.length, 2 * 4 + 1 + 4 + 1 + 2);
  for (const { width, height } of sizes) assert.deepEqual([width, height], [192, 192]);
});

test('a domain without images has a page, but no grid', async (t) => {
  const { dir } = await reportOn(t, { images: { trainA: [], testA: [] } });
  assert.deepEqual(
    ['A.png', 'B.png'].map((file) => existsSync(join(dir, 'report', file))),
    [false, true],
  );
});
