import type { RunEndedRecord, RunRecord, RunStart } from '../../../src/registry/kinds/record.js';

export const START: RunStart = {
  command: ['runner', 'run', 'horse2zebra.yaml'],
  cwd: '/home/ada/zebras',
  user: 'ada',
  git: { commit: 'c0ffee', branch: 'main', dirty: true, remote: 'https://example.org/zebras.git' },
  versions: { runner: '0.1.0', node: '20.10.0' },
  machine: { host: 'lab3' },
};

export const started = (time: number, value: Partial<RunStart> = {}): RunRecord => ({
  kind: 'run-started',
  stage: '',
  name: '',
  step: null,
  time,
  value: { ...START, ...value },
});

export const ended = (time: number, status: RunEndedRecord['value']['status']): RunRecord => ({
  kind: 'run-ended',
  stage: '',
  name: '',
  step: null,
  time,
  value: { status },
});

export const metric = (name: string, step: number, value: number): RunRecord => ({
  kind: 'metric',
  stage: 'train',
  name,
  step,
  time: 5000 + step,
  value,
});

export const image = (name: string, step: number, value: string, stage = 'train'): RunRecord => ({
  kind: 'image',
  stage,
  name,
  step,
  time: 6000,
  value,
});

export const text = (name: string, step: number, value: string, stage = 'preprocess'): RunRecord => ({
  kind: 'text',
  stage,
  name,
  step,
  time: 6000,
  value,
});

export const finished = (stage: string, artifacts: readonly string[], dir = stage): RunRecord => ({
  kind: 'stage-finished',
  stage,
  name: stage,
  step: null,
  time: 7000,
  value: { seconds: 1, outputs: {}, dir, artifacts },
});
