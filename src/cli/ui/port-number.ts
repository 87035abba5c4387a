import { InvalidArgumentError } from 'commander';

/** Parses the value of --port. */
export function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return port;
  throw new InvalidArgumentError('Expected a port, a whole number from 1 to 65535.');
}
