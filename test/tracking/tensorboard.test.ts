import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import type { StageEvent } from '../../src/registry/kinds/tracker.js';
import { imageEvent, sessionStartEvent, textEvent } from '../../src/tracking/tensorboard-event.js';
import { tensorboard } from '../../src/tracking/tensorboard.js';

// What TensorBoard itself makes of the files is checked in test/services/tensorboard.test.ts.

before(() => loadTensorFlow());

let runDir: string;
beforeEach(async () => {
  runDir = await mkdtemp(join(tmpdir(), 'tensorboard-'));
});
afterEach(() => rm(runDir, { recursive: true, force: true }));

function open() {
  const warnings: string[] = [];
  const tracker = tensorboard.create(undefined as never, {
    runDir,
    runName: 'test',
    warn: (text) => warnings.push(text),
  });
  const tell = (event: StageEvent) => tracker.on({ stage: 'train', time: 1_700_000_000_000, event });
  return { tracker, tell, warnings };
}

describe('TensorBoard tracker', () => {
  test('writes what it is told into one event file, and leaves no tensors', async () => {
    const { tracker, tell, warnings } = open();
    await tracker.close();
    const before = tf.memory().numTensors;
    for (let step = 1; step <= 50; step++) tell({ kind: 'metric', name: 'loss/G/total', step, value: step });
    tell({ kind: 'resumed', step: 51 });
    await tracker.close();
    assert.equal(tf.memory().numTensors, before);
    assert.deepEqual(warnings, []);
    const files = await readdir(join(runDir, 'tensorboard'));
    assert.equal(files.length, 1);
    assert.match(files[0]!, /^events\.out\.tfevents\./);
    const bytes = await readFile(join(runDir, 'tensorboard', files[0]!));
    assert.equal(bytes.toString('latin1').split('loss/G/total').length - 1, 50);
  });

  test('a text reaches the event file whole, line breaks and other scripts included', async () => {
    const { tracker, tell, warnings } = open();
    const text = '| a | b |\n|---|---|\n| 斑马 | “zèbre” |';
    tell({ kind: 'text', name: 'data', step: 0, text });
    await tracker.close();
    assert.deepEqual(warnings, []);
    const [file] = await readdir(join(runDir, 'tensorboard'));
    assert.ok((await readFile(join(runDir, 'tensorboard', file!), 'utf8')).includes(text));
  });

  test('a folder that cannot be written is told once, and training is not disturbed', async () => {
    await writeFile(join(runDir, 'tensorboard'), 'a file where the folder should be');
    const { tracker, tell, warnings } = open();
    for (let step = 1; step <= 3; step++) tell({ kind: 'metric', name: 'loss', step, value: step });
    await tracker.close();
    assert.equal(warnings.length, 1, warnings.join('\n'));
  });

  test('a picture that has gone is told once, and curves go on', async () => {
    const { tracker, tell, warnings } = open();
    tell({ kind: 'image', name: 'samples', step: 1, file: join(runDir, 'missing.png') });
    tell({ kind: 'metric', name: 'after', step: 1, value: 1 });
    await tracker.close();
    assert.equal(warnings.length, 1);
    const [file] = await readdir(join(runDir, 'tensorboard'));
    assert.match(await readFile(join(runDir, 'tensorboard', file!), 'latin1'), /after/);
  });
});

describe('TensorBoard events', () => {
  test('a session start is Event{wall_time: 1.5, step: 300, session_log: {status: START}}', () => {
    const expected = '09000000000000f83f' + '10ac02' + '3a02' + '0801';
    assert.equal(Buffer.from(sessionStartEvent(300, 1500)).toString('hex'), expected);
  });

  test('a text is a string tensor with the text plugin’s metadata', () => {
    const tensor = '4208' + '0807' + '1200' + '42026869';
    const metadata = '4a0a' + '0a06' + '0a0474657874' + '2002';
    const expected = '090000000000000000' + '1003' + '2a1b' + '0a19' + '0a0161' + tensor + metadata;
    assert.equal(Buffer.from(textEvent('a', 3, 'hi', 0)).toString('hex'), expected);
  });

  test('an image carries its tag, its size and the PNG as it is', () => {
    const png = new Uint8Array(24);
    new DataView(png.buffer).setUint32(16, 7);
    new DataView(png.buffer).setUint32(20, 5);
    const expected =
      '090000000000000000' + '1000' + '2a27' + '0a25' + '0a0161' + '2220' + '0805' + '1007' + '1803' + '2218';
    assert.equal(Buffer.from(imageEvent('a', 0, png, 0)).toString('hex'), expected + Buffer.from(png).toString('hex'));
  });
});
