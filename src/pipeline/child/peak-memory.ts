import { readFileSync } from 'node:fs';

/** Polls the peak memory of a process, on systems that report it (Linux). */
export function peakMemory(pid: number | undefined): { peak(): number | undefined; stop(): void } {
  let peak: number | undefined;
  const poll = () => {
    const bytes = pid === undefined ? undefined : peakOf(pid);
    if (bytes !== undefined) peak = bytes;
  };
  poll();
  const timer = setInterval(poll, 500);
  timer.unref();
  return { peak: () => peak, stop: () => clearInterval(timer) };
}

/** The peak memory of a process in bytes; `undefined` if it has ended, or if the system does not report it. */
export function peakOf(pid: number): number | undefined {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
