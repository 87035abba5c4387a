import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpError } from '../../../src/serving/http/http-error.js';
import { imageJson, parsePredict } from '../../../src/serving/http/predict-json.js';

const parse = (json: unknown) => parsePredict(Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)));
const b64 = (text: string) => ({ b64: Buffer.from(text).toString('base64') });
const texts = (request: ReturnType<typeof parse>) => (request.kind === 'images' ? request.images.map(String) : []);
const PIXELS = [[[0, 0.5, 1], [-1, 0, 1]]]; // prettier-ignore

test('encoded images come bare or under the name of the input, in rows or in a column', () => {
  for (const json of [
    { instances: [b64('one'), b64('two')] },
    { instances: [{ image_bytes: b64('one') }, { image_bytes: b64('two') }] },
    { signature_name: 'image_bytes', inputs: [b64('one'), b64('two')] },
    { inputs: { image_bytes: [b64('one'), b64('two')] } },
  ]) {
    const request = parse(json);
    assert.deepEqual(texts(request), ['one', 'two']);
    assert.equal(request.isRow, 'instances' in json);
  }
  assert.deepEqual(texts(parse({ inputs: { image_bytes: b64('one') } })), ['one']);
});

test('numbers come bare or under the name of the input', () => {
  for (const json of [
    { instances: [PIXELS, PIXELS] },
    { signature_name: 'serving_default', instances: [{ image: PIXELS }, { image: PIXELS }] },
    { inputs: [PIXELS, PIXELS] },
    { inputs: { image: [PIXELS, PIXELS] } },
  ]) {
    const request = parse(json);
    assert.ok(request.kind === 'tensor');
    assert.deepEqual(request.shape, [2, 1, 2, 3]);
    assert.deepEqual([...request.values], [0, 0.5, 1, -1, 0, 1, 0, 0.5, 1, -1, 0, 1]);
  }
});

test('anything else is the client’s mistake, and the answer says which', () => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    ['{"instances": [', /JSON Parse error/],
    ['[]', /JSON Parse error: expected an object/],
    [{}, /either "instances" or "inputs"/],
    [{ instances: [], inputs: [] }, /either "instances" or "inputs"/],
    [{ instances: [] }, /list that is not empty/],
    [{ instances: b64('one') }, /list that is not empty/],
    [{ instances: [{ picture: b64('one') }] }, /input picture is unknown/],
    [{ instances: [{ image: PIXELS, more: 1 }] }, /input image, more is unknown/],
    [{ instances: [b64('one'), PIXELS] }, /is to be .*b64/],
    [{ instances: [{ b64: 7 }] }, /is to be .*b64/],
    [{ instances: [{ b64: 'not base64!' }] }, /not base64/],
    [{ instances: [{ image_bytes: 'text' }] }, /shape \[height, width, 3\]/],
    [{ instances: [7] }, /shape \[height, width, 3\]/],
    [{ instances: [[[[1, 2]]]] }, /shape \[height, width, 3\]/],
    [{ instances: [[]] }, /shape \[height, width, 3\]/],
    [{ instances: [[[[1, 2, 3]], []]] }, /shape \[height, width, 3\]/],
    [{ instances: [PIXELS, [[[1, 2, 3]]]] }, /shape \[height, width, 3\]/],
    [{ instances: [[[[1, 2, null]]]] }, /finite numbers/],
    [{ instances: [[[[1, 2, '3']]]] }, /finite numbers/],
    [{ instances: [[[[1, 2, 1e300]]]] }, /finite numbers/],
    [{ signature_name: 'other', instances: [b64('one')] }, /no signature "other"/],
  ];
  for (const [json, message] of wrong) {
    assert.throws(
      () => parse(json),
      (error) => error instanceof HttpError && error.statusCode === 400 && message.test(error.message),
      JSON.stringify(json),
    );
  }
});

test('numbers go out as they are, each image by itself', () => {
  const values = Float32Array.from([0, 0.1, 1, -1, 1e-30, 0.3, 1, 2, 3, 4, 5, 6]);
  const images = [0, 1].map((i) => JSON.parse(imageJson(values, [2, 1, 2, 3], i)) as number[][][]);
  assert.deepEqual(Float32Array.from(images.flat(3)), values);
  assert.deepEqual(images[1], [[[1, 2, 3], [4, 5, 6]]]); // prettier-ignore
});
