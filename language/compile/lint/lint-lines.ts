/** Lines of `expect` that no effect of the playbook can ever meet (V2): each is told with what comes instead. */

import { didYouMean, nearest } from '../../diagnostics/nearest.ts';
import { written } from '../../diagnostics/written.ts';
import type { Json, PlaybookVersion } from '../../model.ts';
import { REASONS_KNOWN } from '../../records/reasons.ts';
import type { Path, StepSyntax } from '../../syntax.ts';
import type { ExpectedLine, PlaybookTest } from '../tests/types.ts';
import type { LintedPlaybook } from './lint-keys.ts';

const OUTCOMES = ['converted', 'exited', 'completed', 'failed', 'cancelled'];
const OF_OUTCOME = ['outcome', 'reason', 'value', 'after_end', 'template', 'playbook'];
const ALWAYS = ['refused', 'ghost', 'playbook'];

/** @param run the playbooks that this one runs, directly or through others */
export function lintLines(
  linted: LintedPlaybook,
  test: PlaybookTest,
  { steps, run }: { steps: readonly StepSyntax[]; run: readonly PlaybookVersion[] },
): void {
  if (test.expect === undefined || test.expect === 'nothing') return;
  test.expect.forEach((line, i) => {
    const path: Path = ['tests', test.index, 'expect', i];
    const kind = Object.keys(line.fields).find(
      (key) => key === 'outcome' || steps.some((step) => step.kind === key && step.effect),
    );
    if (kind === undefined) return;
    const whose = whoseLine(linted, line, run);
    const found = 'key' in whose ? whose : faultOf(whose, line, kind, steps);
    if (found === undefined) return;
    const { key, message, hint } = found;
    const finding = { severity: 'warning' as const, code: 'CB639', message, hint };
    if (found.atKey) linted.report.key([...path, key], finding);
    else linted.report.at([...path, key], finding);
  });
}

interface Fault {
  key: string;
  atKey?: true;
  message: string;
  hint: string;
}

/** A line of a playbook that is run says whose it is. */
function whoseLine(
  { version }: LintedPlaybook,
  { fields: { playbook: named } }: ExpectedLine,
  run: readonly PlaybookVersion[],
): { version: PlaybookVersion } | Fault {
  if (named === undefined) return { version };
  const found = run.find(({ playbook }) => playbook.playbook === named);
  if (found) return { version: found };
  const names = run.map(({ playbook }) => playbook.playbook);
  const hint = names.length === 0 ? 'leave it out: the playbook runs no other' : didYouMean(String(named), names);
  return { key: 'playbook', message: `the playbook runs no \`${String(named)}\``, hint };
}

function faultOf(
  { version }: { version: PlaybookVersion },
  { fields }: ExpectedLine,
  kind: string,
  syntaxes: readonly StepSyntax[],
): Fault | undefined {
  const { outcome, refused } = fields;
  if (typeof refused === 'boolean') {
    const hint = refused
      ? 'write the reason: refused: consent'
      : 'leave it out: a line without it is met by what was not refused';
    return { key: 'refused', message: 'a line says by what it was refused', hint };
  }
  if (typeof refused === 'string' && !REASONS_KNOWN.includes(refused)) {
    const near = nearest(refused, REASONS_KNOWN);
    if (near !== undefined)
      return { key: 'refused', message: `nothing is refused by \`${refused}\``, hint: `did you mean \`${near}\`?` };
  }
  if (kind === 'outcome') {
    if (OUTCOMES.includes(written(outcome))) return strangeKey(fields, OF_OUTCOME);
    return {
      key: 'outcome',
      message: `no enrolment ends as \`${written(outcome)}\``,
      hint: didYouMean(written(outcome), OUTCOMES),
    };
  }
  const { line } = syntaxes.find((syntax) => syntax.kind === kind)?.effect ?? {};
  const strange = line === undefined ? undefined : strangeKey(fields, [kind, ...line, ...ALWAYS]);
  if (strange !== undefined) return strange;
  const own = Object.values(version.playbook.steps).filter((step) => step.kind === kind);
  if (own.length === 0) {
    const kinds = [...new Set(Object.values(version.playbook.steps).map((step) => step.kind))];
    const has = kinds.filter((one) => syntaxes.some((syntax) => syntax.kind === one && syntax.effect));
    return {
      key: kind,
      atKey: true,
      message: `the playbook has no step \`${kind}\``,
      hint: `it has ${has.join(', ') || 'none that does something'}`,
    };
  }
  return wrongValue(
    kind,
    fields[kind]!,
    own.map(({ config, id }) => ({ config: config as { [key: string]: Json }, id })),
  );
}

function strangeKey(fields: { [key: string]: Json }, known: readonly string[]): Fault | undefined {
  const key = Object.keys(fields).find((name) => !known.includes(name));
  if (key === undefined) return undefined;
  return { key, atKey: true, message: `such a line never has \`${key}\``, hint: didYouMean(key, known) };
}

/** Of kinds whose value the playbook says: the templates, the names of outcomes, the traits that are written. */
function wrongValue(
  kind: string,
  value: Json,
  steps: readonly { config: { [key: string]: Json }; id: string | undefined }[],
): Fault | undefined {
  if (kind === 'update') {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined;
    const [first] = steps.flatMap(
      ({ config }) => (config.changes as { type: string; trait: string; set?: Json }[]) ?? [],
    );
    const to = typeof first?.set === 'number' || typeof first?.set === 'boolean' ? String(first.set) : '…';
    const hint = `write what is written: update: { ${first?.type ?? 'contact'}.${first?.trait ?? 'stage'}: ${textOf(first?.set) ?? to} }`;
    return { key: kind, message: 'the line of an update is the map of its traits', hint };
  }
  const names =
    kind === 'send'
      ? steps.map(({ config }) => config.template)
      : kind === 'record'
        ? steps.map(({ config }) => config.name)
        : [];
  if (kind === 'task') return taskById(value, steps);
  const known = names.filter((name) => typeof name === 'string');
  if (known.length === 0 || known.includes(written(value))) return undefined;
  const what = kind === 'send' ? 'sends' : 'records';
  return {
    key: kind,
    message: `no step of the playbook ${what} \`${written(value)}\``,
    hint: didYouMean(written(value), known),
  };
}

function taskById(
  value: Json,
  steps: readonly { config: { [key: string]: Json }; id: string | undefined }[],
): Fault | undefined {
  const meant = steps.find(({ id }) => id === value);
  const title = textOf(meant?.config.title);
  if (meant === undefined || title === undefined || title === value) return undefined;
  return {
    key: 'task',
    message: `the line of a task is its title, and \`${written(value)}\` is its id`,
    hint: `write task: ${title}`,
  };
}

function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  const text = typeof value === 'object' && value !== null && !Array.isArray(value) ? value.text : undefined;
  return typeof text === 'string' ? text : undefined;
}
