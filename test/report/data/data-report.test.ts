import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import sharp from 'sharp';
import { writeDataReport } from '../../../src/report/data/data-report.js';
import { LOAD, pixels, SIZE, storeOf, type StoreContents } from './rig.js';

async function reportOn(t: TestContext, contents: StoreContents) {
  const dir = await storeOf(t, contents);
  await writeDataReport(dir);
  const read = (name: string) => readFile(join(dir, 'report', name));
  return { dir, read, html: (await read('index.html')).toString() };
}

const named = (split: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `${split}/${i}.png` }));
const row = (html: string, head: string) => new RegExp(`<th scope="row">${head}</th>(.*?)</tr>`, 's').exec(html)![1]!;
const cells = (text: string) => [...text.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell]) => textOf(cell!));
const textOf = (markup: string) =>
  markup
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ')
    .trim();

test('the grid has prepared images, their crops and the test images, pixel by pixel', async (t) => {
  const { read } = await reportOn(t, { images: { trainA: named('trainA', 30), testA: named('testA', 3) } });
  const { data, info } = await sharp(await read('A.png'))
    .raw()
    .toBuffer({ resolveWithObject: true });
  // Enlarged 6 times (to about 128 pixels), 4 pixels apart.
  const [factor, gap] = [6, 4];
  const cell = (left: number, top: number, side: number) => {
    // The first and the last of the pixels of one enlarged pixel.
    const [first, last] = [0, factor - 1].map((off) => {
      const at = (x: number, y: number) => (top + y * factor + off) * info.width + left + x * factor + off;
      return Uint8Array.from({ length: side * side * 3 }, (_, i) => {
        const pixel = Math.floor(i / 3);
        return data[at(pixel % side, Math.floor(pixel / side)) * info.channels + (i % 3)]!;
      });
    });
    assert.deepEqual(first, last);
    return first!;
  };
  const lefts = [0, 1, 2, 3].map((k) => gap + (k === 0 ? 0 : LOAD * factor + gap + (k - 1) * (SIZE * factor + gap)));
  const tops = Array.from({ length: 9 }, (_, k) => gap + k * (LOAD * factor + gap));
  assert.equal(info.width, lefts[3]! + SIZE * factor + gap);
  assert.equal(info.height, tops[8]! + SIZE * factor + gap);

  const indexes = tops.slice(0, 8).map((top) => cell(lefts[0]!, top, LOAD)[2]!);
  indexes.forEach((index, k) => assert.deepEqual(cell(lefts[0]!, tops[k]!, LOAD), pixels('trainA', index, LOAD)));
  assert.deepEqual(
    indexes,
    [...new Set(indexes)].sort((a, b) => a - b),
  );
  assert.ok(indexes[0]! < 4 && indexes[7]! >= 26, `spread over the whole split: ${indexes.join(' ')}`);

  const places = new Set<string>();
  indexes.forEach((index, k) => {
    for (const left of lefts.slice(1)) {
      const crop = cell(left, tops[k]!, SIZE);
      const mirrored = crop[0]! > crop[3]!;
      const [x0, y0] = [mirrored ? crop[0]! - (SIZE - 1) : crop[0]!, crop[1]!];
      places.add(`${x0} ${y0} ${mirrored}`);
      const expected = Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, i) => {
        const [x, y] = [Math.floor(i / 3) % SIZE, Math.floor(i / 3 / SIZE)];
        return [mirrored ? x0 + SIZE - 1 - x : x0 + x, y0 + y, index][i % 3]!;
      });
      assert.deepEqual(crop, expected);
    }
  });
  assert.ok(places.size > 12, 'crops differ');
  assert.ok(
    [...places].some((place) => place.endsWith('true')) && [...places].some((place) => place.endsWith('false')),
  );

  [0, 1, 2].forEach((index) => {
    const left = gap + (index === 0 ? 0 : LOAD * factor + gap + (index - 1) * (SIZE * factor + gap));
    assert.deepEqual(cell(left, tops[8]!, SIZE), pixels('testA', index, SIZE));
  });
});

test('the same store gives the same page and grids', async (t) => {
  const contents = { images: { trainA: named('trainA', 20) } };
  const [one, two] = [await reportOn(t, contents), await reportOn(t, contents)];
  for (const name of ['index.html', 'A.png', 'B.png', 'data.md']) {
    assert.ok((await one.read(name)).equals(await two.read(name)), name);
  }
});

test('the page has each skipped file with its reason, in the table and in the first sentence', async (t) => {
  const skipped = [
    { split: 'trainA', name: 'trainA/empty.jpg', reason: 'is empty (0 bytes)' },
    { split: 'testB', name: 'testB/half.png', reason: 'is cut off' },
  ] as const;
  const { html } = await reportOn(t, { skipped });
  for (const text of ['empty.jpg', 'is empty (0 bytes)', 'half.png', 'is cut off'])
    assert.ok(html.includes(text), text);
  assert.match(textOf(html), /2 files could not be used/);
  assert.deepEqual(cells(row(html, 'trainA')).slice(0, 2), ['1', '1']);
});

test('the page lists 200 of very many skipped files, and counts the rest with the most frequent reasons', async (t) => {
  const bad = (i: number) => ({
    split: 'trainB' as const,
    name: `trainB/bad-${i}-.jpg`,
    reason: i % 3 === 0 ? 'is empty' : 'is text',
  });
  const { html } = await reportOn(t, { skipped: Array.from({ length: 1201 }, (_, i) => bad(i)) });
  assert.equal(html.match(/bad-\d+-/g)!.length, 200);
  assert.match(textOf(html), /1,201 files; most often: is text \(800\); is empty \(401\)/);
  assert.match(textOf(html), /1,001 more: pictures\.jsonl/);
});

test('the page shows an image shared by train and test side by side, before other duplicates', async (t) => {
  const group = (...images: (readonly ['trainA' | 'testA' | 'trainB', string])[]) => ({
    pixels: images[0]![1],
    images: images.map(([split, name]) => ({ split, name: `${split}/${name}` })),
  });
  const duplicates = [
    group(['trainA', '1.png'], ['trainA', '2.png']),
    group(['trainA', '3.png'], ['trainB', '0.png']),
    group(['trainA', '0.png'], ['testA', '1.png']),
  ];
  const images = { trainA: named('trainA', 5), testA: named('testA', 2), trainB: named('trainB', 1) };
  const { html } = await reportOn(t, { images, duplicates });
  const section = html.slice(html.indexOf('id="twice"'));
  assert.match(textOf(html), /1 image is both in train and in test/);
  const order = ['In train and in test', 'In A and in B', 'Within one split'].map((title) => section.indexOf(title));
  assert.ok(
    order.every((at, i) => at > (order[i - 1] ?? 0)),
    order.join(' '),
  );

  const leak = section.slice(order[0], order[1]);
  assert.deepEqual(textOf(leak).match(/(train|test)A \d\.png/g), ['trainA 0.png', 'testA 1.png']);
  const sources = [...leak.matchAll(/<img src="data:image\/png;base64,([^"]+)"/g)].map(([, text]) => text!);
  const shown = sources.map((text) => sharp(Buffer.from(text, 'base64')).raw().toBuffer());
  const [trained, tested] = await Promise.all(shown);
  assert.deepEqual(new Uint8Array(trained!), pixels('trainA', 0, LOAD));
  assert.deepEqual(new Uint8Array(tested!), pixels('testA', 1, SIZE));
});

test('the page shows an image shared by train and test, however many other duplicates there are', async (t) => {
  const pairs = Array.from({ length: 300 }, (_, i) => ({
    pixels: String(i),
    images: [2 * i, 2 * i + 1].map((k) => ({ split: 'trainB' as const, name: `trainB/${k}.png` })),
  }));
  const images = [
    { split: 'trainA' as const, name: 'trainA/only.png' },
    { split: 'testA' as const, name: 'testA/only.png' },
  ];
  const { html } = await reportOn(t, {
    images: { trainB: named('trainB', 600) },
    duplicates: [...pairs, { pixels: 'leak', images }],
  });
  const section = html.slice(html.indexOf('In train and in test'));
  assert.equal(section.slice(0, section.indexOf('Within one split')).match(/<img src="data:/g)!.length, 2);
});

test('the page lists a few of a thousand equal images, with one of each split', async (t) => {
  const images = [
    ...named('trainA', 1000).map(({ name }) => ({ split: 'trainA' as const, name })),
    { split: 'testB' as const, name: 'testB/0.png' },
  ];
  const { html } = await reportOn(t, {
    images: { trainA: named('trainA', 1000), testB: named('testB', 1) },
    duplicates: [{ pixels: 'same', images }],
  });
  const section = textOf(html.slice(html.indexOf('id="twice"')));
  assert.match(section, /trainA 0\.png.*testB 0\.png/);
  assert.match(section, /and 997 more/);
});

test('the page reports that there are no duplicates or bad files', async (t) => {
  const { html } = await reportOn(t, {});
  assert.match(textOf(html), /Every file could be used/);
  assert.match(textOf(html), /no two images have the same pixels/);
  assert.ok(!html.includes('id="skipped"'));
});

test('the page escapes names, reasons and facts of a source, and shows their invisible characters', async (t) => {
  const hostile = `"><script>alert('1')</script>&amp;\n\u202egpj.exe`;
  const { html } = await reportOn(t, {
    images: {
      trainA: [{ name: `trainA/${hostile}`, format: hostile, traits: [hostile] }],
      testA: [{ name: `testA/${hostile}` }],
    },
    skipped: [{ split: 'trainA', name: hostile, reason: hostile }],
    duplicates: [
      {
        pixels: 'x',
        images: [
          { split: 'trainA', name: `trainA/${hostile}` },
          { split: 'testA', name: `testA/${hostile}` },
        ],
      },
    ],
    findings: { formats: { trainA: { [hostile]: 1 }, trainB: {}, testA: {}, testB: {}, valA: {}, valB: {} } },
    source: { set: hostile, A: hostile, [hostile]: { [hostile]: hostile }, url: `https://x/"onclick=` },
  });
  assert.ok(!/<script|\u202e|"onclick|alert\('/.test(html));
  assert.ok(html.includes('&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62;&#38;amp;\\n\\u202egpj.exe'));
});

test('the page is self-contained, without scripts and requests', async (t) => {
  const { html } = await reportOn(t, { source: { url: 'https://example.org/set.zip' } });
  assert.ok(!/<script|<link|@import|url\(/.test(html));
  const addresses = Array.from(html.matchAll(/src="([^"]*)"/g), ([, address]) => address!);
  assert.ok(addresses.length > 0);
  for (const address of addresses) assert.match(address, /^data:image\//);
  assert.ok(/<meta\s+http-equiv="Content-Security-Policy"\s+content="default-src 'none'/.test(html));
  assert.match(html, /<a href="https:\/\/example\.org\/set\.zip"/);
});

test('the page has an alternative text or a caption for every image', async (t) => {
  const { html } = await reportOn(t, { images: { trainA: [{ name: 'trainA/here.png' }] } });
  const alts = [...html.matchAll(/<img[^>]* alt="([^"]*)"/g)].map(([, alt]) => alt!);
  assert.equal(alts.length, 2 * (1 + 3 + 1));
  assert.ok(alts.every((alt) => alt !== ''));
  assert.equal(alts.filter((alt) => alt.includes('here.png cropped at')).length, 3);
});

test('the page has sizes by split: smallest, median, largest, and how many images were enlarged', async (t) => {
  const widths = [300, 10, 20, 30, 1200];
  const trainA = widths.map((width, i) => ({ name: `trainA/${i}`, width, height: width * 2 }));
  const { html } = await reportOn(t, { images: { trainA } });
  assert.deepEqual(cells(row(html, 'trainA')), ['5', '–', '10', '30', '1,200', '20', '60', '2,400', 'all 0.50', '1']);
  assert.match(html, /aria-label="Width, A: from 10 to 1,200, median 30/);
});

test('the page has no histogram if all images have one size', async (t) => {
  assert.ok(!(await reportOn(t, {})).html.includes('<svg'));
});

test('the report supports a domain without test images, and large images', async (t) => {
  const { html, read } = await reportOn(t, { images: { testA: [] }, load: 286, size: 256 });
  assert.match(html, /src="data:image\/webp/);
  const { width, height } = await sharp(await read('A.png')).metadata();
  assert.deepEqual([width, height], [4 + 290 + 3 * 260, 4 + 290]);
});

test('the page does not grow with thousands of images', async (t) => {
  const many = (split: string) =>
    Array.from({ length: 1500 }, (_, i) => ({ name: `${split}/${i}.png`, width: 100 + i, height: 2000 - i }));
  const pairs = Array.from({ length: 700 }, (_, i) => ({
    pixels: String(i),
    images: [2 * i, 2 * i + 1].map((k) => ({ split: 'trainB' as const, name: `trainB/${k}.png` })),
  }));
  const skipped = Array.from({ length: 3000 }, (_, i) => ({
    split: 'trainA' as const,
    name: `trainA/${'x'.repeat(200)}${i}`,
    reason: 'is empty',
  }));
  const { html } = await reportOn(t, {
    images: { trainA: many('trainA'), trainB: many('trainB') },
    duplicates: pairs,
    skipped,
  });
  assert.ok(html.length < 1_000_000, `${html.length} characters`);
  assert.match(textOf(html), /500 more: findings\.json/);
});

test('the report is a page, and the same numbers as Markdown for trackers', async (t) => {
  const { dir, read } = await reportOn(t, {
    images: { trainA: named('trainA', 1067) },
    findings: { traits: { trainA: { grey: 7, CMYK: 2 }, trainB: {}, testA: {}, testB: {}, valA: {}, valB: {} } },
  });
  assert.deepEqual((await readdir(join(dir, 'report'))).sort(), ['A.png', 'B.png', 'data.md', 'index.html']);
  assert.match((await read('data.md')).toString(), /^\| trainA \| 1,067 \| 0 \| grey: 7; CMYK: 2 \|$/m);
});

test('the report keeps traits of files within their cell and line, and limits their number', async (t) => {
  const hostile = 'a|b\n<img>`*profile';
  const traits = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${hostile}${i}`, 1]));
  const { html, read } = await reportOn(t, {
    findings: { traits: { trainA: traits, trainB: {}, testA: {}, testB: {}, valA: {}, valB: {} } },
  });
  const line = /^\| trainA .*$/m.exec((await read('data.md')).toString())![0];
  assert.equal(line.split('|').length, 6);
  assert.ok(!/[<`*]/.test(line) && line.length < 500, line);
  assert.match(textOf(html), /975 others, in findings\.json/);
});
