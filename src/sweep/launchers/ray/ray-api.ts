import type { Method } from 'got';
import { ask } from '../../../support/http/request.js';
import { basic } from '../../../support/http/route.js';
import { isJsonObject, type Json, type JsonObject } from '../../../support/json.js';
import { dropPasswords } from '../../../support/passwords.js';
import { ProblemError, type Problem } from '../../../support/problem.js';

const TIMEOUT_MS = 20_000;

/** Ray's Jobs API. Requests use node:http: Ray rejects those of Node's fetch as coming from a browser. */
export class RayApi {
  /** @param address of the dashboard @param token sent with every request, never shown */
  constructor(
    readonly address: string,
    private readonly token: string | undefined,
  ) {}

  /**
   * @returns the response, or undefined for 404
   * @throws ProblemError if the server refuses; Error if it does not respond, or has a temporary failure
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
        // No proxy: the cluster is on the local network.
        env: {},
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`${this.#shown} does not respond: ${dropPasswords(why)}`, { cause: error });
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
  message: `The Ray cluster at ${address} expects a token, and ${token === undefined ? 'none is set' : 'rejects the one that is set'}.`,
  cure: 'Set RAY_AUTH_TOKEN to the cluster’s token.',
});

const refused = (address: string, status: number, body: string): Problem => ({
  code: 'ray-refused',
  message: `The Ray cluster at ${address} refused the request (${status}): ${body.trim().split('\n').at(-1)?.slice(0, 300) ?? ''}`,
  cure: 'See the launcher’s options: `runner explain launcher.ray`.',
});

const notRay = (address: string): Problem => ({
  code: 'not-ray',
  message: `The server at ${address} is not a Ray dashboard.`,
  cure: 'Set launcher.address: http://HOST:8265, as `ray start --head` prints it.',
});
