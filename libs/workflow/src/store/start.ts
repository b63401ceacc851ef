import { GroupCommitter } from '@nestanza/postgres/internal';
import type { EntityManager } from 'typeorm';
import { BIRTH_LOCK, type Sql } from './sql.js';

/** A run to be born. */
export interface NewRun {
  readonly id: string;
  readonly workflow: string;
  /** Of its code. */
  readonly version: string;
  readonly input: string | null;
  /** Milliseconds from now. */
  readonly deadline: number | null;
  /** The run that starts it and waits for it. */
  readonly parent: string | null;
  /** By what it is found; JSON text. */
  readonly attributes: string | null;
}

/** What became of a start. */
export interface Started {
  /** `false`: there is a run of this id already. */
  readonly created: boolean;
  /** This process has it, with epoch 1, and must run it. */
  readonly claimed: boolean;
}

/** A run is born, or exists; $5: whether this process takes it at once, $6: this process. */
const INSERT = `
  with born as materialized (
    select count(pg_advisory_xact_lock_shared(${BIRTH_LOCK}, hashtext(id))) n from unnest($1::text[]) id),
  me as materialized (select id from nestanza.process where id = $6::bigint and lease_until > clock_timestamp())
  insert into nestanza.workflow_run (id, workflow, version, status, input, deadline_at, owner, epoch, claimed_at, wake_at, parent_id, attributes)
  select u.id, u.workflow, u.version, case when me.id is null then 'pending' else 'running' end, u.input::jsonb,
    clock_timestamp() + u.deadline * interval '1 millisecond', me.id, case when me.id is null then 0 else 1 end,
    case when me.id is not null then clock_timestamp() end, case when me.id is null then clock_timestamp() end, u.parent, u.attributes::jsonb
  from unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::boolean[], $7::text[], $8::text[], $9::text[])
    u(id, workflow, input, deadline, mine, parent, attributes, version)
  cross join born left join me on u.mine
  on conflict (id) do nothing returning id, owner is not null as claimed`;

const START = { name: 'workflow_start', text: INSERT };

const columns = (runs: readonly NewRun[], take: readonly boolean[], process: string | null): unknown[] => [
  runs.map((run) => run.id),
  runs.map((run) => run.workflow),
  runs.map((run) => run.input),
  runs.map((run) => run.deadline),
  take,
  process,
  runs.map((run) => run.parent),
  runs.map((run) => run.attributes),
  runs.map((run) => run.version),
];

interface Row {
  readonly id: string;
  readonly claimed: boolean;
}

/** Commits starts together; `take` asks for the run itself, so that no second commit need claim it. */
export function startCommitter(sql: Sql): GroupCommitter<{ run: NewRun; take: boolean }, Started> {
  return new GroupCommitter({
    async commit(items) {
      const runs = items.map((item) => item.run);
      const take = items.map((item) => item.take);
      const rows = await sql.query<Row>(START, columns(runs, take, sql.lease.id));
      const born = new Map(rows.map((row) => [row.id, row]));
      return runs.map(({ id }) => {
        const row = born.get(id);
        born.delete(id); // Of two starts of one id in a batch, the first is the one.
        return { created: row !== undefined, claimed: row?.claimed ?? false };
      });
    },
  });
}

/** Starts a run inside an open transaction: nobody sees it before the commit. */
export async function startInTransaction(tx: EntityManager, run: NewRun): Promise<Started> {
  const rows: Row[] = await tx.query(INSERT, columns([run], [false], null));
  return { created: rows.length === 1, claimed: false };
}
