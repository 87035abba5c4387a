import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import { Graph } from '../../../src/engine/graph/recorded-graph.js';
import { sweepModelFolders, withModelFolder } from '../../../src/engine/graph/model-folder.js';
import { Session } from '../../../src/engine/graph/session.js';
import { GraphState } from '../../../src/engine/graph/graph-state.js';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { problemOf, values } from './rig.js';

before(() => loadTensorFlow());

describe('the folder that a graph is loaded from', () => {
  test('is removed afterwards, also after a failure', () => {
    let seen = '';
    const look = (dir: string) => {
      seen = dir;
      assert.deepEqual(readdirSync(dir), []);
    };
    withModelFolder(look);
    assert.ok(!existsSync(seen));
    const fail = (dir: string) => {
      look(dir);
      throw new Error('by itself');
    };
    assert.throws(() => withModelFolder(fail), /by itself/);
    assert.ok(!existsSync(seen));
  });

  for (const code of ['ENOSPC', 'EDQUOT']) {
    test(`is named when the disk is full (${code})`, () => {
      const full = () => {
        throw Object.assign(new Error('write'), { code });
      };
      const problem = problemOf(() => withModelFolder(full));
      assert.equal(problem.code, 'disk-full');
      assert.ok(problem.message.includes(tmpdir()));
      assert.match(problem.cure!, /TMPDIR/);
    });
  }

  describe('whose parent TMPDIR names', () => {
    const usual = process.env['TMPDIR'];
    afterEach(() => {
      if (usual === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = usual;
    });

    const unusable = [
      { what: 'is not there', name: 'not-there', reason: 'it does not exist (ENOENT)' },
      { what: 'is a file', name: 'file', reason: 'it is not a folder (ENOTDIR)' },
    ];
    for (const { what, name, reason } of unusable) {
      test(`is a problem with a cure when that ${what}`, (t) => {
        const dir = mkdtempSync(join(tmpdir(), 'tmpdir-test-'));
        t.after(() => rmSync(dir, { recursive: true }));
        writeFileSync(join(dir, 'file'), '');
        process.env['TMPDIR'] = join(dir, name);
        const { code, message, cure } = problemOf(() => withModelFolder(() => assert.fail('it was made')));
        assert.equal(code, 'no-temporary-folder');
        assert.equal(message, `The folder for temporary files, ${join(dir, name)}, cannot be used: ${reason}.`);
        assert.equal(cure, 'Set TMPDIR to a folder in which you may write, or unset it: then it is /tmp.');
      });
    }

    test('is created where that has spaces or is relative', (t) => {
      const dir = mkdtempSync(join(tmpdir(), 'tmpdir test é-'));
      t.after(() => rmSync(dir, { recursive: true }));
      for (const path of [dir, relative(process.cwd(), dir)]) {
        process.env['TMPDIR'] = path;
        const folder = withModelFolder((made) => made);
        assert.equal(dirname(folder), dir);
      }
    });
  });

  test('is removed when a killed process left it long ago, and nothing else is', (t) => {
    const parent = mkdtempSync(join(tmpdir(), 'sweep-test-'));
    t.after(() => rmSync(parent, { recursive: true }));
    for (const name of ['cyclegan-runner-graph-old', 'cyclegan-runner-graph-new', 'other']) {
      mkdirSync(join(parent, name, 'inner'), { recursive: true });
      if (!name.endsWith('new')) utimesSync(join(parent, name), 1000, 1000);
    }
    sweepModelFolders(parent, Date.now() - 60_000);
    assert.deepEqual(readdirSync(parent), ['cyclegan-runner-graph-new', 'other']);
    sweepModelFolders(join(parent, 'nowhere'), Date.now());
  });
});

test('a session that cannot be renewed stays with its variables', (t) => {
  const state = new GraphState(new Graph(), () => ({ a: tf.scalar(1) }), () => ({ refs: [], compiled: [] })); // prettier-ignore
  state.assign({ a: tf.scalar(5) });
  const value = () => tf.tidy(() => values((state.read() as { readonly a: Scalar }).a));
  const { numTensors } = tf.memory();

  const dispose = t.mock.method(Session.prototype, 'dispose');
  // The first run reads from the old session, the second writes to the new one.
  const failing = t.mock.method(Session.prototype, 'run');
  const fail = () => {
    throw new Error('no memory');
  };
  failing.mock.mockImplementationOnce(fail, 1);
  assert.throws(() => state.renew(), /no memory/);
  failing.mock.restore();
  assert.equal(dispose.mock.callCount(), 1);
  assert.equal(tf.memory().numTensors, numTensors);
  assert.deepEqual(value(), [5]);

  state.renew();
  assert.equal(dispose.mock.callCount(), 2);
  assert.deepEqual(value(), [5]);
});
