import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withFiles } from './rig.js';

test('engine.xla is auto, on or off', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': '{}' });
  assert.equal((await load('a.yaml', [])).value!.config.engine.xla, 'auto');
  assert.equal((await load('a.yaml', ['engine.xla=off'])).value!.config.engine.xla, 'off');
  assert.match((await load('a.yaml', ['engine.xla=yes'])).texts[0]!, /engine\.xla/);
});

test('XLA in eager mode is refused at its place in the config', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': 'engine:\n  mode: eager\n  xla: on' });
  assert.deepEqual((await load('a.yaml', [])).texts, [
    'a.yaml:3:8 bad-option: engine.xla: XLA compiles graphs, and engine.mode: eager has none. -> ' +
      'Write engine.mode: graph, or leave engine.xla out.',
  ]);
  assert.deepEqual((await load('a.yaml', ['engine.xla=auto'])).texts, []);
});
