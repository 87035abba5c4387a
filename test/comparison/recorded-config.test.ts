import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { parse, stringify } from 'yaml';
import type { JsonObject } from '../../src/support/json.js';
import { ConfigReader, differingKeys, leavesOf } from '../../src/comparison/recorded-config.js';

async function read(t: TestContext, ...texts: readonly string[]) {
  const dir = await mkdtemp(join(tmpdir(), 'configs-'));
  t.after(() => rm(dir, { recursive: true }));
  const reader = new ConfigReader();
  const configs = [];
  for (const text of texts) {
    await writeFile(join(dir, 'config.yaml'), text);
    configs.push(await reader.read(dir));
  }
  return configs;
}

describe('the configs of runs', () => {
  test('are what YAML says, whatever their style', async (t) => {
    const shared = { a: 1 };
    const texts = [
      'name: x\nloss:\n  lambda: 10 # ten\n\n  # why\n  list:\n  - 1\n  - b\nlast: null\n',
      'list:\n- 1\n- {b: 2}\n# end\nother: |\n  two\n\n  lines\n',
      stringify({ first: shared, second: shared, text: 'long '.repeat(60), 'a: b': 'c: d' }),
      '{name: x,\nloss: {lambda: 1}}',
      '---\nname: x\n"quoted": 1\n',
    ];
    assert.deepEqual(
      await read(t, ...texts),
      texts.map((text) => parse(text) as unknown),
    );
  });

  test('that share a section do not share its changes', async (t) => {
    const configs = await read(t, 'a:\n  b: 1\nc: 2\n', 'a:\n  b: 1\nc: 3\n', 'a:\n  b: 4\nc: 3\n');
    assert.deepEqual(configs, [
      { a: { b: 1 }, c: 2 },
      { a: { b: 1 }, c: 3 },
      { a: { b: 4 }, c: 3 },
    ]);
  });

  test('are null if they are damaged, and have no passwords', async (t) => {
    const [damaged, list, secret] = await read(t, 'a: [', '- 1\n', 'a: http://me:word@host/\n');
    assert.deepEqual([damaged, list, secret], [null, null, { a: 'http://***@host/' }]);
  });

  test('have one value where members share one number', () => {
    const config = {
      lambda: { forward: 10, backward: 10 },
      other: { forward: 1, backward: 2 },
      list: [1, 2],
      one: { a: 1 },
    };
    assert.deepEqual(leavesOf({ loss: config }), [
      ['loss.lambda', 10],
      ['loss.other.forward', 1],
      ['loss.other.backward', 2],
      ['loss.list', [1, 2]],
      ['loss.one.a', 1],
    ]);
  });

  test('differ by key, where nothing and null are the same; one that cannot be read has no values', () => {
    const configs: (JsonObject | null)[] = [{ a: 1, b: null }, null, { a: 2 }, { a: 2, b: null }];
    assert.deepEqual(differingKeys(configs), [{ key: 'a', values: [1, null, 2, 2] }]);
    assert.deepEqual(differingKeys([null, null]), []);
  });
});
