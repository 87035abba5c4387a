import { writeSync } from 'node:fs';

/** The reader is gone: a closed pipe or terminal. */
const GONE: readonly (string | undefined)[] = ['EPIPE', 'EIO', 'ENXIO'];
/** A full disk, which may be temporary. */
const FULL: readonly (string | undefined)[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

type Output = NodeJS.WritableStream & { readonly fd?: number };

/** The state of the program's output. */
export interface Outlived {
  /** The terminal was closed. */
  readonly terminalClosed: boolean;
  /** The error that lost output; undefined if the reader is gone. */
  readonly lost: NodeJS.ErrnoException | undefined;
}

/**
 * Keeps the program running when its output cannot be written: the reader is gone, as after `| head` or a closed terminal, or the disk is
 * full. Output is then dropped, on a full disk until writes succeed again. A run also writes its output to the journal.
 *
 * @param onLost called once, at the first lost output
 */
export function outliveOutput(streams: readonly Output[], onLost: (error: NodeJS.ErrnoException) => void): Outlived {
  const outlived = { terminalClosed: false, lost: undefined as NodeJS.ErrnoException | undefined };
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // Any other error is not a failed write, but a bug.
      if (error.syscall !== 'write' && !isGone(error) && error.code !== 'ERR_STREAM_DESTROYED') throw error;
      stream.write = FULL.includes(error.code) ? tryWriting(stream.fd) : () => true;
      if (isGone(error)) outlived.terminalClosed ||= error.code !== 'EPIPE';
      else if (outlived.lost === undefined) onLost((outlived.lost = error));
    });
  }
  return outlived;
}

function isGone({ code }: NodeJS.ErrnoException): boolean {
  return GONE.includes(code);
}

/** Writes directly, because Node destroys a stream at its first error. */
function tryWriting(fd: number | undefined): Output['write'] {
  return (text: string | Uint8Array) => {
    try {
      if (fd !== undefined) writeSync(fd, typeof text === 'string' ? Buffer.from(text) : text);
    } catch {
      // Still full.
    }
    return true;
  };
}
