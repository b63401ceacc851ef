/** What `nestanza serve --json` says once it serves. */
export interface ServerFacts {
  readonly host: string;
  readonly port: number;
  readonly domain: string;
  /** SHA-256 of the local CA's certificate. */
  readonly fingerprint: string;
  /** The local CA's certificate, PEM. */
  readonly ca: string;
  /** Who may log in with any chat client. */
  readonly account: { readonly jid: string; readonly password: string };
}

/** The facts in a line of the server's output; `undefined` for any other line. */
export function readServerFacts(line: string): ServerFacts | undefined {
  if (!line.startsWith('{"serving":')) return undefined;
  return (JSON.parse(line) as { serving: ServerFacts }).serving;
}
