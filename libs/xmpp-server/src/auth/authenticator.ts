/** Decides who may log in. */
export interface Authenticator {
  readonly name?: string;
}
