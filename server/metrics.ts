/** `/metrics`: what operators watch, in Prometheus's text format. Counts alone: nothing of any person. */
import type { FastifyInstance } from 'fastify';
import { readDeployments } from '../store/deployments/deployments.ts';
import { readSkippedCounts, type SkippedCount, type SkippedKind } from '../store/evaluation/skipped-counts.ts';
import type { Database } from '../store/postgres/database.ts';
import { type PlaybookTotals, readBacklog, readTotals } from '../store/reports/totals.ts';

type Sample = { labels?: { [name: string]: string }; value: number };

const COUNTED = [
  ['firings', 'Firings that were made and not taken back.'],
  ['enrolments', 'Firings that entered a journey, ghosts too.'],
  ['mails', 'Mails that were handed over.'],
  ['tasks', 'Tasks that were made.'],
  ['escalations', 'Tickets that were escalated.'],
] as const satisfies [keyof PlaybookTotals, string][];

export function metricsRoute(app: FastifyInstance, database: Database): void {
  app.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics(database)),
  );
}

async function metrics({ pool }: Database): Promise<string> {
  const backlog = await readBacklog(pool);
  const figures = [...(await readTotals(pool))];
  const deployments = await readDeployments(pool);
  const names = deployments.map(({ playbook }) => playbook);
  const counts = await readSkippedCounts(pool);
  const gauge = (name: string, help: string, value: number) => family(name, 'gauge', help, [{ value }]);
  return [
    gauge('cuebook_events_pending', 'Events that wait for the evaluator.', backlog.pendingEvents),
    gauge('cuebook_events_set_aside', 'Events that failed five times.', backlog.setAsideEvents),
    gauge('cuebook_events_pending_seconds', 'Age of the oldest pending event.', backlog.oldestPendingMs / 1000),
    gauge('cuebook_enrolments_open', 'Journeys under way.', backlog.openEnrolments),
    gauge('cuebook_enrolments_unstarted', 'Enrolments that no workflow carries yet.', backlog.unstartedEnrolments),
    gauge('cuebook_messages_unknown', 'Messages of which nobody knows whether they arrived.', backlog.unknownMessages),
    ...COUNTED.map(([what, help]) =>
      family(
        `cuebook_${what}_total`,
        'counter',
        help,
        figures.map(([playbook, of]) => ({ labels: { playbook }, value: of[what] })),
      ),
    ),
    family(
      'cuebook_before_deploy_firings',
      'gauge',
      'Firings that would have been before the deployment of the trigger.',
      deployments.map(({ playbook, beforeDeploy }) => ({ labels: { playbook }, value: beforeDeploy })),
    ),
    family(
      'cuebook_closed_keys_total',
      'counter',
      'Keys that were closed because one subject had too many open.',
      deployments.map(({ playbook, closedKeys }) => ({ labels: { playbook }, value: closedKeys })),
    ),
    family(
      'cuebook_no_key_total',
      'counter',
      'Opening and counted events that took no part, as they had no value for the key.',
      lookSamples('no_key', names, counts),
    ),
    family(
      'cuebook_wrong_type_total',
      'counter',
      'Looks at which a condition, a key, a value or a window of the playbook, trait or clock met a value of the wrong type.',
      lookSamples('wrong_type', names, counts),
    ),
    family(
      'cuebook_outcomes_total',
      'counter',
      'Outcomes, by name.',
      figures.flatMap(([playbook, of]) =>
        Object.entries(of.outcomes).map(([outcome, value]) => ({ labels: { playbook, outcome }, value })),
      ),
    ),
  ].join('');
}

/** What is deployed has its sample before anything was counted, so that the first is seen as an increase. */
function lookSamples(kind: SkippedKind, playbooks: readonly string[], counts: readonly SkippedCount[]): Sample[] {
  const counted = counts.filter((one) => one.kind === kind);
  const known = new Map(counted.filter(({ of }) => of === 'playbook').map(({ name, count }) => [name, count]));
  return [
    ...[...new Set([...playbooks, ...known.keys()])]
      .sort()
      .map((playbook) => ({ labels: { playbook }, value: known.get(playbook) ?? 0 })),
    ...counted
      .filter(({ of }) => of !== 'playbook')
      .map(({ of, name, count }) => ({ labels: { [of]: name }, value: count })),
  ];
}

function family(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels = {}, value }) => {
    const shown = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    return `${name}${shown.length > 0 ? `{${shown.join(',')}}` : ''} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function escaped(label: string): string {
  return label.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
