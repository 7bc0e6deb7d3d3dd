/** Plays small playbooks in virtual time, in the language's own words, and tells what came of them a line each. */

import { registry } from '../../evaluation/registry.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { type CompiledWorkspace, compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import type { Json, RecordType, Settings, SubjectRef, Traits } from '../../language/model.ts';
import { identityLinksOf } from '../../language/records/identity-links.ts';
import { compareEvents, type TimelineEvent, type TraitPatch } from '../../language/records/timeline.ts';
import { run } from '../../simulate/run/run.ts';
import type { RunInput, RunLine } from '../../simulate/run/types.ts';
import { around } from '../support/around.ts';

const { files } = await loadFolder(new URL('../../playbooks/', import.meta.url).pathname);
/** The shipped settings, calendars, people, policies and templates; no shipped playbook. */
const TYPES = ['contact', 'account', 'deal', 'ticket'] as const;

/** An instant, a name, properties. `{traits: {ticket: {…}}}` changes records; a subject's id names another than the usual. */
export type Happening = [at: string, name: string, properties?: { [name: string]: Json }];

export interface Scene {
  /** What is known before anything happens; events name each of these records, by its `id` or else `ada`, `acme`, `d1`, `t1`. */
  contact?: Traits;
  account?: Traits;
  deal?: Traits;
  ticket?: Traits;
  records?: { type: RecordType; id: string; traits: Traits }[];
  events: Happening[];
  until?: string;
  holdout?: 'in' | 'out' | undefined;
  arms?: { [experiment: string]: string };
  settings?: Partial<Settings>;
  extra?: WorkspaceFile[];
  jitterMs?: (subjectId: string, localDate: string) => number;
  onDecided?: RunInput['onDecided'];
}

export interface Played {
  /** `03-02 11:00 c1 by m1,m2`: instant, key, evidence. */
  firings: string[];
  /** `03-02 11:00 c1 entered`, or the reason of the refusal. */
  entries: string[];
  /** `03-02 11:00 record lost = 5`, `… send hello refused: consent`. */
  effects: string[];
  /** `03-02 11:00 completed: steps`. */
  outcomes: string[];
  /** Effects and outcomes in the order in which they came. */
  story: string[];
  lines: RunLine[];
}

const IDS = { contact: 'ada', account: 'acme', deal: 'd1', ticket: 't1' } as const;

/** Compiles one playbook, or several by their names, among the shipped surroundings. */
export function compiled(
  playbooks: string | { [name: string]: string },
  extra: WorkspaceFile[] = [],
): CompiledWorkspace {
  const named = typeof playbooks === 'string' ? { p: playbooks } : playbooks;
  const own = Object.entries(named).map(([name, text]) => ({
    path: `${name}.yaml`,
    text: `playbook: ${name}\nowner: ops@shop.example\n${text}`,
  }));
  // Layouts take the longest to read: only who sends one needs them.
  const sends = own.some(({ text }) => text.includes('template:'));
  const others = around(files, extra).filter(({ path }) => sends || !path.startsWith('templates/'));
  const workspace = compileWorkspace([...others, ...extra, ...own], registry);
  const errors = workspace.diagnostics.filter((d) => d.severity === 'error');
  if (errors.length > 0) {
    throw new Error(
      errors.map((d) => `${d.file}:${d.line}:${d.column} ${d.code} ${d.message} ${d.hint ?? ''}`).join('\n'),
    );
  }
  return workspace;
}

const known = new Map<string, CompiledWorkspace>();

function compiledOnce(
  playbooks: string | { [name: string]: string },
  extra: WorkspaceFile[] | undefined,
): CompiledWorkspace {
  const id = JSON.stringify([playbooks, extra]);
  const workspace = known.get(id) ?? compiled(playbooks, extra);
  known.set(id, workspace);
  return workspace;
}

export function play(playbooks: string | { [name: string]: string }, scene: Scene): Played {
  const { versions, workspace } = compiledOnce(playbooks, scene.extra);
  const records = [...(scene.records ?? [])];
  const usual: SubjectRef[] = [];
  for (const type of TYPES) {
    const traits = scene[type];
    if (!traits && !(type === 'contact' && !scene.records)) continue;
    const id = typeof traits?.id === 'string' ? traits.id : IDS[type];
    usual.push({ type, id });
    if (traits) records.push({ type, id, traits });
  }
  const events = scene.events.map((happening, i) => eventOf(happening, i + 1, usual)).sort(compareEvents);
  const lines: RunLine[] = [];
  const { until, arms, jitterMs, onDecided } = scene;
  run(
    {
      versions,
      settings: { ...workspace.settings, ...scene.settings },
      people: workspace.people,
      records,
      events,
      claims: events.flatMap(identityLinksOf),
      until: until === undefined ? undefined : Date.parse(until),
      holdout: 'holdout' in scene ? scene.holdout : 'out',
      arms,
      jitterMs: jitterMs ?? (() => 0),
      onDecided,
    },
    (line) => lines.push(line),
  );
  return {
    firings: told(lines, 'firing'),
    entries: told(lines, 'enrolment'),
    effects: told(lines, 'effect'),
    outcomes: told(lines, 'outcome'),
    story: told(lines, 'effect', 'outcome'),
    lines,
  };
}

function eventOf([at, name, properties = {}]: Happening, n: number, usual: readonly SubjectRef[]): TimelineEvent {
  const { traits, userId, accountId, dealId, ticketId, merges, ...rest } = properties;
  const named = { contact: userId, account: accountId, deal: dealId, ticket: ticketId };
  const subjects = TYPES.flatMap((type): SubjectRef[] => {
    const own = named[type];
    if (typeof own === 'string') return [{ type, id: own }];
    return own === null ? [] : usual.filter((subject) => subject.type === type);
  });
  const patches = Object.entries((traits ?? {}) as { [type: string]: Traits }).map(([type, changed]): TraitPatch => {
    const id = subjects.find((subject) => subject.type === type)?.id ?? IDS[type as RecordType];
    return { type: type as RecordType, id, traits: changed };
  });
  const instant = Date.parse(at);
  return {
    arrival: n,
    messageId: `m${n}`,
    name,
    at: instant,
    receivedAt: instant,
    properties: rest,
    subjects,
    patches,
    ...(merges !== undefined && { merges: merges as string[] }),
  };
}

function told(lines: readonly RunLine[], ...types: RunLine['type'][]): string[] {
  return lines.filter((line) => types.includes(line.type)).map(tell);
}

function tell(line: RunLine): string {
  const at = shortTime(line.at);
  const who = line.key === '' ? '' : ` ${line.key}`;
  switch (line.type) {
    case 'firing':
      return `${at}${who} by ${line.evidence.join(',') || 'time'}`;
    case 'enrolment':
      return `${at}${who} ${line.refused ?? 'entered'}`;
    case 'effect': {
      const { [line.effect]: what, value, ...more } = line.detail;
      const others = Object.entries(more).map(([name, v]) => ` ${name}: ${show(v)}`);
      const came = value === undefined ? '' : ` = ${show(value)}`;
      return `${at} ${line.effect} ${show(what)}${came}${others.join('')}${line.refused ? ` refused: ${line.refused}` : ''}`;
    }
    case 'outcome': {
      const evidence = line.evidence === null ? '' : ` by ${line.evidence}`;
      const value = line.value === null ? '' : ` = ${show(line.value)}`;
      return `${at} ${line.outcome}: ${line.reason}${evidence}${value}${line.afterEnd ? ', after the end' : ''}`;
    }
  }
}

function show(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `03-02 11:00`, with seconds and milliseconds where there are any. */
export function shortTime(at: number): string {
  return new Date(at)
    .toISOString()
    .slice(5, 23)
    .replace('T', ' ')
    .replace(/\.000$/, '')
    .replace(/:00$/, '');
}

/** Monday the 2nd of March 2026, or `days` later, at a time of day in UTC: `10:00`, `10:00:00.001`. */
export function day(time: string, days = 0): string {
  const date = new Date(Date.UTC(2026, 2, 2 + days)).toISOString().slice(0, 10);
  return `${date}T${time.length === 5 ? `${time}:00` : time}Z`;
}
