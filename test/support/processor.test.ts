import assert from 'node:assert/strict';
import { test } from 'node:test';
import { multipliesBfloat16 } from '../../src/support/processor.js';

const cpu = { kind: 'cpu', gpu: false, cpuinfo: 'flags\t\t: fpu sse4_2 avx2 avx512f' } as const;

test('a processor with instructions for bfloat16 multiplies it faster', () => {
  assert.equal(multipliesBfloat16(cpu), false);
  for (const line of ['flags\t: avx512f avx512_bf16 fma', 'flags\t: amx_bf16', 'Features\t: fp asimd i8mm bf16 bti']) {
    assert.equal(multipliesBfloat16({ ...cpu, cpuinfo: `processor\t: 0\n${line}\n` }), true, line);
  }
});

test('a GPU counts only where the engine computes on it', () => {
  assert.equal(multipliesBfloat16({ ...cpu, gpu: true }), false);
  assert.equal(multipliesBfloat16({ ...cpu, kind: 'gpu' }), false);
  assert.equal(multipliesBfloat16({ ...cpu, kind: 'gpu', gpu: true }), true);
});
