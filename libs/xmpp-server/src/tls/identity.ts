/** What the server shows in a TLS handshake, PEM. */
export interface ServerIdentity {
  readonly key: string;
  /** Server certificate, followed by those of its issuers. */
  readonly cert: string;
}
