import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { installProgress } from '../../src/cli/ui/install-progress.js';

test('how far an installation is: what is downloaded, then what is installed, with the size of the whole', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'install-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const put = (path: string, bytes: number) => {
    const file = join(dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
    truncateSync(file, bytes);
  };
  assert.equal(await installProgress(dir, 850e6, 3), '  downloaded 0 bytes, 3 s');
  put('lib/python3.12/site-packages/pip/a.py', 12e6);
  put('downloads/pip-unpack-1/a.whl', 30e6);
  put('downloads/pip-unpack-1/b.whl', 90e6);
  assert.equal(await installProgress(dir, 850e6, 20.4), '  downloaded 120 MB, 20 s');
  put('lib/python3.12/site-packages/big/b.so', 300e6);
  assert.equal(await installProgress(dir, 850e6, 60), '  installed 312 MB of about 850 MB, 60 s');
});
