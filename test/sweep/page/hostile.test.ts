import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { sweepPage } from '../../../src/sweep/page/sweep-page.js';
import { lines, section, words } from './read.js';
import { folder, LAMBDAS, sweep } from './rig.js';

test('a page without any values shows the states of trials and no charts', async () => {
  const queued = LAMBDAS.map(({ params }) => ({ params, state: 'queued' as const, seconds: null }));
  const page = await sweepPage(sweep(queued));
  assert.match(words(page), /9 trials: 9 queued; none has a value yet/);
  assert.doesNotMatch(page, /<svg|<img/);
  assert.equal(page.match(/<tr id="trial-/g)!.length, 9);
  assert.match(words(await sweepPage(sweep([]))), /There are no trials/);
});

test('a page can show a single trial without parameters', async () => {
  const page = await sweepPage(sweep([{ params: {}, value: 3 }]));
  assert.match(words(page), /1 trial: 1 done\. The best by psnr: trial 1, with 3 dB/);
  assert.doesNotMatch(page, /<svg/);
});

test('infinite, huge and identical values leave no NaN in the page', async () => {
  for (const values of [
    [NaN, 1, 2],
    [Infinity, -Infinity, NaN],
    [1e308, -1e308, 0],
    [5, 5, 5],
    [1, 1 + 1e-16, 1 + 2e-16],
    [1e-320, 2e-320, 0],
    [5e-324, 0, 5e-324],
  ]) {
    const trials = values.flatMap((value, i) =>
      [0, 1].map((seed) => ({
        params: { 'loss.lambda': values[2 - i]!, seed },
        value,
        metrics: { psnr: value, ssim: value },
      })),
    );
    const page = await sweepPage(sweep(trials));
    const drawn = [...page.matchAll(/ (?:d|x|y|cx|cy)="([^"]*)"/g)].map(([, text]) => text!);
    assert.ok(
      !drawn.some((text) => /NaN|Infinity|undefined/.test(text)),
      `${values.join(' ')}: ${drawn.find((text) => /NaN|Inf|und/.test(text))}`,
    );
  }
});

test('names, values, problems and the command are escaped, and invisible characters are shown', async () => {
  const evil = `"><script>alert('1')</script>&amp;\n\u202egpj.exe`;
  const metrics = { psnr: 1, [`AtoB/${evil}`]: 2, [evil]: 3 };
  const page = await sweepPage(
    sweep(
      [1, 2].map((id) => ({
        params: { [evil]: `${evil}${id}` },
        label: evil,
        run: evil,
        runDir: `/runs/${evil}`,
        value: id,
        metrics,
        problem: evil,
      })),
      { name: evil, created: evil, command: [evil], metric: { name: 'psnr', better: 'higher', unit: evil } },
    ),
  );
  assert.doesNotMatch(page, /<script|\u202e|alert\('/);
  assert.ok(page.includes('&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62;&#38;amp;\\n\\u202egpj.exe'));
  const sorted = sweep([{ params: { seed: 1 }, value: 1 }], { metric: { name: evil, better: 'lower' } });
  assert.doesNotMatch(await sweepPage(sorted), /<script|\u202e|alert\('/);
});

test('the page is self-contained, without scripts or external files', async () => {
  const page = await sweepPage(sweep(LAMBDAS));
  assert.doesNotMatch(page, /<script|<link|@import|url\(/);
  assert.match(page, /<meta\s+http-equiv="Content-Security-Policy"\s+content="default-src 'none'; img-src data:/);
});

test('a page of a thousand trials with long names is under three megabytes', async () => {
  const trials = Array.from({ length: 1000 }, (_, i) => {
    const params = {
      'loss.lambda': 10 ** (i / 300),
      'optimizer.learning_rate': 1e-5 * 1.005 ** ((i * 617) % 1000),
      'generator.type': `generator-${'x'.repeat(40)}-${i % 7}`,
      'generator.blocks': i % 10,
      'data.note': `note ${i}`,
      seed: i,
    };
    const names = ['psnr', 'ssim', 'fid', 'cycle-error'].flatMap((name) => [name, `AtoB/${name}`, `BtoA/${name}`]);
    return {
      params,
      value: Math.sin(i) + 10,
      metrics: Object.fromEntries(names.map((name, k) => [name, k + Math.sin(i)])),
    };
  });
  const page = await sweepPage(sweep(trials));
  assert.ok(page.length < 3_000_000, `${page.length} characters`);
  assert.equal(lines(page).length, 1000);
  assert.match(page, /class="lines many"/);
  assert.match(words(section(page, 'axes')), /981 others/);
});

test('a long name is cut in charts and complete in the table', async () => {
  const long = 'wasserstein'.repeat(30);
  const page = await sweepPage(sweep([1, 2].map((value) => ({ params: { 'loss.gan': `${long}${value}` }, value }))));
  const drawn = [...page.matchAll(/<text[^>]*>\s*([^<]*)/g)].map(([, text]) => [...text!.trim()].length);
  assert.ok(Math.max(...drawn) <= 130, drawn.join(' '));
  assert.ok(section(page, 'trials').includes(`${long}2`));
});

test('an invalid or missing image is replaced by a note, and the others stay', async (t) => {
  const dir = await folder(t);
  await writeFile(join(dir, 'bad.png'), 'not an image');
  await sharp({ create: { width: 300, height: 200, channels: 3, background: 'red' } }).toFile(join(dir, 'other.png'));
  const files = ['bad.png', 'gone.png', 'other.png'];
  const trials = files.map((file, i) => ({ params: { seed: i }, value: i, images: { AtoB: join(dir, file) } }));
  const images = section(await sweepPage(sweep(trials, { dir })), 'images');
  assert.equal(images.match(/could not be read/g)!.length, 2);
  assert.equal(images.match(/<img/g)!.length, 1);
});
