/** Which steps a new version of a playbook adds, changes and leaves out, in words. */
import { canonical } from '../../../language/canonical.ts';
import { commonPairs } from '../../../language/diagnostics/common-pairs.ts';
import type { CompiledStep, Json, PlaybookVersion } from '../../../language/model.ts';

/** Two lists of steps are compared pair by pair only up to this many pairs; longer ones are compared by their paths. */
const MAX_PAIRS = 1_000_000;

interface StepText {
  step: CompiledStep;
  /** What it does, wherever it stands. */
  text: string;
}

/** `send cart-reminder at steps.2`: the step as people know it, and its path. */
export function stepInWords({ kind, id, config, path }: CompiledStep): string {
  const member = (name: string) => {
    const value = typeof config === 'object' && config !== null && !Array.isArray(config) ? config[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const what = [kind, member('template'), id && `(${id})`].filter((part) => part !== undefined && part !== '');
  return `${what.join(' ')} at ${path}`;
}

/** A sentence for each step that is not as it was, in the order of the new version. */
export function stepChanges(before: PlaybookVersion, after: PlaybookVersion): string[] {
  const old = textsOf(before);
  const changed = textsOf(after);
  const kept = commonOf(old, changed);
  const sentences: string[] = [];
  let [i, j] = [0, 0];
  for (const [atOld, atNew] of [...kept, [old.length, changed.length] as const]) {
    sentences.push(...between(old.slice(i, atOld), changed.slice(j, atNew)));
    [i, j] = [atOld + 1, atNew + 1];
  }
  return sentences;
}

/** What stands between two steps that both have: one of the same kind, or with the same id, is the old one changed. */
function between(old: readonly StepText[], changed: readonly StepText[]): string[] {
  const gone = [...old];
  const sentences = changed.map(({ step }) => {
    const n = gone.findIndex(({ step: was }) =>
      step.id === undefined ? was.id === undefined && was.kind === step.kind : was.id === step.id,
    );
    const was = gone[n]?.step;
    if (was === undefined) return `new: ${stepInWords(step)}`;
    gone.splice(n, 1);
    return `changed: ${stepInWords(step)}: ${differencesOf(was, step).join(', ')}`;
  });
  return [...gone.map(({ step }) => `gone: ${stepInWords(step)}`), ...sentences];
}

function differencesOf(was: CompiledStep, is: CompiledStep): string[] {
  const differ: string[] = [];
  if (was.kind !== is.kind) differ.push(`${was.kind} → ${is.kind}`);
  if (was.id !== is.id) differ.push(`id ${was.id ?? 'none'} → ${is.id ?? 'none'}`);
  if (was.if?.cel !== is.if?.cel) differ.push(`if ${was.if?.cel ?? 'none'} → ${is.if?.cel ?? 'none'}`);
  const [before, after] = [membersOf(was.config), membersOf(is.config)];
  for (const name of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
    const [a, b] = [before[name] ?? null, after[name] ?? null];
    if (canonical(a) !== canonical(b)) differ.push(`${name} ${shown(a)} → ${shown(b)}`);
  }
  return differ.length > 0 ? differ : ['what it leads to'];
}

const MAX_SHOWN = 60;

/** A value of a step, short: expressions and texts as they were written. */
export function shown(value: Json): string {
  const plain = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  const written = plain.cel ?? plain.text ?? value;
  const text = written === null ? 'none' : typeof written === 'string' ? written : canonical(written);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text;
}

function membersOf(config: Json): { [name: string]: Json } {
  return typeof config === 'object' && config !== null && !Array.isArray(config) ? config : { value: config };
}

/** The steps of a version in the order of its file. What surrounds one, a branch or a round, is part of its text. */
function textsOf({ playbook }: PlaybookVersion): StepText[] {
  return Object.values(playbook.steps)
    .sort((a, b) => compareStepPaths(a.path, b.path))
    .map((step) => ({ step, text: `${listOf(step.path)} ${canonical({ ...step, path: null })}` }));
}

/** In the order of the file: numbers as numbers. */
function compareStepPaths(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** The list in which a step stands, without the numbers of the steps around it: those move when one is put before. */
function listOf(path: string): string {
  return path
    .split('.')
    .filter((part) => !/^\d+$/.test(part))
    .join('.');
}

/** The places of the longest row of steps that both have, in order. */
function commonOf(a: readonly StepText[], b: readonly StepText[]): (readonly [number, number])[] {
  if (a.length * b.length > MAX_PAIRS) {
    const at = new Map(b.map(({ step, text }, n) => [`${step.path} ${text}`, n]));
    return a.flatMap(({ step, text }, n) => {
      const other = at.get(`${step.path} ${text}`);
      return other === undefined ? [] : [[n, other] as const];
    });
  }
  return commonPairs(a, b, ({ text }, other) => text === other.text);
}
