import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { builtins } from '../../src/app/builtins.js';
import { writeRunReport } from '../../src/pipeline/run-report/write-run-report.js';
import { CURVES, writeWholeRun } from '../report/run/run-folder.js';
import { openFile, startBrowser } from './browser.js';

/** What a report must carry: more of either is thinned out. */
const [STEPS, IMAGES] = [10_000, 250];

let browser: Browser;
let dir: string;
let file: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'report-'));
  const runDir = await writeWholeRun(dir, 'toy-12345678', {
    steps: STEPS,
    images: IMAGES,
    imageSize: 64,
    neighbours: true,
    curves: [...CURVES, ...Array.from({ length: 10 }, (_, i) => `own/${i}`)],
  });
  const began = performance.now();
  const written = await writeRunReport({ runDir, components: builtins() });
  file = written.file;
  console.log(
    `# written in ${((performance.now() - began) / 1000).toFixed(1)} s, ${(written.bytes / 1e6).toFixed(1)} MB`,
  );
  browser = await startBrowser();
});

after(async () => {
  await browser.close();
  await rm(dir, { recursive: true, force: true });
});

const box = async (page: Page, selector: string) => (await page.locator(selector).first().boundingBox())!;

describe('a report of 10,000 steps and 500 test images in Chromium', () => {
  for (const [name, options] of Object.entries({
    'on a wide screen': {},
    'on a phone': { width: 390 },
    'in the dark': { dark: true },
  })) {
    test(`loads nothing, reports no error and fits, ${name}`, async () => {
      const { page, offences } = await openFile(browser, file, options);
      const ready = await page.evaluate<number>('performance.now()');
      console.log(`# interactive ${name} after ${(ready / 1000).toFixed(2)} s`);
      for (const id of ['curves', 'samples', 'tests', 'config', 'stages']) {
        await page.locator(`#${id}`).scrollIntoViewIfNeeded();
      }
      await page.locator('.chart canvas').first().waitFor();
      assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false);
      assert.deepEqual(offences, []);
      await page.close();
    });
  }

  test('shows translations beside their nearest training images, one below the other on a phone', async () => {
    for (const [width, columns] of [
      [1400, 3],
      [390, 1],
    ] as const) {
      const { page } = await openFile(browser, file, { width });
      const figures = page.locator('.pairs.nearest').first().locator('figure');
      assert.equal(await figures.count(), 6);
      assert.equal(await figures.first().locator('img').count(), 3);
      const tops = await figures.evaluateAll((all: { offsetTop: number }[]) => all.map(({ offsetTop }) => offsetTop));
      assert.equal(tops.filter((top) => top === tops[0]).length, columns);
      await page.close();
    }
  });

  test('zooms all charts by dragging and by keys, and shows all again', async () => {
    const { page } = await openFile(browser, file);
    await page.locator('#curves').scrollIntoViewIfNeeded();
    const reset = page.locator('#whole');
    assert.equal(await reset.isDisabled(), true);
    const { x, y, width, height } = await box(page, '.u-over');
    await page.mouse.move(x + width * 0.3, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.6, y + height / 2, { steps: 4 });
    await page.mouse.up();
    assert.equal(await reset.isDisabled(), false);
    await reset.click();
    assert.equal(await reset.isDisabled(), true);
    await page.locator('.plot').first().focus();
    await page.keyboard.press('+');
    assert.equal(await reset.isDisabled(), false);
    await page.keyboard.press('0');
    assert.equal(await reset.isDisabled(), true);
    await page.close();
  });

  test('shows the values under the pointer, with step and epoch', async () => {
    const { page } = await openFile(browser, file);
    await page.locator('#curves').scrollIntoViewIfNeeded();
    const { x, y, width, height } = await box(page, '.u-over');
    await page.mouse.move(x + width / 4, y + height / 2);
    assert.match(await page.locator('.legend .soft').first().innerText(), /^step [\d,]+, epoch 1$/);
    await page.close();
  });

  test('smooths more as the slider moves, and hides a curve by its button', async () => {
    const { page } = await openFile(browser, file);
    const before = await page.locator('#smoothing').inputValue();
    await page.locator('#smoothing').focus();
    await page.keyboard.press('Home');
    assert.notEqual(await page.locator('#smoothing').inputValue(), before);
    const curve = page.locator('.legend button').first();
    await curve.click();
    assert.equal(await curve.getAttribute('aria-pressed'), 'false');
    await page.close();
  });

  test('moves through the samples with the slider’s keys, and plays them', async () => {
    const { page } = await openFile(browser, file);
    const image = page.locator('[data-samples="0"] img');
    const last = await image.getAttribute('src');
    await page.locator('#moment').focus();
    await page.keyboard.press('Home');
    assert.notEqual(await image.getAttribute('src'), last);
    assert.equal(await page.locator('#moment-text').innerText(), 'before the training');
    await page.locator('#play').click();
    await page.locator('#play[aria-pressed=false]').waitFor();
    assert.equal(await image.getAttribute('src'), last);
    await page.close();
  });

  test('sorts the test images, worst first, and adds more of them on request', async () => {
    const { page } = await openFile(browser, file);
    await page.locator('#sort').selectOption('cycle-error, worst first');
    const values = async () => (await page.locator('.card b').allInnerTexts()).map(Number);
    const worst = await values();
    assert.equal(worst.length, 60);
    assert.deepEqual(
      worst,
      [...worst].sort((a, b) => b - a),
    );
    await page.locator('#more').click();
    assert.equal((await values()).length, 120);
    await page.locator('#sort').selectOption('cycle-error, best first');
    assert.equal((await values())[0], 0);
    await page.close();
  });

  test('opens an image with a divider that mouse and keyboard move', async () => {
    const { page } = await openFile(browser, file);
    await page.locator('.card').first().focus();
    await page.keyboard.press('Enter');
    const at = () => page.evaluate<string>(`document.querySelector('.large').style.getPropertyValue('--at')`);
    assert.equal(await at(), '50%');
    await page.keyboard.press('ArrowRight');
    assert.equal(await at(), '51%');
    const { x, y, width, height } = await box(page, '.large');
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 5, y + height / 2, { steps: 5 });
    await page.mouse.up();
    assert.ok(Math.abs(parseFloat(await at()) - 20) < 4, await at());
    const first = await page.locator('#viewer strong').innerText();
    await page.locator('#viewer [data-what="the next image"]').click();
    assert.notEqual(await page.locator('#viewer strong').innerText(), first);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#viewer').isVisible(), false);
    await page.close();
  });

  test('moves the divider of all images at once', async () => {
    const { page } = await openFile(browser, file);
    await page.locator('#divider').focus();
    await page.keyboard.press('End');
    assert.equal(
      await page.evaluate<string>(`document.querySelector('#gallery').style.getPropertyValue('--at')`),
      '100%',
    );
    await page.close();
  });

  test('prints on light paper, with all charts', async () => {
    const { page, offences } = await openFile(browser, file, { dark: true });
    const pdf = await page.pdf({ format: 'A4' });
    assert.ok(pdf.length > 10_000);
    assert.equal(await page.locator('.chart canvas').count(), await page.locator('.chart').count());
    assert.deepEqual(offences, []);
    await page.close();
  });
});
