import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { loadTensorFlow } from '../../src/engine/native.js';
import { builtins } from '../../src/app/builtins.js';
import type { StageContext } from '../../src/registry/kinds/stage.js';
import type { StageEvent } from '../../src/registry/kinds/stage-event.js';
import { TrainingReporter } from '../../src/training/training-reporter.js';
import { config } from '../rig.js';

before(() => loadTensorFlow());

/** The events of that many steps. */
function eventsOfSteps(steps: number): StageEvent[] {
  const events: StageEvent[] = [];
  const context = { config: config(), components: builtins(), emit: (event: StageEvent) => events.push(event) };
  const reporter = new TrainingReporter(context as unknown as StageContext, 20);
  const losses = { 'G/adversarial': 1, 'cycle/forward': 2, 'G/total': 3, 'F/total': 4, 'D_X/total': 5, 'D_Y/total': 6 };
  for (let step = 1; step <= steps; step++) reporter.step({ step, epoch: 1, losses, waited: step });
  return events;
}
const metrics = (events: readonly StageEvent[]) =>
  Object.fromEntries(events.flatMap((event) => (event.kind === 'metric' ? [[event.name, event.value]] : [])));

test('a step reports all of its losses, and in its progress what each network minimises', () => {
  const events = eventsOfSteps(1);
  assert.deepEqual(metrics(events), {
    'loss/G/adversarial': 1,
    'loss/cycle/forward': 2,
    'loss/G/total': 3,
    'loss/F/total': 4,
    'loss/D_X/total': 5,
    'loss/D_Y/total': 6,
  });
  const [progress] = events.flatMap((event) => (event.kind === 'progress' ? [event] : []));
  const { unit, done, total, phase, values, training } = progress!;
  assert.deepEqual([unit, done, total, phase], ['steps', 1, 40, 'epoch 2/2']);
  assert.deepEqual(training, { epoch: 2, epochs: 2, step: 1, stepsPerEpoch: 20 });
  assert.deepEqual(values, { G: 3, F: 4, D_X: 5, D_Y: 6 });
});

test('every tenth step reports the mean wait of the steps since the last one, and memory in megabytes', () => {
  const peak = () => (process.resourceUsage().maxRSS * 1024) / 1e6;
  const before = peak();
  const found = metrics(eventsOfSteps(20));
  assert.equal(found['speed/data-wait-ms'], 15.5);
  assert.ok(found['memory/peak-rss-mb']! >= before && found['memory/peak-rss-mb']! <= peak());
  assert.ok(found['memory/rss-mb']! > 1 && found['memory/rss-mb']! <= peak() * 1.1);
  assert.equal(metrics(eventsOfSteps(9))['memory/rss-mb'], undefined);
});
