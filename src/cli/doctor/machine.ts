import { existsSync, statfsSync } from 'node:fs';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { execa } from 'execa';
import type { Finding } from './finding.js';

/** Checks Node, processor, memory, GPU and the disk of `cwd`. */
export async function checkMachine(cwd: string): Promise<readonly Finding[]> {
  const { bavail, bsize } = statfsSync(cwd);
  const free = bavail * bsize;
  return [
    { state: 'ok', name: 'node', text: `${process.versions.node} (${process.execPath})` },
    { state: 'ok', name: 'processor', text: `${availableParallelism()} cores, ${cpus()[0]?.model ?? process.arch}` },
    { state: 'ok', name: 'memory', text: `${gigabytes(totalmem())}, ${gigabytes(freemem())} free` },
    await checkGpu(),
    free > 2e9
      ? { state: 'ok', name: 'disk', text: `${gigabytes(free)} free at ${cwd}` }
      : { state: 'missing', name: 'disk', text: `only ${gigabytes(free)} free at ${cwd}`, cure: 'Free some space.' },
  ];
}

async function checkGpu(): Promise<Finding> {
  const name = 'gpu';
  const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];
  const { exitCode, stdout } = await execa('nvidia-smi', query, { reject: false, timeout: 10_000 });
  if (exitCode === 0) return { state: 'ok', name, text: stdout.trim().split('\n').join('; ') };
  if (existsSync('/proc/driver/nvidia/version')) {
    const text = 'NVIDIA’s driver is loaded, but nvidia-smi does not respond.';
    return { state: 'missing', name, text, cure: 'Check the driver’s installation.' };
  }
  return { state: 'ok', name, text: 'no NVIDIA GPU; the processor is used' };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
