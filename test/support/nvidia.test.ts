import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCards, parseDriverVersion } from '../../src/support/nvidia.js';

test('the cards of nvidia-smi have their names, compute capability and memory', () => {
  const csv = `0, GPU-8932f937-d72c-4106-c12f-20bd9faed9f6, NVIDIA H200, 9.0, 143771, 570.133.20
1, GPU-11111111-0000-0000-0000-000000000000, Tesla T4, 7.5, 15360, 570.133.20
`;
  const [first, second, ...others] = parseCards(csv);
  assert.deepEqual(first, {
    index: 0,
    uuid: 'GPU-8932f937-d72c-4106-c12f-20bd9faed9f6',
    name: 'NVIDIA H200',
    computeCapability: 9,
    memory: 143_771 * 2 ** 20,
    driver: '570.133.20',
  });
  assert.deepEqual([second?.index, second?.name, second?.computeCapability], [1, 'Tesla T4', 7.5]);
  assert.deepEqual(others, []);
});

for (const [module, line] of [
  ['closed', 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024'],
  ['open', 'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.133.20  Release Build  (dvs-builder@U16)'],
] as const) {
  test(`the version of the ${module} driver is read from its file in /proc`, () => {
    const version = /\d{3}\.[\d.]+/.exec(line)![0];
    assert.equal(parseDriverVersion(`${line}\nGCC version:  gcc version 12.2.0 (Debian 12.2.0-14)\n`), version);
  });
}

test('another text has no version', () => {
  assert.equal(parseDriverVersion('GCC version:  gcc version 12.2.0\n'), undefined);
});
