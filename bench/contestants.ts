import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { engineEnvironment, oneDnn } from '../src/engine/environment.js';
import { roughMemory, type Case } from './cases.js';
import type { Command } from './contestant.js';
import type { Precision, Task, Xla } from './protocol.js';
import { findPython } from './python.js';
import type { Entry } from './race.js';

export const OURS = 'ours';
/** Another version of ours. */
export const OTHER_VERSION = 'against';

interface PeerScript {
  readonly package: string;
  readonly script: string;
  readonly precisions: readonly Precision[];
  readonly actions: readonly What[];
}
type What = 'step' | 'translate';

export const PEERS = {
  pytorch: {
    package: 'torch',
    script: 'pytorch_cyclegan.py',
    precisions: ['float32', 'bfloat16'],
    actions: ['step', 'translate'],
  },
  'pytorch-graph': {
    package: 'torch',
    script: 'pytorch_graph_cyclegan.py',
    precisions: ['float32', 'bfloat16'],
    actions: ['step'],
  },
  tensorflow: {
    package: 'tensorflow',
    script: 'tensorflow_cyclegan.py',
    precisions: ['float32'],
    actions: ['step', 'translate'],
  },
} as const satisfies Record<string, PeerScript>;
export type Peer = keyof typeof PEERS;

/** Who takes part beside ours, and how ours computes. */
export interface Field {
  readonly peers: readonly Peer[];
  readonly xla: Xla;
  /** The folder of a checkout of another version of ours, whose benchmark is compiled. */
  readonly against?: string | undefined;
}

/** Our contestant and the peers that support the action and the precision, for training steps or translations of a case. */
export function contestants(benchCase: Case, precision: Precision, what: What, field: Field): Entry[] {
  const { peers, xla, against } = field;
  const task: Task = { what, case: benchCase, precision, xla };
  const common = { what, case: benchCase, precision, action: what, units: 1, memory: roughMemory(benchCase) };
  const supported = peers.filter((peer) => {
    const { precisions, actions }: PeerScript = PEERS[peer];
    return precisions.includes(precision) && actions.includes(what);
  });
  return [
    { ...common, who: OURS, command: ownCommand('networks', task) },
    ...(against === undefined ? [] : [{ ...common, who: OTHER_VERSION, command: otherVersion(against, task) }]),
    ...supported.map((peer) => ({ ...common, who: peer, command: peerCommand(PEERS[peer], task) })),
  ];
}

/** The command of our contestant of that name, with the environment of the program's own processes. */
export function ownCommand(name: 'networks' | 'files' | 'data' | 'preprocess' | 'tracking', task: Task): Command {
  return commandOf(fileURLToPath(new URL(`./ours/${name}.js`, import.meta.url)), task);
}

function otherVersion(checkout: string, task: Task): Entry['command'] {
  const file = join(checkout, '.bench-build', 'bench', 'ours', 'networks.js');
  if (existsSync(file)) return commandOf(file, task);
  return { missing: `${checkout} has no compiled benchmark: run "npm ci && npm run bench -- --help" there` };
}

function commandOf(file: string, task: Task): Command {
  const threads = process.env['UV_THREADPOOL_SIZE'] ?? String(Math.max(4, availableParallelism()));
  const env = { ...engineEnvironment(), UV_THREADPOOL_SIZE: threads };
  return { file: process.execPath, args: [file, JSON.stringify(task)], env };
}

/** The command of a peer's script, with a Python that has its package. */
export function peerCommand(peer: { readonly package: string; readonly script: string }, task: Task): Entry['command'] {
  const python = findPython(peer.package);
  if ('missing' in python) return python;
  const script = fileURLToPath(new URL(`../../bench/peers/${peer.script}`, import.meta.url));
  // The same kernels as ours: TensorFlow's default leaves oneDNN off on some processors. And the same use of a GPU's memory: by default
  // TensorFlow takes all of it, and the other contestants would find none.
  const { TF_FORCE_GPU_ALLOW_GROWTH = 'true' } = process.env;
  const settings = { ...oneDnn(process.env), TF_FORCE_GPU_ALLOW_GROWTH, TF_CPP_MIN_LOG_LEVEL: '3' };
  const env = { ...process.env, ...settings, PYTHONDONTWRITEBYTECODE: '1' };
  return { file: python.file, args: [script, JSON.stringify(task)], env };
}
