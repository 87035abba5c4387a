import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Device } from '../../src/support/device.js';
import { withFiles } from './rig.js';

const fast = { multipliesBfloat16: () => true };
const slow = { multipliesBfloat16: () => false };

test('precision auto is bfloat16 if the machine is faster with it, else float32', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': 'engine: {precision: auto}' });
  assert.equal((await load('a.yaml', [], fast)).value!.config.engine.precision, 'bfloat16');
  assert.equal((await load('a.yaml', [], slow)).value!.config.engine.precision, 'float32');
});

test('an explicit precision does not depend on the machine', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': '{}' });
  for (const precision of ['float32', 'bfloat16']) {
    for (const machine of [fast, slow]) {
      const { config } = (await load('a.yaml', [`engine.precision=${precision}`], machine)).value!;
      assert.equal(config.engine.precision, precision);
    }
  }
});

test('bfloat16 in eager mode is refused at its place in the config', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': 'engine:\n  mode: eager\n  precision: bfloat16' });
  assert.deepEqual((await load('a.yaml', [], slow)).texts, [
    'a.yaml:3:14 bad-option: engine.precision: engine.mode: eager computes in float32 only, found bfloat16. -> ' +
      'Write engine.mode: graph, or engine.precision: float32 (another experiment than bfloat16).',
  ]);
});

test('precision auto in eager mode resolves as in graph mode, and is refused if that is bfloat16', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': 'engine: {precision: auto}' });
  const [text] = (await load('a.yaml', ['engine.mode=eager'], fast)).texts;
  assert.match(text!, /^a\.yaml:1:21 bad-option: .* found auto \(bfloat16 on this machine\)\./);
  assert.equal((await load('a.yaml', ['engine.mode=eager'], slow)).value!.config.engine.precision, 'float32');
});

test('precision auto is that of the device of the config', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': 'engine: {precision: auto}' });
  const machine = { multipliesBfloat16: (device: Device) => device === 1 };
  for (const [device, precision] of [
    ['1', 'bfloat16'],
    ['0', 'float32'],
    ['cpu', 'float32'],
    ['gpu', 'float32'],
  ] as const) {
    const { config } = (await load('a.yaml', [`engine.device=${device}`], machine)).value!;
    assert.equal(config.engine.precision, precision, device);
  }
});

test('a device is auto, cpu, gpu or a card’s number', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': '{}' });
  for (const device of ['auto', 'cpu', 'gpu', 0, 7]) {
    assert.equal((await load('a.yaml', [`engine.device=${device}`])).value!.config.engine.device, device);
  }
  for (const device of ['cuda', '-1', '1.5']) {
    const [text] = (await load('a.yaml', [`engine.device=${device}`])).texts;
    assert.match(text!, /engine\.device: expected auto, cpu, gpu or a card’s number, from 0/, device);
  }
});
