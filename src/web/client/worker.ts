import { DemoWorker } from './demo-worker.js';
import type { FromWorker, ToWorker } from './protocol.js';

/** Translates, so that the page answers meanwhile. */
const scope = self as unknown as {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  addEventListener(kind: 'message', listener: (event: MessageEvent<ToWorker>) => void): void;
};
const worker = new DemoWorker((message) =>
  scope.postMessage(message, message.kind === 'translated' ? [message.pixels.buffer] : []),
);
scope.addEventListener('message', ({ data }) => worker.handle(data));
