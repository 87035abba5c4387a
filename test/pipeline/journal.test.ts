import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Journal, readJournal } from '../../src/pipeline/journal.js';
import type { StageEvent } from '../../src/registry/kinds/stage-event.js';
import { ProblemError } from '../../src/support/problem.js';

describe('the journal', () => {
  let dir: string;
  let path: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'journal-'));
    path = join(dir, 'journal.jsonl');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  function record(...events: readonly StageEvent[]): void {
    const journal = new Journal(path);
    for (const event of events) journal.track({ stage: 'learn', time: 7, event });
    journal.close();
  }
  const metric = (step: number, value = step): StageEvent => ({ kind: 'metric', name: 'loss', step, value });
  const steps = () => readJournal(path).map(({ step }) => step);

  test('keeps metrics, images and notes, but no progress', () => {
    record(
      metric(1, 0.5),
      { kind: 'progress', unit: 'steps', done: 1, total: 2 },
      { kind: 'image', name: 'sample', step: 1, file: join(dir, 'learn', 'a.png') },
      { kind: 'note', level: 'warning', text: 'careful' },
    );
    const common = { stage: 'learn', time: 7 };
    assert.deepEqual(readJournal(path), [
      { ...common, kind: 'metric', name: 'loss', step: 1, value: 0.5 },
      { ...common, kind: 'image', name: 'sample', step: 1, value: join('learn', 'a.png') },
      { ...common, kind: 'note', name: 'warning', step: null, value: 'careful' },
    ]);
  });

  test('keeps the checkpoints of a training, with folders relative to its own', () => {
    const kept = { epoch: 2, metrics: { 'AtoB/psnr': 17.5 } };
    record({ kind: 'checkpoint', name: 'best', step: 40, dir: join(dir, 'learn', 'step-40'), ...kept });
    assert.deepEqual(readJournal(path), [
      { kind: 'checkpoint', stage: 'learn', name: 'best', step: 40, time: 7, value: { dir: join('learn', 'step-40'), ...kept } }, // prettier-ignore
    ]);
  });

  test('keeps a checkpoint of an earlier step than the last of that name, and drops a repeated one', () => {
    const best = (step: number) =>
      record({ kind: 'checkpoint', name: 'best', step, dir: join(dir, `step-${step}`), epoch: step, metrics: {} });
    for (const step of [4, 8, 8, 4, 4]) best(step);
    assert.deepEqual(steps(), [4, 8, 4]);
  });

  test('keeps numbers that JSON cannot represent', () => {
    record(metric(1, NaN), metric(2, Infinity), metric(3, -Infinity));
    assert.deepEqual(
      readJournal(path).map(({ value }) => value),
      [NaN, Infinity, -Infinity],
    );
  });

  test('records a repeated step only once', () => {
    record(metric(1), metric(2), metric(3));
    record(metric(2), metric(3), metric(4));
    assert.deepEqual(steps(), [1, 2, 3, 4]);
  });

  test('records the same steps again if the stage starts over, but not if it resumes', () => {
    const start = (resumes: boolean) => {
      const journal = new Journal(path);
      const value = { reason: 'forced', resumes };
      journal.append({ kind: 'stage-started', stage: 'learn', name: 'learn', step: null, time: 8, value });
      journal.close();
    };
    record(metric(1), metric(2));
    start(true);
    record(metric(1));
    start(false);
    record(metric(1));
    assert.deepEqual(steps(), [1, 2, null, null, 1]);
  });

  test('removes a line that a crash has cut off', () => {
    record(metric(1), metric(2));
    appendFileSync(path, '{"kind":"metric","na');
    assert.deepEqual(steps(), [1, 2], 'a reader passes it over');
    record(metric(3));
    assert.deepEqual(steps(), [1, 2, 3]);
    assert.ok(
      !readFileSync(path, 'utf8').includes('"na\n') && readFileSync(path, 'utf8').trimEnd().split('\n').length === 3,
    );
  });

  test('is read and repaired at many megabytes, with any characters', () => {
    const text = 'ä€'.repeat(50_000);
    record(...Array.from({ length: 8 }, (): StageEvent => ({ kind: 'note', level: 'info', text })));
    appendFileSync(path, text.repeat(4));
    record(metric(1));
    const lines = readJournal(path);
    assert.equal(lines.length, 9);
    assert.ok(lines.slice(0, 8).every(({ value }) => value === text));
  });

  test('becomes empty if it is one unfinished line', () => {
    appendFileSync(path, '{"kind":');
    record();
    assert.equal(readFileSync(path, 'utf8'), '');
  });

  test('causes a problem with its path if it cannot be opened', () => {
    mkdirSync(path);
    assert.throws(
      () => new Journal(path),
      (error) => error instanceof ProblemError && error.problems[0]!.message.includes(path),
    );
  });
});
