import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { serveFolder } from '../../src/demo/serve-folder.js';
import { temporary } from '../export/rig.js';

test('a folder is served with the types that browsers insist on, and kept where the address has a checksum', async (t) => {
  const dir = temporary(t);
  mkdirSync(join(dir, 'AtoB'));
  for (const name of ['index.html', 'demo.js', 'style.css', 'a.wasm', 'AtoB/model.json', 'chunk-AB12.js']) {
    writeFileSync(join(dir, name), 'content');
  }
  const server = await serveFolder(dir, '127.0.0.1', 0);
  t.after(() => server.close());
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}/${path}`);
  const types = {
    '': 'text/html',
    'demo.js?v=0123abcd': 'javascript',
    'style.css?v=0123abcd': 'text/css',
    'a.wasm?v=0123abcd': 'application/wasm',
    'AtoB/model.json?v=0123abcd': 'application/json',
    'chunk-AB12.js': 'javascript',
  };
  for (const [path, type] of Object.entries(types)) {
    const { status, headers } = await get(path);
    assert.equal(status, 200, path);
    assert.ok(headers.get('content-type')!.includes(type), `${path}: ${headers.get('content-type')}`);
    assert.match(headers.get('cache-control')!, path === '' ? /^no-cache$/ : /immutable/, path);
    assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin');
    assert.equal(headers.get('cross-origin-embedder-policy'), 'require-corp');
  }
  const missing = await get('chunk-missing.js');
  assert.equal(missing.status, 404);
  assert.equal(missing.headers.get('cache-control'), 'no-cache');
  assert.notEqual((await get('..%2f..%2fetc/passwd')).status, 200);
});
