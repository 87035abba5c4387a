import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { StageReport } from '../../src/registry/kinds/stage.js';
import { Rig } from '../rig.js';

describe('the report of a stage', () => {
  let rig: Rig;
  let drawn: string[];
  beforeEach(async () => {
    rig = await Rig.create();
    drawn = [];
  });
  afterEach(() => rig.remove());

  const LINE = { label: 'page', file: 'report/page.html' };

  /** Adds a stage whose result is a text, and whose report shows it. */
  function reporting(version: number, changes: Partial<StageReport> = {}): void {
    const draw = async (dir: string) => {
      drawn.push(dir);
      await mkdir(join(dir, 'report'), { recursive: true });
      await writeFile(join(dir, 'report/page.html'), `${version}: ${readFileSync(join(dir, 'text'), 'utf8')}`);
    };
    rig.stages({
      prepare: {
        report: { version, lines: [LINE], draw, ...changes },
        run: ({ dir }) => {
          writeFileSync(join(dir, 'text'), 'hello');
          return { status: 'done', outputs: {}, summary: [{ label: 'text', text: 'hello' }] };
        },
      },
    });
  }

  function warnings(): string[] {
    return rig.events.flatMap((event) => (event.kind === 'note' && event.level === 'warning' ? [event.text] : []));
  }

  test('is drawn from the finished result, and listed at the end of the run', async () => {
    reporting(1);
    await rig.run();
    const { dir, summary } = rig.event('stage-finished');
    assert.deepEqual(drawn, [dir]);
    assert.equal(readFileSync(join(dir, LINE.file), 'utf8'), '1: hello');
    assert.deepEqual(summary, [{ label: 'text', text: 'hello' }, LINE]);
  });

  test('is not drawn again if it exists', async () => {
    reporting(1);
    await rig.run();
    const outcome = await rig.run();
    assert.equal(outcome.status, 'up-to-date');
    assert.equal(drawn.length, 1);
    assert.ok('stages' in outcome);
    assert.deepEqual(outcome.stages[0]!.summary, [{ label: 'text', text: 'hello' }, LINE]);
  });

  test('is drawn again if its version changed, although no stage runs', async () => {
    reporting(1);
    await rig.run();
    const { dir } = rig.event('stage-finished');
    reporting(2);
    assert.equal((await rig.run()).status, 'up-to-date');
    assert.deepEqual(rig.ran, []);
    assert.equal(readFileSync(join(dir, LINE.file), 'utf8'), '2: hello');
  });

  test('causes a warning if it cannot be drawn, and the stage is done', async () => {
    reporting(1, { draw: () => Promise.reject(new Error('no ink')) });
    assert.equal((await rig.run()).status, 'done');
    assert.deepEqual(warnings(), ['The report of stage "prepare" could not be drawn: no ink']);
    assert.deepEqual(rig.event('stage-finished').summary, [{ label: 'text', text: 'hello' }]);
  });

  test('stays at another version, without a warning, if the new one cannot be drawn', async () => {
    reporting(1);
    await rig.run();
    const { dir } = rig.event('stage-finished');
    reporting(2, { draw: () => Promise.reject(new Error('no ink')) });
    assert.equal((await rig.run()).status, 'up-to-date');
    assert.deepEqual(warnings(), []);
    assert.equal(readFileSync(join(dir, LINE.file), 'utf8'), '1: hello');
  });

  test('is not part of the result: its loss or change damages nothing', async () => {
    reporting(1);
    await rig.run();
    const { dir } = rig.event('stage-finished');
    await writeFile(join(dir, LINE.file), 'scribbled over, and longer than it was');
    assert.equal((await rig.run()).status, 'up-to-date');
    assert.deepEqual(rig.ran, []);
  });
});
