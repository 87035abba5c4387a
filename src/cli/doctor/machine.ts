import { statfsSync } from 'node:fs';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { engineKind } from '../../support/engine-files.js';
import { nvidiaFacts } from '../../support/nvidia.js';
import type { Io } from '../io.js';
import { checkGpu } from './check-gpu.js';
import type { Finding } from './finding.js';

/** Checks Node, processor, memory, GPU and the disk of `cwd`. */
export function checkMachine(cwd: string, env: Io['env']): readonly Finding[] {
  const { bavail, bsize } = statfsSync(cwd);
  const free = bavail * bsize;
  return [
    { state: 'ok', name: 'node', text: `${process.versions.node} (${process.execPath})` },
    { state: 'ok', name: 'processor', text: `${availableParallelism()} cores, ${cpus()[0]?.model ?? process.arch}` },
    { state: 'ok', name: 'memory', text: `${gigabytes(totalmem())}, ${gigabytes(freemem())} free` },
    checkGpu(nvidiaFacts(), engineKind(env)),
    free > 2e9
      ? { state: 'ok', name: 'disk', text: `${gigabytes(free)} free at ${cwd}` }
      : { state: 'missing', name: 'disk', text: `only ${gigabytes(free)} free at ${cwd}`, cure: 'Free some space.' },
  ];
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
