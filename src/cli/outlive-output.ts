import { writeSync } from 'node:fs';

/** How the other end says that it is not there any more: a reader that left, a terminal that was closed. */
const GONE: readonly (string | undefined)[] = ['EPIPE', 'EIO', 'ENXIO'];
/** What may be over in a while: the disk that the output is written to is full. */
const FULL: readonly (string | undefined)[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

type Output = NodeJS.WritableStream & { readonly fd?: number };

/** What became of the program's output. */
export interface Outlived {
  /** The terminal was closed. */
  readonly terminalClosed: boolean;
  /** Why something of what was to be written is not there, though somebody may want it; nothing when nobody reads it any more. */
  readonly lost: NodeJS.ErrnoException | undefined;
}

/**
 * Lets the program go on when its output cannot be written any more: nobody reads it, as after `| head` or when the terminal was closed, or
 * the disk is full. Then the stream falls silent, on a full disk until there is room again. What a run has to say is in its journal, too.
 *
 * @param onLost called once, at the first that is lost
 */
export function outliveOutput(streams: readonly Output[], onLost: (error: NodeJS.ErrnoException) => void): Outlived {
  const outlived = { terminalClosed: false, lost: undefined as NodeJS.ErrnoException | undefined };
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // Any other is no system's answer to a write, but a bug.
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

/** Node destroys a stream at its first error. */
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
