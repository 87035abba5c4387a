import type { ProcessMark } from './process-identity.mjs';

/** The process that holds a lock. */
export interface LockHolder {
  /** Of this one taking of the lock. */
  readonly id: string;
  /** 0 if the file does not say: it may just be being written. */
  readonly pid: number;
  readonly host: string;
  /** ISO time. */
  readonly start: string;
  /** The process's identity, which survives the reuse of its number. */
  readonly process: string;
  /** Among which processes `pid` counts: those of a container. Older records lack it. */
  readonly namespace?: string;
  /** The program that it runs at present, if it noted one. */
  readonly child?: ProcessMark;
}

export interface HeldLock {
  /** Synchronous, so that it can be called at exit. */
  readonly release: () => Promise<void>;
  /** To be called when the lock's file was moved, with its folder, say. */
  readonly movedTo: (path: string) => void;
  /** Records a child that may outlive this process and still write: the lock is held while it lives. */
  readonly noteChild: (child: ProcessMark | undefined) => void;
}

export type LockAttempt =
  | (HeldLock & { readonly ok: true; readonly tookOver?: LockHolder })
  | { readonly ok: false; readonly holder: LockHolder };

/**
 * Takes the lock that a file stands for, in a folder that is there, or says who has it. A dead holder's lock is taken over; of several that
 * try, one gets it.
 *
 * Whether a holder lives is known of a process of this container, or machine outside of containers, by its number and start; of another
 * container's on this machine by a socket beside the lock, where the file system has sockets; of another machine's not at all: it counts as alive.
 */
export function takeLock(path: string): Promise<LockAttempt>;

/** The living holder of a lock, if there is one. */
export function lockHolder(path: string): Promise<LockHolder | undefined>;

/** Whether a holder is on another machine or in another container, so that its process cannot be seen from here. */
export function isElsewhere(holder: LockHolder): boolean;
