/** What the server shows in a TLS handshake, PEM. */
export interface ServerIdentity {
  readonly key: string;
  /** Server certificate, followed by its CA's. */
  readonly cert: string;
}
