import { ProblemError, type Problem } from '../../support/problem.js';
import type { Page, PagePlace } from './ui-page.js';
import { programFor } from './server-program.js';
import { addressOf, freePort, isFree, reachable, startServer } from './server.js';

const USUAL_PORT = 6006;
/** TensorBoard keeps ten images a name by default, which would leave most epochs out. */
const KEPT = 'images=200';

/** Starts TensorBoard over all runs. @param port taken as it is; else the usual one, or the next that is free */
export async function openTensorBoard(place: PagePlace, port?: number): Promise<Page> {
  const { host, runs, env, stop } = place;
  if (port !== undefined && !(await isFree(host, port))) throw new ProblemError(taken(port));
  const program = await programFor('tensorboard', place);
  const chosen = port ?? (await freePort(host, USUAL_PORT));
  const address = addressOf(reachable(host), chosen);
  const where = ['--logdir', runs, '--host', host, '--port', String(chosen), '--samples_per_plugin', KEPT];
  const server = await startServer({ name: 'TensorBoard', command: [...program, ...where], address, env, stop });
  return { name: 'TensorBoard', address: `${addressOf(host, chosen)}/`, ...server };
}

function taken(port: number): Problem {
  return {
    code: 'port-taken',
    message: `Port ${port} is taken: another program listens there.`,
    cure: 'Name another one, or none: then the next free one from 6006 on is taken.',
  };
}
