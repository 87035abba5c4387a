import assert from 'node:assert/strict';
import { test } from 'node:test';
import { multipliesBfloat16 } from '../../src/support/processor.js';

const cpu = { kind: 'cpu', gpu: false, cpuinfo: 'flags\t\t: fpu sse4_2 avx2 avx512f', env: {} } as const;

const able = { ...cpu, cpuinfo: 'processor\t: 0\nflags\t: avx512f avx512_bf16 fma\n' };

test('a processor with AVX-512 BF16 or AMX multiplies bfloat16 faster', () => {
  assert.equal(multipliesBfloat16(able), true);
  assert.equal(multipliesBfloat16({ ...cpu, cpuinfo: 'flags\t: avx2 amx_bf16 amx_tile' }), true);
});

test('a processor with only AVX2 or AVX-512, or of ARM, does not count as faster with bfloat16', () => {
  assert.equal(multipliesBfloat16(cpu), false);
  for (const line of [
    'flags\t: avx avx2 fma',
    'Features\t: fp asimd i8mm bf16 bti',
    'model name\t: Some avx512_bf16',
    '',
  ]) {
    assert.equal(multipliesBfloat16({ ...cpu, cpuinfo: `processor\t: 0\n${line}\n` }), false, line);
  }
});

for (const [env, faster] of [
  [{ ONEDNN_MAX_CPU_ISA: 'AVX2' }, false],
  [{ ONEDNN_MAX_CPU_ISA: 'avx512_core' }, false],
  [{ DNNL_MAX_CPU_ISA: 'AVX512_CORE_VNNI' }, false],
  [{ ONEDNN_MAX_CPU_ISA: 'AVX512_CORE_BF16' }, true],
  [{ ONEDNN_MAX_CPU_ISA: 'DEFAULT' }, true],
  [{ TF_ENABLE_ONEDNN_OPTS: '0' }, false],
  [{ TF_ENABLE_ONEDNN_OPTS: 'False' }, false],
  [{ TF_ENABLE_ONEDNN_OPTS: '1' }, true],
] as const) {
  test(`a processor that has the instructions ${faster ? 'uses' : 'does not use'} them with ${JSON.stringify(env)}`, () => {
    assert.equal(multipliesBfloat16({ ...able, env }), faster);
  });
}

test('a GPU multiplies bfloat16 faster with any processor and any oneDNN setting', () => {
  const env = { ONEDNN_MAX_CPU_ISA: 'AVX2', TF_ENABLE_ONEDNN_OPTS: '0' };
  assert.equal(multipliesBfloat16({ ...cpu, kind: 'gpu', gpu: true, env }), true);
});

test('a GPU counts only if it is the engine’s device', () => {
  assert.equal(multipliesBfloat16({ ...cpu, gpu: true }), false);
  assert.equal(multipliesBfloat16({ ...cpu, kind: 'gpu' }), false);
  assert.equal(multipliesBfloat16({ ...cpu, kind: 'gpu', gpu: true }), true);
});
