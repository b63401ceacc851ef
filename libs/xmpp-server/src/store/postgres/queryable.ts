import type { Statement } from '@nestanza/postgres/internal';

/** Whatever runs statements with search path `nestanza`: the kernel, or a single session. */
export interface Queryable {
  query<Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]>;
}
