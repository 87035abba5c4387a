import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KNOWN_OUTPUTS } from '../../src/engine/graph/xla/op-outputs.js';
import { runPython } from './python.js';

test('outputs of ops have the names by which TensorFlow declares them', () => {
  const declared = runPython<Record<string, string[]>>('op_outputs.py', ...KNOWN_OUTPUTS.keys());
  for (const [op, names] of KNOWN_OUTPUTS) assert.deepEqual(names.filter((name) => name !== ''), declared[op], op); // prettier-ignore
});
