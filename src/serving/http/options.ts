/** What a server is told besides its models. */
export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  /** Clients are to send it: `Authorization: Bearer ...`. */
  readonly token?: string;
  /** Of a request, in bytes. */
  readonly bodyLimit: number;
  /** How long a request may take to arrive, in milliseconds. */
  readonly arrival: number;
  /** How long a request may take from then on, in milliseconds. */
  readonly timeout: number;
  /** Connections at once. */
  readonly connections: number;
}
