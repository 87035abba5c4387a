import { ProblemError } from '../../support/problem.js';
import type { Page, PagePlace } from './ui-page.js';
import { programFor } from './server-program.js';
import { addressOf, freePort, isFree, portTaken, reachable, startServer } from './server.js';

const USUAL_PORT = 6006;
/** TensorBoard keeps ten images per name by default, too few for most epochs. */
const KEPT = 'images=200';

/** Starts TensorBoard for all runs. @param port to use; else the default port, or the next free one */
export async function openTensorBoard(place: PagePlace, port?: number): Promise<Page> {
  const { host, runs, env, stop } = place;
  if (port !== undefined && !(await isFree(host, port)))
    throw new ProblemError(portTaken(port, 'Choose another port, or none to use the next free one from 6006.'));
  const program = await programFor('tensorboard', place);
  const chosen = port ?? (await freePort(host, USUAL_PORT));
  const address = addressOf(reachable(host), chosen);
  const where = ['--logdir', runs, '--host', host, '--port', String(chosen), '--samples_per_plugin', KEPT];
  const server = await startServer({ name: 'TensorBoard', command: [...program, ...where], address, env, stop });
  return { name: 'TensorBoard', address: `${addressOf(host, chosen)}/`, ...server };
}
