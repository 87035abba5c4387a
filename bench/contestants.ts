import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { engineEnvironment, oneDnn } from '../src/engine/environment.js';
import { roughMemory, type Case } from './cases.js';
import type { Command } from './contestant.js';
import type { Precision, Task } from './protocol.js';
import { findPython } from './python.js';
import type { Entry } from './race.js';

export const OURS = 'ours';

export const PEERS = {
  pytorch: { package: 'torch', script: 'pytorch_cyclegan.py', precisions: ['float32', 'bfloat16'] },
  tensorflow: { package: 'tensorflow', script: 'tensorflow_cyclegan.py', precisions: ['float32'] },
} as const satisfies Record<string, { package: string; script: string; precisions: readonly Precision[] }>;
export type Peer = keyof typeof PEERS;

/** Our contestant and the peers that support the precision, for training steps or translations of a case. */
export function contestants(
  benchCase: Case,
  precision: Precision,
  what: 'step' | 'translate',
  peers: readonly Peer[],
): Entry[] {
  const task: Task = { what, case: benchCase, precision };
  const common = { what, case: benchCase, precision, action: what, units: 1, memory: roughMemory(benchCase) };
  const supported = peers.filter((peer) => (PEERS[peer].precisions as readonly Precision[]).includes(precision));
  return [
    { ...common, who: OURS, command: ownCommand('networks', task) },
    ...supported.map((peer) => ({ ...common, who: peer, command: peerCommand(PEERS[peer], task) })),
  ];
}

/** The command of our contestant of that name, with the environment of the program's own processes. */
export function ownCommand(name: 'networks' | 'files' | 'data' | 'preprocess' | 'tracking', task: Task): Command {
  const file = fileURLToPath(new URL(`./ours/${name}.js`, import.meta.url));
  const threads = process.env['UV_THREADPOOL_SIZE'] ?? String(Math.max(4, availableParallelism()));
  const env = { ...engineEnvironment(), UV_THREADPOOL_SIZE: threads };
  return { file: process.execPath, args: [file, JSON.stringify(task)], env };
}

/** The command of a peer's script, with a Python that has its package. */
export function peerCommand(peer: { readonly package: string; readonly script: string }, task: Task): Entry['command'] {
  const python = findPython(peer.package);
  if ('missing' in python) return python;
  const script = fileURLToPath(new URL(`../../bench/peers/${peer.script}`, import.meta.url));
  // The same kernels as ours: TensorFlow's default leaves oneDNN off on some processors.
  const env = { ...process.env, ...oneDnn(process.env), PYTHONDONTWRITEBYTECODE: '1', TF_CPP_MIN_LOG_LEVEL: '3' };
  return { file: python.file, args: [script, JSON.stringify(task)], env };
}
