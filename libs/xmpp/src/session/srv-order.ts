/** What an SRV record says (RFC 2782). */
export interface SrvRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/**
 * Records in the order to try them: lower priority first; among equals, each comes first as often as its weight says.
 * The record `.`, which means that the service is not offered, is left out.
 * @param random - in [0, 1), asked once a record
 */
export function orderSrv(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  return (
    records
      .filter(({ name }) => name !== '' && name !== '.')
      // Exponential races: the winner is the record whose clock, of rate `weight`, rings first.
      .map((record) => ({ record, time: -Math.log(1 - random()) / Math.max(record.weight, 0.001) }))
      .toSorted((a, b) => a.record.priority - b.record.priority || a.time - b.time)
      .map(({ record }) => record)
  );
}
