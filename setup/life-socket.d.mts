/**
 * A socket in a folder that many containers of one machine may share, by which one can tell whether a process lives that one cannot see: the
 * system closes it whatever ends the process, and answers for it as long as the process lives, even one that is stopped.
 */
export interface LifeSocket {
  /** Synchronous, so that it can be called at exit. @param path its current path, if its folder was moved */
  readonly close: (path?: string) => void;
}

/** Where the socket of a taking of a lock is, beside the lock: one short name, for a socket's path has 107 bytes at most. */
export function lifeSocketPath(lock: string, id: string): string;

/** @returns `undefined` if the file system has no sockets */
export function openLifeSocket(path: string): Promise<LifeSocket | undefined>;

/** Whether the process that opened it lives; `undefined` if unknown. */
export function livesAt(path: string): Promise<boolean | undefined>;
