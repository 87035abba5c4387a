/**
 * Translates an image with an exported GraphModel as a browser does: @tensorflow/tfjs without the native engine, the model over HTTP.
 *
 *     node graph-model.mjs cpu|wasm FOLDER MODEL.json SIZE IMAGE OUT
 *
 * IMAGE and OUT: files of float32, [1, size, size, 3].
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';

const [backend, folder, file, size, image, out] = process.argv.slice(2);
if (backend === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
if (!(await tf.setBackend(backend))) throw new Error(`The backend ${backend} does not start.`);

const server = createServer((request, response) => {
  response.end(readFileSync(join(folder, request.url)));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
try {
  const model = await tf.loadGraphModel(`http://127.0.0.1:${server.address().port}/${file}`);
  const bytes = readFileSync(image);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const translated = model.predict(tf.tensor4d(values, [1, Number(size), Number(size), 3]));
  if (tf.getBackend() !== backend) throw new Error(`It ran on ${tf.getBackend()}.`);
  writeFileSync(out, new Uint8Array((await translated.data()).buffer));
} finally {
  server.close();
  server.closeAllConnections();
}
