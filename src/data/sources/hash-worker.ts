/** A worker thread: hashes files. It imports little, so that it starts in a few milliseconds. */
import { parentPort } from 'node:worker_threads';
import { errorCode } from '../../support/files.js';
import { hashFile, type HashedFile } from './hash-file.js';

/** For each path its hash, or nothing for a file that cannot be read. */
export type HashReply = readonly (HashedFile | undefined)[];

parentPort!.on('message', (paths: readonly (string | Uint8Array)[]) => {
  parentPort!.postMessage(paths.map(hashOrNothing) satisfies HashReply);
});

function hashOrNothing(path: string | Uint8Array): HashedFile | undefined {
  try {
    return hashFile(typeof path === 'string' ? path : Buffer.from(path));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
