/** Which dead letters; every part that is given must fit. */
export interface DeadLetterFilter {
  readonly code?: string;
  /** `Orders.onPlaced` */
  readonly handler?: string;
  /** Channel text. */
  readonly channel?: string;
  readonly messageId?: string;
  /** Occurs in the reason or in the message. */
  readonly text?: string;
}

/** A page of letters, newest first. */
export interface DeadLetterPage extends DeadLetterFilter {
  /** Only letters with a smaller id: pages from newest to oldest. */
  readonly before?: string;
  /** Default 50, at most 500. */
  readonly limit?: number;
}

/** Condition over `dead_letter` whose first six values are those of `filterValues`. */
export const FITS = `($1::text is null or service = $1) and ($2::text is null or code = $2)
  and ($3::text is null or handler = $3) and ($4::text is null or channel = $4)
  and ($5::text is null or message_id = $5)
  and ($6::text is null or position($6 in reason) > 0 or position($6 in envelope) > 0)`;

/** @param service - whose letters; `undefined`: of all services of the database */
export function filterValues(service: string | undefined, filter: DeadLetterFilter): readonly (string | null)[] {
  const { code, handler, channel, messageId, text } = filter;
  return [service, code, handler, channel, messageId, text].map((value) => value ?? null);
}
