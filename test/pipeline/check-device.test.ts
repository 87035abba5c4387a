import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDevice } from '../../src/pipeline/check-device.js';
import type { RunnerEvent } from '../../src/pipeline/runner-events.js';
import type { Device } from '../../src/support/device.js';
import type { Engine } from '../../src/support/engine-files.js';
import type { NvidiaFacts } from '../../src/support/nvidia.js';
import { config, stage } from '../rig.js';

const NONE: NvidiaFacts = { driver: undefined, hasDevice: false, count: undefined, cards: undefined };
const TWO: NvidiaFacts = { driver: '570.133.20', hasDevice: true, count: 2, cards: undefined };

interface Case {
  readonly device?: Device;
  readonly replicas?: number;
  readonly kind?: Engine['kind'] | 'missing';
  readonly nvidia?: NvidiaFacts;
  readonly action?: string;
  readonly usesEngine?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

/** What is said before the stages start. */
function check({ device, replicas, kind = 'gpu', nvidia = TWO, action = 'fresh', usesEngine = true, env = {} }: Case) {
  const events: RunnerEvent[] = [];
  const engine = kind === 'missing' ? undefined : { kind, folder: '/engine', binding: '/engine/lib' };
  const decision = { stage: { component: { ...stage(), engine: usesEngine } }, action };
  const own = {
    ...config().engine,
    ...(device !== undefined && { device }),
    ...(replicas !== undefined && { replicas }),
  };
  const experiment = {
    config: { ...config(), engine: own },
    placeOf: (path: readonly string[]) => ({ file: `${path.join('.')}.yaml`, line: 7, column: 3 }),
  };
  const request = { experiment, env, listen: (event: RunnerEvent) => events.push(event) };
  const evidence = () => ({ nvidia, env, bringsCuda: true });
  const problems = checkDevice([decision] as never, request, { engine, evidence });
  return { problems, messages: problems.map(({ message }) => message).join(), events };
}

test('a GPU that is asked of an engine for processors is refused at its place in the config, with the cure', () => {
  for (const device of ['gpu', 1] as const) {
    const { problems, messages } = check({ device, kind: 'cpu' });
    assert.match(
      messages,
      new RegExp(`engine\\.device: ${device} asks for a GPU, and the engine in use is for processors`),
    );
    assert.deepEqual(problems[0]?.place, { file: 'engine.device.yaml', line: 7, column: 3 });
    assert.match(problems[0].cure!, /RUNNER_ENGINE=gpu \.\/runner setup/);
  }
  for (const device of ['auto', 'cpu', undefined] as const) {
    assert.deepEqual(check({ kind: 'cpu', ...(device && { device }) }).problems, []);
  }
});

test('an engine for GPUs is refused before any stage where no GPU can work, whatever the device but cpu', () => {
  for (const device of ['auto', 'gpu', 0] as const) {
    assert.match(check({ device, nvidia: NONE }).messages, /finds none: this machine has no NVIDIA driver/);
  }
  assert.match(check({ device: 1, env: { CUDA_VISIBLE_DEVICES: '' } }).messages, /hides all cards/);
  assert.deepEqual(check({}).problems, [], 'a config from before the option existed');
});

test('a card’s number that is too high is refused', () => {
  assert.match(check({ device: 2 }).messages, /there is no card 2: this machine has 2/);
  assert.deepEqual(check({ device: 1 }).problems, []);
});

test('the processor as the device of an engine for GPUs is no problem, and is said', () => {
  for (const chosen of [{ device: 'cpu' }, { device: 'auto', env: { RUNNER_DEVICE: 'cpu' } }] as const) {
    const { problems, events } = check({ ...chosen, nvidia: NONE });
    assert.deepEqual(problems, []);
    assert.match(JSON.stringify(events), /Computes on the processor/);
  }
  assert.deepEqual(check({ device: 'cpu', kind: 'cpu' }).events, [], 'nothing else was to be expected');
});

test('nothing is asked where no stage will use the engine, or it is missing, which is reported for itself', () => {
  assert.deepEqual(check({ nvidia: NONE, action: 'skip' }).problems, []);
  assert.deepEqual(check({ nvidia: NONE, usesEngine: false }).problems, []);
  assert.deepEqual(check({ device: 'gpu', kind: 'missing' }).problems, []);
});

test('replicas are refused without as many cards, before any stage', () => {
  const said = (given: Case) => check(given).messages;
  for (const onProcessor of [{ kind: 'cpu' }, { device: 'cpu' }] as const) {
    assert.match(
      said({ replicas: 2, ...onProcessor }),
      /replicas need an NVIDIA card each, and this run computes on the processor/,
    );
  }
  assert.match(said({ replicas: 3 }), /3 replicas need a card each, and this machine has 2/);
  assert.equal(said({ replicas: 2 }), '');
  assert.equal(said({ replicas: 1, kind: 'cpu' }), '');
});
