import assert from 'node:assert/strict';
import { test } from 'node:test';
import { convolutions, multipliesBfloat16 } from '../../src/support/processor.js';

const cpu = { kind: 'cpu', cards: undefined, cpuinfo: 'flags\t\t: fpu sse4_2 avx2 avx512f', env: {} } as const;

const able = { ...cpu, cpuinfo: 'processor\t: 0\nflags\t: avx512f avx512_bf16 fma\n' };

test('a processor with AVX-512 BF16 or AMX multiplies bfloat16 faster', () => {
  assert.equal(multipliesBfloat16('auto', able), true);
  assert.equal(multipliesBfloat16('auto', { ...cpu, cpuinfo: 'flags\t: avx2 amx_bf16 amx_tile' }), true);
});

test('a processor with only AVX2 or AVX-512, or of ARM, does not count as faster with bfloat16', () => {
  assert.equal(multipliesBfloat16('auto', cpu), false);
  for (const line of [
    'flags\t: avx avx2 fma',
    'Features\t: fp asimd i8mm bf16 bti',
    'model name\t: Some avx512_bf16',
    '',
  ]) {
    assert.equal(multipliesBfloat16('auto', { ...cpu, cpuinfo: `processor\t: 0\n${line}\n` }), false, line);
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
    assert.equal(multipliesBfloat16('auto', { ...able, env }), faster);
  });
}

const gpu = { ...cpu, kind: 'gpu', cards: [card(0, 9)] } as const;

test('a card with tensor cores for bfloat16 (compute capability 8.0) is faster with it, whatever the processor', () => {
  const env = { ONEDNN_MAX_CPU_ISA: 'AVX2', TF_ENABLE_ONEDNN_OPTS: '0' };
  assert.equal(multipliesBfloat16('auto', { ...gpu, env }), true);
  assert.equal(multipliesBfloat16('auto', { ...gpu, cards: [card(0, 8)] }), true);
  assert.equal(multipliesBfloat16('auto', { ...gpu, cards: [card(0, 7.5)] }), false);
});

test('a card counts only if the engine is for cards, and the processor only if it is the device', () => {
  assert.equal(multipliesBfloat16('auto', { ...gpu, kind: 'cpu' }), false);
  assert.equal(multipliesBfloat16('cpu', gpu), false);
  assert.equal(multipliesBfloat16('cpu', { ...able, kind: 'gpu', cards: [card(0, 7.5)] }), true);
  assert.equal(multipliesBfloat16('auto', { ...gpu, env: { RUNNER_DEVICE: 'cpu' } }), false);
});

test('what nvidia-smi does not describe does not count as faster', () => {
  assert.equal(multipliesBfloat16('auto', { ...gpu, cards: undefined }), false);
  assert.equal(multipliesBfloat16('auto', { ...gpu, cards: [card(0, Number.NaN)] }), false);
});

test('where cards differ and CUDA numbers them by speed, each of them must be faster', () => {
  const cards = [card(0, 9), { ...card(1, 7.5), name: 'Another card' }];
  const env = { CUDA_VISIBLE_DEVICES: '0' };
  assert.equal(multipliesBfloat16('auto', { ...gpu, cards, env }), false);
  assert.equal(multipliesBfloat16('auto', { ...gpu, cards, env: { ...env, CUDA_DEVICE_ORDER: 'PCI_BUS_ID' } }), true);
});

test('of several cards the chosen one counts; where none is, each of them must be faster', () => {
  const cards = [card(0, 9), card(1, 7.5)];
  assert.equal(multipliesBfloat16(0, { ...gpu, cards }), true);
  assert.equal(multipliesBfloat16(1, { ...gpu, cards }), false);
  assert.equal(multipliesBfloat16('auto', { ...gpu, cards }), false);
  assert.equal(multipliesBfloat16('auto', { ...gpu, cards, env: { CUDA_VISIBLE_DEVICES: '0' } }), true);
  assert.equal(multipliesBfloat16(1, { ...gpu, cards, env: { CUDA_VISIBLE_DEVICES: '1,0' } }), true);
  assert.equal(multipliesBfloat16('gpu', { ...gpu, cards, env: { CUDA_VISIBLE_DEVICES: 'GPU-1' } }), false);
});

function card(index: number, computeCapability: number) {
  return { index, uuid: `GPU-${index}-uuid`, name: 'A card', computeCapability, memory: 2 ** 34, driver: '550.54' };
}

test('oneDNN’s convolutions are those of the instructions that a processor has and the user allows', () => {
  const avx512 = { cpuinfo: 'flags\t: fpu avx avx2 avx512f avx512bw avx512_bf16\n', env: {} };
  const avx2 = { cpuinfo: 'flags\t: fpu avx avx2 fma\n', env: {} };
  assert.equal(convolutions(avx512), 'avx512');
  assert.equal(convolutions(avx2), 'avx2');
  assert.equal(convolutions({ ...avx512, env: { ONEDNN_MAX_CPU_ISA: 'AVX2' } }), 'avx2');
  assert.equal(convolutions({ ...avx512, env: { DNNL_MAX_CPU_ISA: 'avx2_vnni' } }), 'avx2');
  assert.equal(convolutions({ ...avx512, env: { ONEDNN_MAX_CPU_ISA: 'AVX512_CORE' } }), 'avx512');
  for (const env of [{ ONEDNN_MAX_CPU_ISA: 'SSE41' }, { TF_ENABLE_ONEDNN_OPTS: '0' }]) {
    assert.equal(convolutions({ ...avx512, env }), undefined);
  }
  assert.equal(convolutions({ cpuinfo: 'Features\t: fp asimd', env: {} }), undefined);
});
