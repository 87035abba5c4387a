/** A process as it is written down: its number alone would also name whichever process gets that number later. */
export interface ProcessMark {
  readonly pid: number;
  /** Its identity; empty if unknown: then only the id is compared. */
  readonly process: string;
}

export function markOf(pid: number): ProcessMark;

/** Whether that same process still runs here. */
export function lives(mark: ProcessMark): boolean;

/**
 * Distinguishes a process from a later one with the same id: the machine's boot and the process's start.
 *
 * @returns `undefined` when no such process lives (a zombie does not)
 */
export function processIdentity(pid: number): string | undefined;

/** The boot of a machine that an identity was made in: containers of one machine share it, whatever host names they have. */
export function bootOf(identity: string): string | undefined;

/** Linux's own, in which the machine itself is; every container has another. */
export const FIRST_PID_NAMESPACE: string;

/** Among which processes this one's number means something: a container's are its own. Nothing where the system does not tell. */
export function pidNamespace(): string | undefined;
