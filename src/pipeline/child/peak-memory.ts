import { readFileSync } from 'node:fs';

/** Watches the most memory that a process has used, where the system tells (Linux). */
export function peakMemory(pid: number | undefined): { peak(): number | undefined; stop(): void } {
  let peak: number | undefined;
  const look = () => {
    const bytes = pid === undefined ? undefined : peakOf(pid);
    if (bytes !== undefined) peak = bytes;
  };
  look();
  const timer = setInterval(look, 500);
  timer.unref();
  return { peak: () => peak, stop: () => clearInterval(timer) };
}

/** The most memory that a process has used, in bytes; nothing when it has ended, or where the system does not tell. */
export function peakOf(pid: number): number | undefined {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
