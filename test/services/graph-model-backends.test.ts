import assert from 'node:assert/strict';
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import type { Browser, Page } from 'playwright-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { writeGraphModel } from '../../src/export/graph-model.js';
import type { ImageSides } from '../../src/export/probes.js';
import { testImage } from '../../src/export/same-image.js';
import { measuringNorms, withNorms } from '../../src/models/norms.js';
import { difference, generatorOf, GENERATORS, temporary } from '../export/rig.js';
import { startBrowser } from './browser.js';

const packages = fileURLToPath(new URL('../../../node_modules/@tensorflow', import.meta.url));
const SCRIPTS = ['tfjs/dist/tf.min.js', 'tfjs-backend-wasm/dist/tf-backend-wasm.min.js', 'tfjs-backend-webgpu/dist/tf-backend-webgpu.min.js']; // prettier-ignore
const SIDES: readonly ImageSides[] = [
  [1, 16, 16],
  [2, 48, 32],
];

let browser: Browser;
before(async () => {
  await loadTensorFlow();
  browser = await startBrowser(['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan']); // prettier-ignore
});
after(() => browser.close());

for (const [name, options] of Object.entries(GENERATORS)) {
  for (const backend of ['wasm', 'webgl', 'webgpu']) {
    test(`in Chromium with ${backend}, one GraphModel of a ${name} translates batches, rectangles, and tiles with given statistics`, async (t) => {
      const [dir, generator] = [temporary(t), generatorOf(options)];
      const { norms } = await writeGraphModel(generator, dir, { precision: 'float32' });
      const server = await serve(dir);
      t.after(() => (server.close(), server.closeAllConnections()));
      const page = await browser.newPage();
      t.after(() => page.close());
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const opened = await page.evaluate<boolean>(openModel(backend));
      if (!opened) return t.skip(`Chromium has no ${backend} here`);

      for (const sides of SIDES) {
        const expected = tf.tidy(() => generator.network.apply(generator.weights, testImage(sides, 3)).dataSync<'float32'>()); // prettier-ignore
        compare(await translate(page, sides), expected, sides.join('x'));
      }
      const nodes = norms.map(({ mean, variance }) => [mean, variance]);
      const [whole, tile] = [[1, 64, 64], [1, 32, 32]] as const satisfies readonly ImageSides[]; // prettier-ignore
      const expected = tf.tidy(() => {
        const { statistics } = measuringNorms(() => generator.network.apply(generator.weights, testImage(whole, 3)));
        return withNorms(statistics, () => generator.network.apply(generator.weights, testImage(tile, 3))).dataSync<'float32'>(); // prettier-ignore
      });
      compare(await translate(page, tile, { nodes: nodes.flat(), whole }), expected, 'a tile');
    });
  }
}

function compare(found: Float32Array, expected: Float32Array, what: string): void {
  const largest = difference(found, expected);
  assert.ok(largest < 1e-4, `${what}: they differ by ${largest}`);
}

/** @param given the nodes of norms, and the image that they are measured on */
async function translate(
  page: Page,
  sides: ImageSides,
  given?: { readonly nodes: readonly string[]; readonly whole: ImageSides },
): Promise<Float32Array> {
  const values = (of: ImageSides) => [...tf.tidy(() => testImage(of, 3).dataSync<'float32'>())];
  const input = (of: ImageSides) => `tf.tensor4d(${JSON.stringify(values(of))}, [${of.join()}, 3])`;
  const measured =
    given === undefined
      ? '{}'
      : `(() => { const nodes = ${JSON.stringify(given.nodes)}; const values = model.execute({ image: ${input(given.whole)} }, nodes);
        return Object.fromEntries(nodes.map((node, i) => [node, values[i]])); })()`;
  const program = `(async () => [...await model.execute({ image: ${input(sides)}, ...${measured} }, 'translation').data()])()`;
  return Float32Array.from(await page.evaluate<number[]>(program));
}

/** Whether the page has the backend. */
const openModel = (backend: string) => `(async () => {
  tf.wasm.setWasmPaths('/tfjs-backend-wasm/dist/');
  if (!(await tf.setBackend('${backend}').catch(() => false))) return false;
  globalThis.model = await tf.loadGraphModel('/model.json');
  return tf.getBackend() === '${backend}';
})()`;

/** Serves a model, a page with TensorFlow.js, and its files. */
async function serve(dir: string): Promise<Server> {
  const server = createServer((request, response) => {
    const [path] = request.url!.split('?') as [string];
    if (path === '/') {
      response.setHeader('content-type', 'text/html');
      return void response.end(SCRIPTS.map((script) => `<script src="/${script}"></script>`).join(''));
    }
    const file = [join(dir, path), join(packages, path)].find(existsSync);
    if (file === undefined) return void response.writeHead(404).end();
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.wasm': 'application/wasm' };
