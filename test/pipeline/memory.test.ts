import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processFailure } from '../../src/pipeline/child/process-failure.js';
import { failureOf } from '../../src/pipeline/stage-failure.js';

/** Observed last output of processes that ran out of memory. */
const lastWords: readonly { readonly of: string; readonly line: string; readonly signal?: string }[] = [
  { of: 'C++', line: "terminate called after throwing an instance of 'std::bad_alloc'", signal: 'SIGABRT' },
  { of: 'libc++', line: 'libc++abi: terminating due to uncaught exception of type std::bad_alloc: std::bad_alloc' },
  {
    of: 'V8',
    line: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    signal: 'SIGABRT',
  },
  {
    of: 'TensorFlow',
    line: 'F tensorflow/core/framework/op_kernel.cc:1 RESOURCE_EXHAUSTED: OOM when allocating tensor',
  },
  {
    of: 'CUDA',
    line: 'failed to alloc 8589934592 bytes on device: CUDA_ERROR_OUT_OF_MEMORY: out of memory',
    signal: 'SIGABRT',
  },
  { of: 'the system', line: 'mmap: Cannot allocate memory', signal: 'SIGSEGV' },
];

for (const { of, line, signal } of lastWords) {
  test(`a process that ${of} ends for lack of memory gets advice on memory`, () => {
    const end = signal === undefined ? { exitCode: 1 } : { signal };
    const [problem] = processFailure({
      title: 'The process of stage "train"',
      ...end,
      peakBytes: 2 ** 31,
      output: ['before', line],
    }).problems;
    assert.equal(problem?.code, 'stage-killed');
    const how = signal === undefined ? 'ended with code 1' : `crashed (${signal})`;
    assert.ok(problem.message.startsWith(`The process of stage "train" ${how} because memory ran out. It had used`));
    assert.ok(problem.message.endsWith(line));
    assert.match(problem.cure!, /If it happens again: lower dataset\.batch_size, dataset\.image_size/);
  });
}

test('a process that translates gets advice of its own', () => {
  const exit = { title: 'The process that translates', memoryCure: 'Lower --tiles-above.', output: [] };
  const [problem] = processFailure({ ...exit, signal: 'SIGKILL' }).problems;
  assert.match(problem!.cure!, /If it happens again: lower --tiles-above[.]$/);
});

test('a process that ends for another reason gets no advice on memory', () => {
  const [problem] = processFailure({
    title: 'The process of stage "train"',
    signal: 'SIGSEGV',
    output: ['room for the memory of it'],
  }).problems;
  assert.equal(problem?.code, 'stage-crashed');
  assert.equal(problem.message.split('\n')[0], 'The process of stage "train" crashed (SIGSEGV) without a result.');
});

const thrown = [
  'OOM when allocating tensor with shape[16,256,256,64] and type float',
  'RESOURCE_EXHAUSTED: failed to allocate memory',
  'Array buffer allocation failed',
  'spawn ENOMEM',
  'std::bad_alloc',
  'Input buffer: out of memory',
];

for (const message of thrown) {
  test(`"${message}", thrown in a stage, gets advice on memory and no stack`, () => {
    const { problems, bug } = failureOf(new RangeError(message), 'Stage "train"');
    assert.equal(bug, undefined);
    assert.equal(problems[0]?.code, 'out-of-memory');
    assert.match(problems[0].message, /^Stage "train" asked for more memory than there is/);
    assert.match(problems[0].cure!, /^Lower dataset\.batch_size/);
  });
}
