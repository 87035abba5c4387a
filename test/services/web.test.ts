import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test, type TestContext } from 'node:test';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { serveFolder, type FolderServer } from '../../src/demo/serve-folder.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { generatorProgram } from '../../src/inference/generator-program.js';
import type { RgbImage } from '../../src/inference/image-grid.js';
import { ImageTranslator } from '../../src/inference/image-translator.js';
import type { Direction, ExportedGenerator } from '../../src/registry/kinds/export-format.js';
import type { Network } from '../../src/registry/kinds/network.js';
import { resize } from '../../src/data/images/resize.js';
import { prepareImage } from '../../src/translation/prepare-image.js';
import type { SizeChoice } from '../../src/translation/request.js';
import { factsOf } from '../../src/web/read-facts.js';
import { sealFolder } from '../../src/web/seal-folder.js';
import { writeDemo } from '../../src/web/write-demo.js';
import { generatorOf, GENERATORS } from '../export/rig.js';
import { freePort } from '../rig.js';
import { until, WITHIN } from '../until.js';
import { startBrowser } from './browser.js';
import { servicesPython } from './python.js';

/** Side of the images that the generators are for. */
const SIDE = 64;
/**
 * The largest difference from `translate`, in levels of 256: of kernels in half precision, and of float32 in another order. These generators' weights
 * are large and random, which amplifies both.
 */
const BOUND = 4;

let browser: Browser;
let dir: string;
let site: string;
let server: FolderServer;
const generators: Partial<Record<Direction, ExportedGenerator>> = {};

before(async () => {
  await loadTensorFlow();
  dir = await mkdtemp(join(tmpdir(), 'web-'));
  site = join(dir, 'site');
  // One of each kind: the page does not mind.
  const kinds = { AtoB: { ...GENERATORS['ResNet']!, width: 8 }, BtoA: GENERATORS['U-Net']! };
  for (const direction of ['AtoB', 'BtoA'] as const) {
    const changes = { direction, imageSize: SIDE, runName: 'horse2zebra-toy-12345678' };
    generators[direction] = generatorOf(kinds[direction], changes);
  }
  await mkdir(site);
  await writeDemo(Object.values(generators), site, { precision: 'float16', domains: null });
  await addExamples();
  server = await serveFolder(site, '127.0.0.1', 0);
  browser = await startBrowser();
});

after(async () => {
  await browser.close();
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

// A page that still works would slow down the next.
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

/** An image with something everywhere, which compresses. */
function drawn(width: number, height: number, tint: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const wave = Math.sin(x / 9 + tint) * Math.cos(y / 7) * 60;
      data.set([120 + wave + (60 * x) / width, tint * 40 + 60 - wave, 200 - (90 * y) / height], (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

const raw = ({ width, height, data }: RgbImage) => sharp(data, { raw: { width, height, channels: 3 } });

async function addExamples(): Promise<void> {
  await mkdir(join(site, 'examples'));
  const examples = await Promise.all(
    (['A', 'B'] as const).map(async (domain, i) => {
      const file = `examples/${domain}-1.png`;
      await raw(drawn(SIDE, SIDE, i))
        .png()
        .toFile(join(site, file));
      return { file, domain };
    }),
  );
  await sealFolder(site, { ...(await factsOf(site))!, examples });
}

interface DemoPage {
  readonly page: Page;
  /** Requests elsewhere, and messages in the console. */
  readonly offences: string[];
}

async function openDemo(
  address: string,
  { width = 1200, dark = false, backend }: { width?: number; dark?: boolean; backend?: string } = {},
): Promise<DemoPage> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: dark ? 'dark' : 'light' });
  const page = await context.newPage();
  const offences: string[] = [];
  page.on('console', (message) => offences.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => offences.push(`error: ${error.message}`));
  context.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(address)) offences.push(`request: ${request.url()}`); // prettier-ignore
  });
  if (backend !== undefined) {
    const choice = JSON.stringify({ backend, byHand: true });
    await page.addInitScript(`localStorage.setItem('cyclegan-runner-backend', '${choice}')`);
  }
  await page.goto(address);
  await page.waitForSelector('html[data-ready]');
  return { page, offences };
}

const ours = () => `http://127.0.0.1:${server.port}/`;
const status = (page: Page) => page.locator('#status').innerText();
const says = (page: Page, text: RegExp) => page.locator('#status', { hasText: text }).waitFor({ timeout: 120_000 });
const state = (page: Page) => page.locator('#stage').getAttribute('data-state');

/** Waits for the translation of what is shown. */
const translated = (page: Page) => page.waitForSelector('#stage[data-state=done]', { timeout: 120_000 });

async function pixelsOf(page: Page): Promise<RgbImage> {
  const png = await page.evaluate<string>(`document.querySelector('#after').toDataURL('image/png')`);
  const decoded = await sharp(Buffer.from(png.split(',')[1]!, 'base64'))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = decoded.info;
  return { width, height, data: decoded.data };
}

/** As `translate` does, but for the sizes from which on tiles are used. */
async function expected(direction: Direction, file: Buffer, size: SizeChoice): Promise<RgbImage> {
  const { network, weights } = generators[direction]!;
  const program = generatorProgram(network, weights);
  const translator = new ImageTranslator(program, {
    sizes: network.sizes!,
    trainedSize: SIDE,
    wholePixels: 640 * 640,
    tileSide: 512,
    shrink: (image, height, width) => {
      const data = resize(image.data, image.width, image.height, { width, height }, 'bicubic');
      return Promise.resolve({ width, height, data });
    },
  });
  const { image } = await prepareImage(file, size, { imageSize: SIDE, interpolation: 'bicubic' });
  const translation = await translator.translate(image);
  program.dispose();
  return translation;
}

function levelsApart(a: RgbImage, b: RgbImage): number {
  assert.deepEqual([a.width, a.height], [b.width, b.height]);
  return a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i]!)), 0);
}

async function choose(page: Page, name: string, file: Buffer): Promise<void> {
  await page.setInputFiles('#file', { name, mimeType: 'image/*', buffer: file });
}

describe('the exported page in Chromium', () => {
  for (const [name, options] of Object.entries({
    'on a wide screen': {},
    'on a phone': { width: 390 },
    'in the dark': { dark: true },
  })) {
    test(`translates an example at once, asks for nothing elsewhere, reports no error and fits, ${name}`, async () => {
      const { page, offences } = await openDemo(ours(), options);
      await translated(page);
      assert.match(await status(page), /^Translated in [\d.]+ m?s with \w+: 64 × 64 pixels\.$/);
      assert.equal(await page.title(), 'horse ↔ zebra');
      assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false);
      assert.equal(await page.evaluate('crossOriginIsolated'), true);
      await page.waitForSelector('html[data-offline]', { timeout: 60_000 });
      assert.deepEqual(offences, []);
    });
  }

  test('translates as `translate` does, in both directions, from examples, files, and what is dropped or pasted', async (t) => {
    const { page } = await openDemo(ours());
    await translated(page);
    const apart: Record<string, number> = {};
    const compare = async (what: string, direction: Direction, file: Buffer, size: SizeChoice = 'fit') => {
      await translated(page);
      apart[what] = levelsApart(await pixelsOf(page), await expected(direction, file, size));
    };
    const example = (domain: string) => readFile(join(site, 'examples', `${domain}-1.png`));
    await compare('example A', 'AtoB', await example('A'));
    await page.locator('#examples button').nth(1).click();
    await compare('example B', 'BtoA', await example('B'));
    await page.getByText('horse → zebra').click();
    await compare('example B, the other way', 'AtoB', await example('B'));

    const transparent = await raw(drawn(150, 96, 2))
      .ensureAlpha(0.4)
      .png()
      .toBuffer();
    await choose(page, 'transparent.png', transparent);
    await compare('a transparent PNG', 'AtoB', transparent);
    const turned = await raw(drawn(160, 100, 1)).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).withMetadata({ orientation: 6 }).toBuffer(); // prettier-ignore
    await dropFile(page, 'turned.jpg', turned);
    await compare('a JPEG to be turned, dropped', 'AtoB', turned);
    assert.deepEqual(await page.evaluate(`[after.width, after.height]`), [64, 102]);

    const pasted = await raw(drawn(90, 120, 3))
      .png()
      .toBuffer();
    await pasteFile(page, 'pasted.png', pasted);
    await compare('a pasted PNG', 'AtoB', pasted);

    const large = await raw(drawn(300, 220, 1))
      .png()
      .toBuffer();
    await choose(page, 'large.png', large);
    await translated(page);
    await page.locator('#size').selectOption('full');
    await compare('a picture of 300 x 220 at its own size', 'AtoB', large, 'keep');
    t.diagnostic(`largest differences, in levels: ${JSON.stringify(apart)}`);
    for (const [what, levels] of Object.entries(apart)) assert.ok(levels <= BOUND, `${what}: ${levels}`);
  });

  test('translates a large picture in tiles, with progress, and can be stopped', async (t) => {
    const { page, offences } = await openDemo(ours(), { backend: 'wasm' });
    await translated(page);
    const file = await raw(drawn(1000, 700, 1))
      .png()
      .toBuffer();
    await choose(page, 'large.png', file);
    await translated(page);
    await page.locator('#size').selectOption('full');
    await says(page, /tile \d+ of \d+/);
    assert.equal(await page.locator('progress').isVisible(), true);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await says(page, /^Cancelled\.$/);
    await page.getByText('zebra → horse').click();
    await translated(page);
    assert.match(await status(page), /: 1000 × 700 pixels, in \d+ tiles\.$/);
    const levels = levelsApart(await pixelsOf(page), await expected('BtoA', file, 'keep'));
    t.diagnostic(`tiles: largest difference ${levels} levels`);
    assert.ok(levels <= BOUND, String(levels));
    assert.deepEqual(offences, []);
  });

  test('resizes pictures to the size of the training, and says so, where the generator takes no other', async (t) => {
    const { page } = await openDemo(await serveFixed(t));
    const file = await raw(drawn(150, 96, 2))
      .png()
      .toBuffer();
    await choose(page, 'photo.png', file);
    await translated(page);
    assert.equal(await page.locator('#size').innerText(), '64 × 64, as in training');
    const levels = levelsApart(await pixelsOf(page), await expected('AtoB', file, SIDE));
    assert.ok(levels <= BOUND, String(levels));
    const { width, height } = (await page.locator('.frame').boundingBox())!;
    assert.ok(Math.abs(width / height - 150 / 96) < 0.02, 'it is shown as wide as the picture');
  });

  test('has a divider that keyboard and pointer move, and says where it is', async () => {
    const { page } = await openDemo(ours());
    await translated(page);
    const divider = page.getByRole('slider');
    const at = () => page.evaluate<string>(`document.querySelector('.frame').style.getPropertyValue('--at')`);
    await divider.focus();
    await page.keyboard.press('ArrowLeft');
    assert.equal(await at(), '49%');
    assert.equal(await divider.getAttribute('aria-valuetext'), '49% picture');
    await page.keyboard.press('End');
    assert.equal(await at(), '100%');
    const { x, y, width, height } = (await page.locator('.frame').boundingBox())!;
    await page.mouse.move(x + width * 0.9, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.25, y + height / 2, { steps: 5 });
    await page.mouse.up();
    assert.ok(Math.abs(parseFloat(await at()) - 25) < 3, await at());
    const clip = await page.evaluate<string>(`getComputedStyle(document.querySelector('#after')).clipPath`);
    assert.match(clip, /2\d%/);
  });

  test('explains a file that is no picture, and translates the next one', async () => {
    const { page, offences } = await openDemo(ours());
    await translated(page);
    await dropFile(page, 'notes.txt', Buffer.from('Not a picture.'));
    await page.waitForSelector('#status.failed');
    assert.match(await status(page), /not a picture that your browser can open/);
    assert.equal(await state(page), 'empty');
    await page.locator('#examples button').first().click();
    await translated(page);
    assert.equal(await page.locator('#status.failed').count(), 0);
    assert.deepEqual(offences, []);
  });

  test('works without a network after the first visit, in both directions', async () => {
    const port = await freePort();
    const own = await serveFolder(site, '127.0.0.1', port);
    const { page, offences } = await openDemo(`http://127.0.0.1:${port}/`);
    await translated(page);
    await page.waitForSelector('html[data-offline]', { timeout: 60_000 });
    await own.close();
    await page.reload();
    await page.waitForSelector('html[data-ready]');
    await translated(page);
    await page.locator('#examples button').nth(1).click();
    await translated(page);
    assert.equal(await page.locator('input[value=BtoA]').isChecked(), true);
    assert.deepEqual(offences.filter((offence) => !offence.includes('ERR_CONNECTION_REFUSED')), []); // prettier-ignore
  });

  test('works in a sub-folder of a plain server of static files', async () => {
    const root = join(dir, 'root');
    await cp(site, join(root, 'some', 'demo'), { recursive: true });
    const { process, port } = await plainServer(root);
    try {
      const { page, offences } = await openDemo(`http://127.0.0.1:${port}/some/demo/`);
      await translated(page);
      await page.waitForSelector('html[data-offline]', { timeout: 60_000 });
      await page.reload();
      await translated(page);
      assert.equal(
        await page.evaluate('crossOriginIsolated'),
        true,
        'the service worker sends what the server does not',
      );
      assert.deepEqual(offences, []);
    } finally {
      process.kill();
    }
  });

  test('has nothing that axe finds inaccessible, and names for all that can be used', async () => {
    const { page } = await openDemo(ours());
    await translated(page);
    await choose(
      page,
      'large.png',
      await raw(drawn(300, 220, 1))
        .png()
        .toBuffer(),
    );
    await translated(page);
    await page.getByText('How it runs').click();
    await page.evaluate(axe.source);
    const { violations, passes } = await page.evaluate<AxeResults>('axe.run()');
    assert.deepEqual(
      violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
      [],
    );
    assert.ok(passes.length > 30, String(passes.length));
    const tree = await page.locator('body').ariaSnapshot();
    for (const role of [
      'heading "horse ↔ zebra"',
      'radio "horse → zebra" [checked]',
      'slider',
      'status',
      'combobox "Size"',
      'button "Save"',
    ]) {
      assert.ok(tree.includes(role), `${role}\n${tree}`);
    }
  });

  test('saves the translation as a PNG of its size', async () => {
    const { page } = await openDemo(ours());
    await translated(page);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'A-1-zebra.png');
    const saved = await sharp(await download.path()).metadata();
    assert.deepEqual([saved.format, saved.width, saved.height], ['png', 64, 64]);
  });

  test('translates what the camera sees, and its snapshot', async () => {
    const { page, offences } = await openDemo(ours(), { backend: 'wasm' });
    await page.context().grantPermissions(['camera']);
    await translated(page);
    await page.getByRole('button', { name: 'Camera' }).click();
    await says(page, /^Live: Translated/);
    await page.getByRole('button', { name: 'Take the picture' }).click();
    await says(page, /^Translated/);
    assert.equal(await page.locator('#video').isVisible(), false);
    assert.deepEqual(offences, []);
  });
});

describe('what computes', () => {
  test('is the fastest whose result is right; the page says why, and remembers it', async () => {
    const { page } = await openDemo(ours());
    await translated(page);
    await page.getByText('How it runs').click();
    assert.match(await page.locator('#why').innerText(), /, the fastest here whose result is right\.$/);
    const used = await page.locator('#backends input:checked').getAttribute('value');
    const other = used === 'wasm' ? 'webgl' : 'wasm';
    await page.locator(`#backends input[value=${other}]`).check();
    await page.locator('#why', { hasText: 'which you chose' }).waitFor();
    await translated(page);
    const levels = levelsApart(await pixelsOf(page), await expected('AtoB', await readFile(join(site, 'examples/A-1.png')), 'fit')); // prettier-ignore
    assert.ok(levels <= BOUND, `${other}: ${levels}`);
    await page.reload();
    await translated(page);
    assert.match((await page.locator('#why').textContent())!, /which you chose/);
  });

  test('is refused where its translation of the test image is not the expected one', async (t) => {
    const wrong = join(dir, 'wrong');
    await cp(site, wrong, { recursive: true });
    const check = await readFile(join(wrong, 'AtoB', 'check.bin'));
    await writeFile(join(wrong, 'AtoB', 'check.bin'), check.fill(0, check.length / 2, check.length / 2 + 900));
    await sealFolder(wrong, (await factsOf(wrong))!);
    const own = await serveFolder(wrong, '127.0.0.1', 0);
    t.after(() => own.close());
    const { page } = await openDemo(`http://127.0.0.1:${own.port}/`);
    await page.waitForSelector('#status.failed', { timeout: 60_000 });
    assert.match(await status(page), /Nothing in this browser can run the network .*too coarsely/);
  });
});

/** A page of a generator as a plugin's may be, which does not say which sizes it takes. @returns its address */
async function serveFixed(t: TestContext): Promise<string> {
  const fixed = join(dir, 'fixed');
  await mkdir(fixed);
  const { network } = generators.AtoB!;
  const unsized: Network = { weights: network.weights, apply: (weights, x) => network.apply(weights, x) };
  await writeDemo([{ ...generators.AtoB!, network: unsized }], fixed, { precision: 'float16', domains: null });
  const own = await serveFolder(fixed, '127.0.0.1', 0);
  t.after(() => own.close());
  return `http://127.0.0.1:${own.port}/`;
}

const dropFile = (page: Page, name: string, content: Buffer) =>
  withTransfer(
    page,
    name,
    content,
    `new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true })`,
  );

const pasteFile = (page: Page, name: string, content: Buffer) =>
  withTransfer(page, name, content, `new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true })`);

/** @param event with the file in `transfer` */
async function withTransfer(page: Page, name: string, content: Buffer, event: string): Promise<void> {
  await page.evaluate(
    `(() => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob('${content.toString('base64')}'), (byte) => byte.charCodeAt(0));
      transfer.items.add(new File([bytes], '${name}'));
      document.querySelector('#stage').dispatchEvent(${event});
    })()`,
  );
}

/** Python's server, which sends no header of our own. */
async function plainServer(root: string): Promise<{ readonly process: ChildProcess; readonly port: number }> {
  const port = await freePort();
  const process = spawn(servicesPython(), ['-m', 'http.server', String(port), '--bind', '127.0.0.1', '--directory', root], { stdio: 'ignore' }); // prettier-ignore
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
  await until('the server answers', { within: WITHIN.server, look: answers, is: Boolean });
  return { process, port };
}
