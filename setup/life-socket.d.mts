/**
 * A socket in a folder that many containers of one machine may share, by which one can tell whether a process lives that one cannot see: the
 * system closes it whatever ends the process, and answers for it as long as the process lives, even one that is stopped.
 */
export interface LifeSocket {
  /** Does all at once, so that it can be called at exit. @param path where it is by now, if its folder was moved */
  readonly close: (path?: string) => void;
}

/** Where the socket of a taking of a lock is, beside the lock: one short name, for a socket's path has 107 bytes at most. */
export function lifeSocketPath(lock: string, id: string): string;

/** @returns nothing where the file system has no sockets */
export function openLifeSocket(path: string): Promise<LifeSocket | undefined>;

/** Whether the process that opened it lives; nothing where that cannot be told. */
export function livesAt(path: string): Promise<boolean | undefined>;
