/** One failed attempt, as inbox rows and dead letters keep it. */
export interface Failure {
  /** ISO 8601. */
  readonly at: string;
  readonly attempt: number;
  readonly code: string;
  readonly message: string;
  readonly stack?: string;
}
