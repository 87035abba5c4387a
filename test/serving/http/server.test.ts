import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { WorkError, type Done, type WorkFailure } from '../../../src/serving/work-queue.js';
import { createServer } from '../../../src/serving/http/create-server.js';
import { Metrics } from '../../../src/serving/http/metrics.js';
import type { ServerOptions } from '../../../src/serving/http/options.js';
import type { ServedModel, Work } from '../../../src/serving/protocol.js';
import { until, WITHIN } from '../../until.js';

const model = (name: string, version: number): ServedModel => ({
  name,
  version,
  direction: 'AtoB',
  title: `${name}, step ${version}`,
  imageSize: 64,
  sizes: { multiple: 4, least: 8 },
});

/** An engine that turns bytes around, and numbers into their negatives. */
async function setup(t: TestContext, options: Partial<ServerOptions> = {}, models = [model('zebra', 5)]) {
  const submitted: Work[] = [];
  const aborted: Work[] = [];
  const state = {
    isReady: true,
    load: 0,
    isStopping: false,
    failure: undefined as WorkFailure | undefined,
    hangs: false,
  };
  const engine = {
    models,
    get isReady() {
      return state.isReady;
    },
    get load() {
      return state.load;
    },
    submit(work: Work, signal: AbortSignal): Promise<Done> {
      submitted.push(work);
      signal.addEventListener('abort', () => aborted.push(work));
      if (state.failure !== undefined) return Promise.reject(new WorkError(state.failure, 'It failed.'));
      if (state.hangs) return new Promise(() => undefined);
      const timing = { queued: 1, waited: 2, computed: 3, batch: 4 };
      if (work.kind === 'tensor') {
        return Promise.resolve({ result: { ...work, values: work.values.map((value) => -value) }, timing });
      }
      const format = work.format === 'keep' ? 'jpeg' : work.format;
      return Promise.resolve({ result: { kind: 'image', bytes: Buffer.from(work.bytes).reverse(), format }, timing });
    },
  };
  const metrics = new Metrics(engine);
  const app = await createServer(
    { engine, metrics, isStopping: () => state.isStopping },
    {
      host: '127.0.0.1',
      port: 0,
      bodyLimit: 1000,
      arrival: 30_000,
      timeout: 60_000,
      connections: 100,
      ...options,
    },
  );
  t.after(async () => {
    app.server.closeAllConnections();
    await app.close();
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const ask = async (method: string, path: string, body?: string | Buffer, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) as never };
  };
  return { app, port, submitted, aborted, state, ask };
}

test('an image is answered with its translation, in the format that is asked for', async (t) => {
  const { ask, submitted } = await setup(t);
  const answer = await ask('POST', '/translate', 'abc');
  assert.deepEqual([answer.status, answer.text], [200, 'cba']);
  assert.equal(answer.headers.get('content-type'), 'image/jpeg');
  assert.equal(answer.headers.get('x-model'), 'zebra/5');
  assert.equal(answer.headers.get('server-timing'), 'wait;dur=3.0, translate;dur=3.0');
  const accepts = async (accept: string, query = '') =>
    (await ask('POST', `/translate/zebra${query}`, 'abc', { accept })).headers.get('content-type');
  assert.equal(await accepts('text/html, image/webp;q=0.9, */*'), 'image/webp');
  assert.equal(await accepts('image/*'), 'image/jpeg');
  assert.equal(await accepts('image/webp', '?format=png'), 'image/png');
  await ask('POST', '/translate?size=fit&side_by_side=true&version=5', 'abc');
  await ask('POST', '/translate?size=512', 'abc');
  const [last, before] = [submitted.at(-1)!, submitted.at(-2)!];
  assert.ok(last.kind === 'image' && before.kind === 'image');
  assert.deepEqual([last.size, before.size, before.sideBySide, last.sideBySide], [512, 'fit', true, false]);
});

test('a wrong parameter is refused, and the answer says what it takes', async (t) => {
  const { ask, submitted } = await setup(t);
  for (const [query, message] of [
    ['size=big', /parameter size .*keep: its own/],
    ['format=bmp', /parameter format must be equal to one of the allowed values/],
    ['sise=3', /There is no parameter sise/],
    ['version=x', /parameter version/],
  ] as const) {
    const { status, text } = await ask('POST', `/translate?${query}`, 'abc');
    assert.equal(status, 400);
    assert.match((JSON.parse(text) as { error: string }).error, message);
  }
  assert.deepEqual(submitted, []);
});

test('of several models one has to be named, and the largest version answers', async (t) => {
  const { ask, submitted } = await setup(t, {}, [model('zebra', 5), model('zebra', 12), model('horse', 1)]);
  assert.deepEqual([(await ask('POST', '/translate', 'a')).status, submitted.length], [400, 0]);
  const versionAt = async (path: string, body = 'a') => {
    const { status } = await ask('POST', path, body);
    return status === 200 ? submitted.at(-1)!.model.version : status;
  };
  assert.equal(await versionAt('/translate/zebra'), 12);
  assert.equal(await versionAt('/translate/zebra?version=5'), 5);
  assert.equal(await versionAt('/translate/zebra?version=6'), 404);
  assert.equal(await versionAt('/translate/cow'), 404);
  const instances = JSON.stringify({ instances: [{ b64: 'YQ==' }] });
  assert.equal(await versionAt('/v1/models/zebra:predict', instances), 12);
  assert.equal(await versionAt('/v1/models/zebra/versions/5:predict', instances), 5);
  assert.equal(await versionAt('/v1/models/zebra/versions/6:predict', instances), 404);
  assert.equal(await versionAt('/v1/models/cow:predict', instances), 404);
  const { status, json } = await ask('GET', '/v1/models/zebra');
  const { model_version_status: versions } = json() as { model_version_status: { version: string; state: string }[] };
  assert.deepEqual([status, versions.map(({ version, state }) => [version, state])], [200, [['12', 'AVAILABLE'], ['5', 'AVAILABLE']]]); // prettier-ignore
  assert.equal((await ask('GET', '/v1/models/zebra/versions/7')).status, 404);
});

test('TensorFlow Serving’s clients get predictions for instances and outputs for inputs', async (t) => {
  const { ask } = await setup(t);
  const predict = async (body: unknown) => (await ask('POST', '/v1/models/zebra:predict', JSON.stringify(body))).text;
  const b64 = (text: string) => Buffer.from(text).toString('base64');
  assert.equal(await predict({ instances: [{ b64: b64('ab') }, { image_bytes: { b64: b64('cd') } }] }), JSON.stringify({ predictions: [{ b64: b64('ba') }, { b64: b64('dc') }] })); // prettier-ignore
  const image = [[[0.5, 1, -1]]];
  assert.deepEqual(JSON.parse(await predict({ instances: [image] })), { predictions: [[[[-0.5, -1, 1]]]] });
  assert.deepEqual(JSON.parse(await predict({ inputs: { image: [image] } })), { outputs: [[[[-0.5, -1, 1]]]] });
  const { json } = await ask('GET', '/v1/models/zebra/metadata');
  const { metadata } = json() as { metadata: { signature_def: { signature_def: Record<string, object> } } };
  assert.deepEqual(Object.keys(metadata.signature_def.signature_def), ['serving_default', 'image_bytes']);
});

test('each way to fail has its status, a code and a message', async (t) => {
  const { ask, state } = await setup(t);
  const expected: Readonly<Record<WorkFailure, number>> = {
    'queue-full': 429,
    'too-late': 503,
    stopping: 503,
    'engine-died': 500,
    'undecodable-image': 415,
    'too-many-pixels': 413,
    'wrong-size': 400,
  };
  for (const [failure, status] of Object.entries(expected) as [WorkFailure, number][]) {
    state.failure = failure;
    const answer = await ask('POST', '/translate', 'abc');
    assert.deepEqual([answer.status, answer.json()], [status, { error: 'It failed.', code: failure }]);
    const isTemporary = status === 429 || status === 503;
    assert.equal(answer.headers.get('retry-after') !== null, isTemporary, failure);
  }
  const codeOf = async (...asked: Parameters<typeof ask>) => {
    const { status, text } = await ask(...asked);
    return [status, (JSON.parse(text) as { code: string }).code];
  };
  assert.deepEqual(await codeOf('POST', '/translate'), [400, 'no-image']);
  assert.deepEqual(await codeOf('POST', '/translate', Buffer.alloc(1001)), [413, 'body-too-large']);
  assert.deepEqual(await codeOf('POST', '/v1/models/zebra:predict', '{'), [400, 'bad-request']);
  assert.deepEqual(await codeOf('POST', '/v1/models/zebra:predict'), [400, 'bad-request']);
  assert.deepEqual(await codeOf('POST', '/v1/models/zebra:classify', '{}'), [404, 'no-such-route']);
  assert.deepEqual(await codeOf('GET', '/translate'), [404, 'no-such-route']);
});

test('without the token there is an answer about health only', async (t) => {
  const { ask } = await setup(t, { token: 'secret' });
  for (const authorization of ['', 'Bearer wrong', 'secret', 'Bearer secret ']) {
    const answer = await ask('POST', '/translate', 'abc', { authorization: authorization.trimEnd() + (authorization.endsWith(' ') ? 'x' : '') }); // prettier-ignore
    assert.deepEqual([answer.status, answer.headers.get('www-authenticate')], [401, 'Bearer']);
  }
  for (const path of ['/metrics', '/', '/v1/models/zebra', '/openapi.json', '/nothing']) assert.equal((await ask('GET', path)).status, 401, path); // prettier-ignore
  for (const path of ['/healthz', '/readyz']) assert.equal((await ask('GET', path)).status, 200, path);
  assert.equal((await ask('POST', '/translate', 'abc', { authorization: 'Bearer secret' })).text, 'cba');
});

test('health says whether images can be translated now', async (t) => {
  const { ask, state } = await setup(t);
  const ready = async () => {
    const { status, json } = await ask('GET', '/readyz');
    return [status, (json() as { status: string }).status];
  };
  assert.deepEqual(await ready(), [200, 'ready']);
  state.isReady = false;
  assert.deepEqual(await ready(), [503, 'starting']);
  state.isStopping = true;
  assert.deepEqual(await ready(), [503, 'stopping']);
  assert.equal((await ask('GET', '/healthz')).status, 200);
});

test('Prometheus reads what was answered', async (t) => {
  const { ask } = await setup(t);
  await ask('POST', '/translate', 'abc');
  await ask('GET', '/nothing');
  const seen = await until('the requests in the metrics', {
    within: WITHIN.process,
    look: async () => (await ask('GET', '/metrics')).text,
    is: (text) => /cyclegan_requests_total\{route="none",status="404"\} 1/.test(text),
  });
  assert.match(seen, /cyclegan_requests_total\{route="\/translate",status="200"\} 1/);
  assert.match(seen, /cyclegan_images_total\{model="zebra",version="5"\} 1/);
  assert.match(seen, /cyclegan_batch_images_sum 4/);
  assert.match(seen, /cyclegan_wait_seconds_sum 0[.]003/);
  assert.match(seen, /process_cpu_seconds_total/);
});

test('OpenAPI describes the routes, with their bodies', async (t) => {
  const { ask } = await setup(t);
  const { json } = await ask('GET', '/openapi.json');
  const { openapi, paths } = json() as { openapi: string; paths: Record<string, Record<string, { requestBody?: { content: object } }>> }; // prettier-ignore
  assert.match(openapi, /^3[.]/);
  assert.deepEqual(Object.keys(paths['/translate/{model}']!['post']!.requestBody!.content), ['image/*']);
  assert.ok('/v1/models/{model}:predict' in paths, Object.keys(paths).join());
  assert.deepEqual(Object.keys(paths['/v1/models/{model}:predict']['post']!.requestBody!.content), ['application/json']); // prettier-ignore
});

test('a body without a declared length is refused where it becomes too large, and the client learns why', async (t) => {
  const { port, submitted } = await setup(t);
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (text: Buffer) => (answer += text.toString()));
  const chunk = `1f4\r\n${'x'.repeat(500)}\r\n`;
  socket.write(`POST /translate HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${chunk}${chunk}${chunk}`);
  await until('the answer', { within: WITHIN.process, look: () => answer, is: (text) => text.includes('body-too-large'), unless: () => socket.closed }); // prettier-ignore
  assert.match(answer, /^HTTP\/1.1 413 /);
  assert.deepEqual(submitted, []);
  socket.destroy();
});

test('a client that leaves is not waited for', async (t) => {
  const { port, state, submitted, aborted } = await setup(t);
  state.hangs = true;
  const socket = connect(port, '127.0.0.1');
  socket.write('POST /translate HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc');
  await until('the work', { within: WITHIN.process, look: () => submitted.length, is: (count) => count === 1 });
  assert.equal(aborted.length, 0);
  socket.destroy();
  await until('its end', { within: WITHIN.process, look: () => aborted.length, is: (count) => count === 1 });
});

test('a client that sends too slowly is refused, and the others are answered meanwhile', async (t) => {
  const { port, ask } = await setup(t, { arrival: 300 });
  const socket = connect(port, '127.0.0.1');
  socket.write('POST /translate HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\nabc');
  let answer = '';
  socket.on('data', (text: Buffer) => (answer += text.toString()));
  assert.equal((await ask('POST', '/translate', 'abc')).text, 'cba');
  await once(socket, 'close');
  assert.match(answer, /^(HTTP\/1.1 408 Request Timeout|$)/);
});
