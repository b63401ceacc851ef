/** A message that has just become a row of the inbox. */
export interface StoredRow {
  /** Id of the row; PostgreSQL's bigint as text. */
  readonly id: string;
  readonly lane: number;
  /** The process that owns the lane, or nobody. */
  readonly owner: string | null;
  readonly sender: string;
  readonly messageId: string;
  readonly key: string | null;
}
