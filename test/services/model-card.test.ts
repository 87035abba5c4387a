import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { openTranslator } from '../../src/app/open-translator.js';
import { openSavedModel } from '../../src/engine/graph/open-saved-model.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { makeModelCard } from '../../src/report/card/make-model-card.js';
import type { CardFormat } from '../../src/report/card/card-facts.js';
import { difference, generatorOf, GENERATORS, write } from '../export/rig.js';
import { exported, facts } from '../report/card/facts.js';
import { startBrowser } from './browser.js';
import { cardsPython, onnxPython, runScript, servicesPython } from './python.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);
const FORMATS: readonly CardFormat[] = ['saved-model', 'tfjs', 'onnx', 'weights'];
const SIDE = 16;

/** A folder as the export stage leaves it, with the card and a photograph of the size of the training. */
let dir: string;
let card: string;
let expected: Float32Array;

before(async () => {
  await loadTensorFlow();
  dir = mkdtempSync(join(tmpdir(), 'card-'));
  const generator = generatorOf(GENERATORS['ResNet']!);
  for (const format of FORMATS) await write(format, generator, join(dir, format));
  const exports = FORMATS.map((format) => exported({ format, imageSize: SIDE, size: SIDE }));
  card = makeModelCard(facts({ exports }));
  await writeFile(join(dir, 'README.md'), card);

  const pixels = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => 128 + 100 * Math.sin(i / 17) * Math.cos(i / 5));
  const photo = sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } });
  await photo.jpeg({ quality: 95 }).toFile(join(dir, 'photo.jpg'));
  // Its decoded pixels, for the browser, which decodes JPEG in another way.
  await sharp(join(dir, 'photo.jpg')).png().toFile(join(dir, 'photo.png'));
  const translator = await openTranslator(join(dir, 'weights'));
  expected = Float32Array.from((await translator.translate(join(dir, 'photo.jpg'))).data);
  translator.dispose();
  // For programs that import the package.
  await mkdir(join(dir, 'node_modules'));
  await symlink(root, join(dir, 'node_modules', 'cyclegan-runner'));
});
after(() => rm(dir, { recursive: true, force: true }));

test('Hugging Face’s library reads a model card, with its metrics', () => {
  const read = runScript<Record<string, unknown>>(cardsPython(), 'read_card.py', join(dir, 'README.md'));
  const { license, library, pipeline, datasets, model, results } = read;
  assert.deepEqual([license, library, pipeline], ['unknown', 'tensorflow', 'image-to-image']);
  assert.deepEqual([datasets, model], [['horses'], 'horse2zebra: A to B']);
  assert.deepEqual(results, [{ type: 'kd-toy', value: 0.021, dataset: 'horses', task: 'image-to-image' }]);
});

describe('as a model card shows it, a photograph is translated as by this program', () => {
  test('in Python with TensorFlow', async () => {
    await inPython(servicesPython(), snippet('Python, TensorFlow', 'python'));
    await check(1);
  });

  test('in Python with onnxruntime', async () => {
    await inPython(onnxPython(), snippet('Python, onnxruntime', 'python'));
    await check(1);
  });

  test('in Node', async () => {
    await writeFile(join(dir, 'program.mjs'), snippet('Node', 'js'));
    await run(process.execPath, ['program.mjs'], { cwd: dir });
    await check(0);
  });

  test('on the command line', async () => {
    const command = snippet('Node', 'sh').replace(/^runner /, `${root}runner `);
    await run('bash', ['-c', `${command} --force`], { cwd: dir });
    await check(0);
  });

  test('by a client of TensorFlow Serving', async () => {
    assert.match(
      snippet('TensorFlow Serving', 'sh'),
      /-v "\$PWD\/saved-model:\/models\/generator\/1" tensorflow\/serving$/,
    );
    const server = await serving(join(dir, 'saved-model'));
    try {
      const { port } = server.address() as AddressInfo;
      await inPython(servicesPython(), snippet('TensorFlow Serving', 'python').replace(':8501', `:${port}`));
    } finally {
      server.close();
      server.closeAllConnections();
    }
    await check(1);
  });

  describe('in a browser', () => {
    let browser: Browser;
    before(async () => {
      browser = await startBrowser();
    });
    after(() => browser.close());

    test('of the page that it has', async () => {
      await writeFile(join(dir, 'page.html'), snippet('In a browser', 'html'));
      const server = await files();
      try {
        const page = await browser.newPage();
        const library = join(root, 'node_modules/@tensorflow/tfjs/dist/tf.min.js');
        await page.route('https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4.22.0', (route) =>
          route.fulfill({ path: library }),
        );
        await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/page.html`);
        // toPixels sets the size before the pixels.
        const read = "[...document.querySelector('canvas').getContext('2d').getImageData(0, 0, 16, 16).data]";
        await page.waitForFunction(
          `document.querySelector('canvas').width === 16 && ${read}.some((level) => level > 0)`,
        );
        const pixels = await page.evaluate<number[]>(read);
        const colours = Float32Array.from(pixels.filter((_, i) => i % 4 < 3));
        assert.ok(difference(colours, expected) <= 1, `${difference(colours, expected)}`);
      } finally {
        server.close();
        server.closeAllConnections();
      }
    });
  });
});

/** A block of code under a title of the card. */
function snippet(title: string, language: string): string {
  const [, part] = card.split(`**${title}**`) as [string, string];
  const [, code] = new RegExp(`\`\`\`${language}\n([^]*?)\n\`\`\``).exec(part)!;
  return code!;
}

async function inPython(python: string, code: string): Promise<void> {
  await writeFile(join(dir, 'program.py'), code);
  await run(python, ['program.py'], { cwd: dir, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } });
}

/** Compares translation.png, and removes it. @param most of 255 */
async function check(most: number): Promise<void> {
  const { data, info } = await sharp(join(dir, 'translation.png')).raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height, info.channels], [SIDE, SIDE, 3]);
  const largest = difference(Float32Array.from(data), expected);
  assert.ok(largest <= most, `a pixel is off by ${largest}`);
  await rm(join(dir, 'translation.png'));
}

/** Answers `:predict` of TensorFlow Serving's REST API for a signature of files, as its documentation has it. */
async function serving(folder: string): Promise<Server> {
  const model = openSavedModel(folder);
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString()) as Request;
      assert.equal(request.url, '/v1/models/generator:predict');
      assert.equal(body.signature_name, 'image_bytes');
      const images = body.instances.map(({ image_bytes: { b64 } }) => new Uint8Array(Buffer.from(b64, 'base64')));
      const [output] = model.run({ 'image_bytes:0': tf.tensor1d(images, 'string') }, ['translation_image_bytes:0']);
      const bytes = tf.engine().readSync(output!.dataId) as unknown as readonly Uint8Array[];
      response.end(
        JSON.stringify({ predictions: bytes.map((file) => ({ b64: Buffer.from(file).toString('base64') })) }),
      );
    });
  });
  server.on('close', () => model.dispose());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

interface Request {
  readonly signature_name: string;
  readonly instances: readonly { readonly image_bytes: { readonly b64: string } }[];
}

/** Serves the folder. */
async function files(): Promise<Server> {
  const server = createServer((request, response) => {
    const path = join(dir, request.url === '/photo.jpg' ? 'photo.png' : (request.url ?? ''));
    if (!existsSync(path)) return void response.writeHead(404).end();
    if (path.endsWith('.html')) response.setHeader('content-type', 'text/html');
    createReadStream(path).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
