import type { Method } from 'got';
import { ask } from '../../../support/http/request.js';
import { basic } from '../../../support/http/route.js';
import { isJsonObject, type Json, type JsonObject } from '../../../support/json.js';
import { dropPasswords } from '../../../support/passwords.js';
import { ProblemError, type Problem } from '../../../support/problem.js';

const TIMEOUT_MS = 20_000;

/** Ray's Jobs API. Requests go by node:http: Ray takes what Node's own fetch sends for a browser's, and refuses it. */
export class RayApi {
  /** @param address of the dashboard @param token sent with every request, never told */
  constructor(
    readonly address: string,
    private readonly token: string | undefined,
  ) {}

  /**
   * @returns the answer, or nothing where there is no such thing (404)
   * @throws ProblemError where the server says no; Error where it does not answer, or cannot just now
   */
  async ask(method: Method, path: string, json?: JsonObject): Promise<JsonObject | undefined> {
    const { status, text } = await this.#send(method, path, json);
    if (status === 404) return undefined;
    if (status === 401 || status === 403) throw new ProblemError(unauthorized(this.#shown, this.token));
    if (status >= 500 && !/already submitted|already exists/i.test(text)) {
      throw new Error(`${this.#shown} answered ${status}`);
    }
    if (status >= 400) throw new ProblemError(refused(this.#shown, status, text));
    const answer = parsed(text);
    if (isJsonObject(answer)) return answer;
    throw new ProblemError(notRay(this.#shown));
  }

  get #shown(): string {
    return dropPasswords(this.address);
  }

  async #send(method: Method, path: string, json?: JsonObject) {
    const url = new URL(`${this.address}${path}`);
    const authorization = basic(url) ?? (this.token === undefined ? undefined : `Bearer ${this.token}`);
    try {
      return await ask({
        method,
        url,
        headers: {
          ...(json !== undefined && { 'content-type': 'application/json' }),
          ...(authorization !== undefined && { authorization }),
        },
        ...(json !== undefined && { body: JSON.stringify(json) }),
        timeouts: { whole: TIMEOUT_MS },
        // Directly: proxies are for the world outside of a cluster's network.
        env: {},
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`${this.#shown} does not answer: ${dropPasswords(why)}`, { cause: error });
    }
  }
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const unauthorized = (address: string, token: string | undefined): Problem => ({
  code: 'ray-unauthorized',
  message: `The Ray cluster at ${address} wants a token, and ${token === undefined ? 'there is none' : 'takes another one'}.`,
  cure: 'Set RAY_AUTH_TOKEN to the cluster’s token.',
});

const refused = (address: string, status: number, body: string): Problem => ({
  code: 'ray-refused',
  message: `The Ray cluster at ${address} says no (${status}): ${body.trim().split('\n').at(-1)?.slice(0, 300) ?? ''}`,
  cure: '`runner explain launcher.ray` tells the launcher’s options.',
});

const notRay = (address: string): Problem => ({
  code: 'not-ray',
  message: `What answers at ${address} is no Ray dashboard.`,
  cure: 'Write launcher.address: http://HOST:8265, as `ray start --head` prints it.',
});
