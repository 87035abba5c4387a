import type { Refusal } from '../protocol.js';

/** A piece of work that cannot be done, by the client's mistake. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
    this.name = 'Refused';
  }
}
