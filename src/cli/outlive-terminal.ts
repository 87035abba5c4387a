/** How the other end says that it is not there any more: a reader that left, a terminal that was closed. */
const GONE: readonly (string | undefined)[] = ['EPIPE', 'EIO', 'ENXIO'];

/**
 * Lets the program go on when nobody reads its output any more, as after `| head` or when the terminal was closed: the stream
 * falls silent. What a run has to say is in its journal, too.
 *
 * @returns whether the terminal was closed
 */
export function outliveTerminal(...streams: readonly NodeJS.WritableStream[]): () => boolean {
  let closed = false;
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!GONE.includes(error.code)) throw error;
      closed ||= error.code !== 'EPIPE';
      stream.write = () => true;
    });
  }
  return () => closed;
}
