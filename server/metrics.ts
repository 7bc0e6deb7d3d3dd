/** `/metrics`: what operators watch, in Prometheus's text format. Counts alone: nothing of any person. */
import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, Registry } from 'prom-client';
import { PLAYBOOK_STATUSES, readStopped, type StatusShown } from '../store/deployments/playbook-status.ts';
import { readSkippedCounts, type SkippedCount, type SkippedKind } from '../store/evaluation/skipped-counts.ts';
import type { Database } from '../store/postgres/database.ts';
import { type CounterKind, type CounterValue, readCounters } from '../store/reports/counters.ts';
import { type Backlog, readBacklog } from '../store/reports/totals.ts';
import { cached } from './cached.ts';

type Labels = { [name: string]: string };
interface Sample {
  labels: Labels;
  value: number;
}

/** What one scrape shows. */
interface Snapshot {
  backlog: Backlog;
  deployments: { playbook: string; beforeDeploy: number }[];
  stopped: StatusShown[];
  counters: CounterValue[];
  skipped: SkippedCount[];
}

/** Scrapes of several Prometheus servers share one. */
const SNAPSHOT_MS = 1_000;

const BACKLOG: { [name: string]: [help: string, value: (backlog: Backlog) => number] } = {
  cuebook_events_pending: ['Events that wait for the evaluator.', (of) => of.pendingEvents],
  cuebook_events_set_aside: [
    'Dead letters: events that failed five times, or could not be consumed.',
    (of) => of.setAsideEvents,
  ],
  cuebook_events_put_back: ['Pending events that are put back round after round.', (of) => of.putBackEvents],
  cuebook_events_pending_seconds: ['Age of the oldest pending event.', (of) => of.oldestPendingMs / 1000],
  cuebook_enrolments_open: ['Journeys under way.', (of) => of.openEnrolments],
  cuebook_enrolments_overdue: [
    'Journeys whose next step was due more than a minute ago.',
    (of) => of.overdueEnrolments,
  ],
  cuebook_enrolments_unstarted: ['Enrolments that no workflow carries yet.', (of) => of.unstartedEnrolments],
  cuebook_messages_waiting: ['Messages that wait for their provider and are tried again.', (of) => of.waitingMessages],
  cuebook_messages_unknown: ['Messages of which it is not known whether they arrived.', (of) => of.unknownMessages],
};

/** Those that are counted by a name of their own, by the label that shows it. */
const NAMED = {
  outcomes: { label: 'outcome', of: 'playbook', help: 'Outcomes, by name.' },
  endings: { label: 'outcome', of: 'playbook', help: 'Enrolments that have ended, by how.' },
  kept_addresses: { label: 'trait', of: 'source', help: 'Addresses that a client key did not overwrite.' },
  uncounted_claims: {
    label: 'limit',
    of: undefined,
    help: 'Claims of contact ids that were beyond a limit, and did not count.',
  },
  unread_lists: { label: 'list', of: undefined, help: 'Lists that were not read, as they had too many records.' },
} as const;

const COUNTED: { [kind in Exclude<CounterKind, keyof typeof NAMED>]: string } = {
  firings: 'Firings that were made, those that were undone later too.',
  firings_undone: 'Firings that a late event undid.',
  enrolments: 'Firings that entered a journey, ghosts too.',
  conversions: 'Goals that were met, after the end too.',
  mails: 'Mails that were handed over.',
  sends_failed: 'Messages that failed for good.',
  tasks: 'Tasks that were made.',
  escalations: 'Tickets that were escalated.',
  closed_keys: 'Keys that were closed because one subject had too many open.',
};

const SKIPPED: { [kind in SkippedKind]: string } = {
  no_key: 'Opening and counted events that took no part, as they had no value for the key.',
  wrong_type:
    'Evaluations and steps in which an expression, date, sum or zone of the playbook, trait or clock met a value of the wrong type.',
  empty_value: 'Effects whose texts printed a value that was not there; the decision names it.',
};

/** Whether a part answers this process. */
export type PartStates = () => readonly { part: string; up: boolean }[];

/** @param partStates of the process; the rest is the same at every process of the store */
export function metricsRoute(app: FastifyInstance, database: Database, partStates: PartStates = () => []): void {
  const registry = metricsOf(cached(SNAPSHOT_MS, () => readSnapshot(database)));
  const own = partMetrics(partStates);
  app.get('/metrics', async (_request, reply) => {
    // Without the store there is nothing to tell but that: a scrape that fails would say the process is away.
    const text = await registry.metrics().catch(() => STORE_DOWN);
    return reply.type(registry.contentType).send(`${text}${await own.metrics()}`);
  });
}

function partMetrics(partStates: PartStates): Registry {
  const registry = new Registry();
  new Gauge({
    ...{ name: 'cuebook_part_up', registers: [registry], labelNames: ['part'] },
    help: 'Whether a part answers this process: 1 or 0. Mail is known once one was handed over.',
    collect() {
      this.reset();
      for (const { part, up } of partStates()) this.set({ part }, up ? 1 : 0);
    },
  });
  return registry;
}

const STORE_UP = { name: 'cuebook_store_up', help: 'Whether PostgreSQL answers: 1, or 0 and nothing else.' };
const STORE_DOWN = `# HELP ${STORE_UP.name} ${STORE_UP.help}\n# TYPE ${STORE_UP.name} gauge\n${STORE_UP.name} 0\n`;

async function readSnapshot(database: Database): Promise<Snapshot> {
  return {
    backlog: await readBacklog(database),
    deployments: await database.prisma.deployment.findMany({
      select: { playbook: true, beforeDeploy: true },
      orderBy: { playbook: 'asc' },
    }),
    stopped: await readStopped(database.pool),
    counters: await readCounters(database),
    skipped: await readSkippedCounts(database),
  };
}

function metricsOf(snapshot: () => Promise<Snapshot>): Registry {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    ...{ ...STORE_UP, registers },
    async collect() {
      await snapshot();
      this.set(1);
    },
  });
  for (const [name, [help, value]] of Object.entries(BACKLOG)) {
    new Gauge({
      ...{ name, help, registers },
      async collect() {
        this.set(value((await snapshot()).backlog));
      },
    });
  }
  new Gauge({
    ...{ name: 'cuebook_before_deploy_firings', registers, labelNames: ['playbook'] },
    help: 'Firings that would have been before the deployment of the trigger.',
    async collect() {
      const { deployments } = await snapshot();
      this.reset();
      for (const { playbook, beforeDeploy } of deployments) this.set({ playbook }, beforeDeploy);
    },
  });
  new Gauge({
    ...{ name: 'cuebook_playbook_status', registers, labelNames: ['playbook', 'status'] },
    help: 'Whether a playbook is active, paused or halted: 1 for what it is, else 0.',
    async collect() {
      const { deployments, stopped } = await snapshot();
      this.reset();
      const statuses = new Map<string, string>(deployments.map(({ playbook }) => [playbook, 'active']));
      for (const { playbook, status } of stopped) statuses.set(playbook, status);
      for (const [playbook, is] of statuses)
        for (const status of PLAYBOOK_STATUSES) this.set({ playbook, status }, status === is ? 1 : 0);
    },
  });
  new Gauge({
    ...{ name: 'cuebook_effects_held', registers, labelNames: ['playbook'] },
    help: 'Effects that are held until their halted playbook is resumed.',
    async collect() {
      const { stopped } = await snapshot();
      this.reset();
      for (const { playbook, held } of stopped) this.set({ playbook }, held);
    },
  });
  /** The sums are kept in the store: each scrape shows them as they are, whichever process counted. */
  const counter = (name: string, help: string, samples: (of: Snapshot) => Sample[]) =>
    new Counter({
      ...{ name, help, registers, labelNames: ['playbook', 'outcome', 'trait', 'clock', 'source', 'limit', 'list'] },
      async collect() {
        const all = samples(await snapshot());
        this.reset();
        for (const { labels, value } of all) this.inc(labels, value);
      },
    });
  for (const [kind, help] of Object.entries(COUNTED)) {
    counter(`cuebook_${kind}_total`, help, (of) => ofPlaybooks(of, kind));
  }
  for (const [kind, help] of Object.entries(SKIPPED)) {
    counter(`cuebook_${kind}_total`, help, (of) => skippedSamples(of, kind));
  }
  for (const [kind, { label, of: owner, help }] of Object.entries(NAMED)) {
    counter(`cuebook_${kind}_total`, help, ({ counters }) =>
      counters
        .filter((one) => one.kind === kind)
        .map(({ playbook, name, count }) => ({
          labels: { ...(owner && { [owner]: playbook }), [label]: name },
          value: count,
        })),
    );
  }
  return registry;
}

/** What is deployed has its sample before anything was counted, so that the first is seen as an increase. */
function withDeployed({ deployments }: Snapshot, counts: ReadonlyMap<string, number>): Sample[] {
  const playbooks = new Set([...deployments.map(({ playbook }) => playbook), ...counts.keys()]);
  return [...playbooks].sort().map((playbook) => ({ labels: { playbook }, value: counts.get(playbook) ?? 0 }));
}

function ofPlaybooks(of: Snapshot, kind: string): Sample[] {
  const counted = of.counters.filter((one) => one.kind === kind);
  return withDeployed(of, new Map(counted.map(({ playbook, count }) => [playbook, count])));
}

function skippedSamples(snapshot: Snapshot, kind: string): Sample[] {
  const counted = snapshot.skipped.filter((one) => one.kind === kind);
  const ofPlaybook = counted.filter(({ of }) => of === 'playbook').map(({ name, count }) => [name, count] as const);
  const others = counted.filter(({ of }) => of !== 'playbook');
  return [
    ...withDeployed(snapshot, new Map(ofPlaybook)),
    ...others.map(({ of, name, count }) => ({ labels: { [of]: name }, value: count })),
  ];
}
