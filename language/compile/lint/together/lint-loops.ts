/** Playbooks that feed themselves, or each other in a ring: at once or after waits, they would never end (N1). */

import { isJsonObject } from '../../../json.ts';
import type { CompiledPlaybook, Moment, SpanOrTable } from '../../../model.ts';
import type { Registry } from '../../../syntax.ts';
import type { LintedPlaybook } from '../lint-keys.ts';
import { feeds, type Told, toldBy } from './told-events.ts';

interface Node {
  linted: LintedPlaybook;
  playbook: CompiledPlaybook;
  told: readonly Told[];
  /** What it may fire, with the event that does. */
  fires: { node: Node; by: Told }[];
}

/** Longer rings than this are not looked for; the chain of causes ends them all the same. */
const MAX_RING = 25;
const DAY_MS = 86_400_000;

/** Warns at the trigger of each playbook of a ring. */
export function lintLoops(playbooks: readonly LintedPlaybook[], registry: Registry): void {
  // What enters once ends every ring.
  const nodes = playbooks
    .map((linted): Node => {
      const { playbook } = linted.version;
      return { linted, playbook, told: toldBy(playbook, registry), fires: [] };
    })
    .filter(({ playbook }) => playbook.again.kind !== 'never');
  for (const from of nodes) {
    for (const node of nodes) {
      const by = feeds(from.playbook, from.told, node.playbook);
      if (by) from.fires.push({ node, by });
    }
  }
  for (const node of nodes) {
    const ring = ringThrough(node);
    if (ring && goesOn(ring.map((one) => one.node.playbook))) report(node, ring);
  }
}

type Ring = { node: Node; by: Told }[];

/** The shortest way from a playbook back to itself: each playbook with the event by which it was fired. */
function ringThrough(start: Node): Ring | undefined {
  const seen = new Set<Node>();
  let ways: Ring[] = [[]];
  for (let length = 0; length < MAX_RING && ways.length > 0; length++) {
    const longer: Ring[] = [];
    for (const way of ways) {
      for (const next of (way.at(-1)?.node ?? start).fires) {
        if (next.node === start) return [...way, next];
        if (seen.has(next.node)) continue;
        seen.add(next.node);
        longer.push([...way, next]);
      }
    }
    ways = longer;
  }
  return undefined;
}

/** `again: after 7d` ends a ring that comes round sooner. */
function goesOn(ring: readonly CompiledPlaybook[]): boolean {
  const roundMs = ring.reduce((sum, playbook) => sum + longestMs(playbook), 0);
  return ring.every(({ again }) => again.kind !== 'after' || again.ms <= roundMs);
}

/** How long a playbook may take from what fires it to its last step, where that is known; else no bound. */
function longestMs({ trigger, steps }: CompiledPlaybook): number {
  const windows = trigger.arms.map((arm) => Object.values(arm.windows).reduce((sum, w) => sum + spanMs(w), 0));
  const waits = Object.values(steps).map(({ kind, config }) => {
    if (kind === 'send') return DAY_MS; // held by quiet hours
    if (!WAITING.has(kind)) return 0;
    const { moment, within, every, arms } = config as unknown as {
      moment?: Moment;
      within?: SpanOrTable;
      every?: Moment;
      arms?: unknown;
    };
    if (kind === 'repeat') return every === undefined ? 0 : Number.POSITIVE_INFINITY;
    return isAsking(kind) && arms === undefined ? 0 : spanMs(moment ?? within);
  });
  return Math.max(0, ...windows) + waits.reduce((sum, ms) => sum + ms, 0);
}

/** Steps that may wait; of those that ask somebody, where they wait for the answer. */
const WAITING = new Set(['wait', 'wait_for', 'repeat', 'task', 'approve', 'run']);
const isAsking = (kind: string) => kind === 'task' || kind === 'approve' || kind === 'run';

function spanMs(span: Moment | SpanOrTable | undefined): number {
  return span?.kind === 'exact' ? span.ms : Number.POSITIVE_INFINITY;
}

function report({ linted, playbook }: Node, ring: Ring): void {
  const { by } = ring.at(-1)!;
  const names = [playbook.playbook, ...ring.map(({ node }) => node.playbook.playbook)];
  const what =
    ring.length === 1
      ? `the playbook feeds itself: its own \`${by.name}\`${placeOf(by)} fires it again`
      : `playbooks feed each other in a ring: ${names.join(' → ')}, by \`${by.name}\`${placeOf(by)} of \`${names.at(-2)}\``;
  const written = isJsonObject(linted.report.file.value) ? linted.report.file.value : {};
  linted.report.key('trigger' in written ? ['trigger'] : [], {
    code: 'CB610',
    severity: 'warning',
    message: what,
    hint: `leave out what Cuebook did itself, as where: event.playbook != "${names.at(-2)}", or write again: never; after five rounds a firing is refused as \`loop\``,
  });
}

function placeOf({ step }: Told): string {
  return step === undefined ? '' : ` (${step})`;
}
