/**
 * The result, read from outside: with SQL of its own, because a check that shared the product's reading would
 * share its faults.
 */
import pg from 'pg';
import type { Instant, Json, SubjectRef } from '../../language/model.ts';
import type { TimelineEvent, TraitPatch } from '../../language/records/timeline.ts';

export interface ObservedEnrolment {
  id: string;
  playbook: string;
  subject: string;
  key: string;
  startedAt: Instant;
  outcome: string | null;
  reason: string | null;
  ghost: boolean;
  goalAt: Instant | null;
  endedAt: Instant | null;
  undone: string | null;
}

export interface ObservedEffect {
  enrolment: string;
  path: string;
  kind: string;
  status: string;
  reason: string | null;
  /** Rows that it left where its kind leaves any: tasks and records. */
  rows: number;
}

export interface Observed {
  /** Without Cuebook's own, in the order in which they take effect. */
  events: TimelineEvent[];
  enrolments: ObservedEnrolment[];
  effects: ObservedEffect[];
  messages: { enrolment: string; path: string; providerId: string | null; status: string; messageClass: string }[];
  /** Firing, which has the enrolment's id → what the entry rules made of it. */
  firings: Map<string, string>;
}

/** What has not come to its end yet. */
export interface Unsettled {
  pendingEvents: number;
  deadlines: number;
  openEnrolments: number;
  claimedEffects: number;
}

const UNSETTLED = `
SELECT (SELECT count(*) FROM pending_events)::int AS "pendingEvents",
       (SELECT count(*) FROM deadlines)::int AS deadlines,
       (SELECT count(*) FROM enrolments WHERE outcome IS NULL)::int AS "openEnrolments",
       (SELECT count(*) FROM effects WHERE status = 'claimed')::int AS "claimedEffects"`;

const EVENTS = `
SELECT arrival::float8 AS arrival, message_id AS "messageId", name, ${ms('at')}, ${ms('received_at', 'receivedAt')},
       properties, patches, contact_id AS contact
  FROM events WHERE kind <> 'own' ORDER BY at, received_at, arrival`;

const ENROLMENTS = `
SELECT e.id, e.playbook, e.subject_id AS subject, e.key, e.outcome, e.reason, e.ghost,
       ${ms('e.started_at', 'startedAt')}, ${ms('e.goal_at', 'goalAt')}, ${ms('e.ended_at', 'endedAt')}, f.undone_by AS undone
  FROM enrolments e LEFT JOIN firings f ON f.id = e.firing_id`;

const EFFECTS = `
SELECT x.enrolment_id AS enrolment, x.path, x.kind, x.status, x.reason,
       CASE x.kind WHEN 'task' THEN (SELECT count(*) FROM tasks t WHERE t.effect_id = x.id)
                   WHEN 'record' THEN (SELECT count(*) FROM outcomes o
                                        WHERE o.enrolment_id = x.enrolment_id AND o.path = x.path)
                   ELSE 0 END::int AS rows
  FROM effects x`;

const CLAIMED = `SELECT enrolment_id || ' ' || path AS place FROM effects WHERE status = 'claimed'`;

const FIRINGS = `SELECT id, concat_ws(' ', status, reason, 'undone by ' || undone_by) AS verdict FROM firings`;

const MESSAGES = `SELECT m.enrolment_id AS enrolment, x.path, m.provider_id AS "providerId", m.status,
  m.message_class AS "messageClass" FROM messages m JOIN effects x ON x.id = m.effect_id`;

function ms(column: string, name = column): string {
  return `(extract(epoch FROM ${column}) * 1000)::float8 AS "${name}"`;
}

export class Observer {
  readonly #url: string;

  constructor(databaseUrl: string) {
    this.#url = databaseUrl;
  }

  async unsettled(): Promise<Unsettled> {
    return this.#with(async (client) => (await client.query<Unsettled>(UNSETTLED)).rows[0]!);
  }

  /** Effects between claim and answer, as `<enrolment> <path>`. */
  async claimed(): Promise<string[]> {
    return this.#with(async (client) => {
      const { rows } = await client.query<{ place: string }>(CLAIMED);
      return rows.map(({ place }) => place);
    });
  }

  async observe(): Promise<Observed> {
    return this.#with(async (client) => {
      const { rows } = await client.query<EventRow>(EVENTS);
      const { rows: firings } = await client.query<{ id: string; verdict: string }>(FIRINGS);
      return {
        events: rows.map(eventOf),
        enrolments: (await client.query<ObservedEnrolment>(ENROLMENTS)).rows,
        effects: (await client.query<ObservedEffect>(EFFECTS)).rows,
        firings: new Map(firings.map(({ id, verdict }) => [id, verdict])),
        messages: (await client.query<Observed['messages'][number]>(MESSAGES)).rows,
      };
    });
  }

  async #with<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: this.#url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

interface EventRow {
  arrival: number;
  messageId: string;
  name: string;
  at: Instant;
  receivedAt: Instant;
  properties: { [name: string]: Json };
  patches: TraitPatch[];
  contact: string | null;
}

function eventOf({ contact, ...event }: EventRow): TimelineEvent {
  const subjects: SubjectRef[] = contact === null ? [] : [{ type: 'contact', id: contact }];
  return { ...event, subjects };
}
