import type { Statement } from '@nestanza/postgres/internal';

/** A statement that turns an inbox row into a dead letter; `taken` defines `d`, the row it has deleted. */
export const buryStatement = (taken: string): string => `${taken},
  named as (select set_config('application_name', 'nst:' || $2::bigint, true))
  insert into nestanza.dead_letter (source, service, grp, lane, channel, type, handler, sender, message_id, item, key,
    envelope, code, reason, stack, attempts, failures, received_at)
  select 'inbox', $6::text, d.grp, d.lane, $7::text, $8::text, $9::text, d.sender, d.message_id, $10::text, d.key,
    d.envelope, $11::text, $12::text, $13::text, d.attempts + jsonb_array_length($14::jsonb), d.failures || $14::jsonb, d.at
  from d, named returning *`;

/**
 * Turns an inbox row into a dead letter. In: group, process, lane, id, epoch, service, channel, type, handler, item,
 * code, reason, stack, failures to add. Out: the letter; no row when it was fenced or gone.
 * Sent over TypeORM, hence with qualified names.
 */
export const BURY = buryStatement(`with d as (
    delete from nestanza.inbox i using nestanza.lane l
     where i.grp = $1 and i.lane = $3 and i.id = $4
       and l.grp = $1 and l.lane = $3 and l.epoch = $5 and l.owner = $2 returning i.*)`);

/** In: letter, text. */
export const RECORD_HOOK_ERROR = `update nestanza.dead_letter
  set hook_error = concat_ws(E'\\n', hook_error, $2::text) where id = $1`;

/**
 * Turns an outbox row into a dead letter. In: id, service, code, reason, stack, failures. Out: the letter's id.
 */
export const BURY_OUTGOING: Statement = {
  name: 'delivery.bury-outgoing',
  text: `with d as (delete from outbox where id = $1 returning *)
    insert into dead_letter (source, service, grp, lane, channel, type, handler, sender, message_id, key,
      envelope, code, reason, stack, attempts, failures, received_at)
    select 'outbox', $2::text, d.grp, d.lane, d.channel, d.channel, 'relay', $2::text, d.message_id, d.key,
      d.envelope, $3::text, $4::text, $5::text, d.attempts + 1, $6::jsonb, d.at
    from d returning id::text id`,
};

/**
 * Puts a letter back to where it came from, once. In: letter, and of an edited one envelope and message id, else null.
 * Out: the row it became, and whom to wake.
 */
export const REPLAY: Statement = {
  name: 'delivery.replay',
  text: `select source, service, grp, lane, id::text id, owner::text owner, sender, message_id, key from replay($1, $2, $3)`,
};
