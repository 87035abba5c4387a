import { missingCard, missingCards } from '../engine/device.js';
import { gpuEvidence } from '../engine/gpu-evidence.js';
import { foreseeNoGpu, type GpuEvidence } from '../engine/no-gpu.js';
import { deviceOf, DEVICE_VARIABLE, type Device } from '../support/device.js';
import { findEngine, type Engine } from '../support/engine-files.js';
import { placed, type Problem } from '../support/problem.js';
import type { Decision } from './decision.js';
import { isSettled } from './preview.js';
import type { RunRequest } from './run-request.js';

/** The engine in use, and what the machine says about GPUs where the engine is for them. */
export interface DeviceSite {
  readonly engine: Engine | undefined;
  readonly evidence: (engine: Engine) => GpuEvidence;
}

/**
 * Problems of the device that stages with the engine will compute on, before any stage starts: preparing images can take an hour. What only
 * the engine itself finds out is reported by the first such stage. With the processor chosen despite an engine for GPUs, says so.
 */
export function checkDevice(
  decisions: readonly Decision[],
  { experiment, env, listen }: Pick<RunRequest, 'experiment' | 'env' | 'listen'>,
  { engine, evidence }: DeviceSite = siteOf(env),
): readonly Problem[] {
  const uses = decisions.some((decision) => !isSettled(decision) && decision.stage.component.engine);
  // A missing engine has a message of its own.
  if (!uses || engine === undefined) return [];
  const { device: configured, replicas = 1 } = experiment.config.engine;
  const device = deviceOf(configured, env);
  if (replicas > 1 && (engine.kind === 'cpu' || device === 'cpu')) {
    return placed([replicasWithoutCards(replicas)], experiment.placeOf);
  }
  if (engine.kind === 'cpu') {
    return device === 'auto' || device === 'cpu' ? [] : placed([wrongEngine(device)], experiment.placeOf);
  }
  if (device === 'cpu') {
    listen({ kind: 'note', level: 'info', text: 'Computes on the processor (engine.device: cpu).' });
    return [];
  }
  const found = evidence(engine);
  const chosen = { ...found, env: { ...env, [DEVICE_VARIABLE]: String(device) } };
  const { count } = found.nvidia;
  const problem = missingCard(device, env, count) ?? missingCards(replicas, env, count) ?? foreseeNoGpu(chosen);
  return problem === undefined ? [] : placed([problem], experiment.placeOf);
}

function siteOf(env: NodeJS.ProcessEnv): DeviceSite {
  return { engine: findEngine(env), evidence: (engine) => gpuEvidence(engine, env) };
}

function replicasWithoutCards(replicas: number): Problem {
  return {
    code: 'no-gpu',
    message: `engine.replicas: ${replicas} replicas need an NVIDIA card each, and this run computes on the processor, whose cores share each step anyway.`,
    cure: 'Leave engine.replicas out.',
    option: ['engine', 'replicas'],
  };
}

function wrongEngine(device: Device): Problem {
  return {
    code: 'no-gpu',
    message: `engine.device: ${device} asks for a GPU, and the engine in use is for processors.`,
    cure: 'Set up the engine for NVIDIA GPUs and use it: RUNNER_ENGINE=gpu ./runner setup, then RUNNER_ENGINE=gpu with this command. Or write engine.device: auto.',
    option: ['engine', 'device'],
  };
}
