/** Steps: which one an entry is (Y1), its node for the workflow, and its compiled form by path. */

import { z } from 'zod';
import { didYouMean, nearest } from '../diagnostics/nearest.ts';
import { isJsonObject } from '../json.ts';
import type { CompiledStep, JourneyNode, RetryPolicy } from '../model.ts';
import { STEP_ROOTS } from '../roots.ts';
import type { Path, StepSyntax } from '../syntax.ts';
import type { Context } from './context.ts';
import { notInThisRelease, stepMeant } from './lint/hints.ts';
import { Uses } from './scope.ts';
import { checkShape, keysAt } from './shape.ts';

/** Keys that every step may have. */
const COMMON_KEYS = ['id', 'if', 'on_error', 'retry'];
/** These name a step only without any of those (Y1). */
const YIELDING: { [kind: string]: readonly string[] } = { assign: ['task', 'escalate'], notify: ['task', 'escalate'] };
/** S18: five attempts from 10 s doubling. */
const DEFAULT_RETRY: RetryPolicy = { attempts: 5, backoffMs: 10_000 };
const MAX_STEPS = 500;

const retryShape = z.strictObject({
  attempts: z.int().min(1).max(100).optional(),
  backoff: z.string().optional(),
});

export interface StepOfPlaybook {
  step: CompiledStep;
  syntax: StepSyntax;
  /** Where it is in the file, and as it is written. */
  place: Path;
  written: { [key: string]: unknown };
}

/** Compiles lists of steps of one playbook, and keeps every step by its path. */
export class StepCompiler {
  readonly steps = new Map<string, StepOfPlaybook>();
  /** What all steps together refer to. */
  readonly uses = new Uses();
  readonly #context: Context;
  readonly #kinds: ReadonlyMap<string, StepSyntax>;

  constructor(context: Context) {
    this.#context = context;
    this.#kinds = new Map(context.world.registry.steps.map((syntax) => [syntax.kind, syntax]));
    context.compileSteps = (value, path, at) => this.list(value, path, at);
  }

  /** @param at the path of the list: its first step is `<at>.0` */
  list(value: unknown, path: Path, at: string): JourneyNode[] {
    if (!Array.isArray(value)) {
      this.#context.report('CB202', path, 'steps are a list', 'begin each with a dash: - send: email');
      return [];
    }
    return value.flatMap((item, i) => this.#step(item, [...path, i], `${at}.${i}`) ?? []);
  }

  #step(value: unknown, path: Path, at: string): JourneyNode | undefined {
    if (!isJsonObject(value)) {
      const [, key, rest] = typeof value === 'string' ? (/^([a-z_]+):(\S.*)$/.exec(value) ?? []) : [];
      const glued = key !== undefined && this.#kinds.has(key);
      const bare =
        typeof value === 'string' && this.#kinds.has(value) ? `a value is missing: write - ${value}: …` : undefined;
      const hint = glued ? `a blank is missing behind the colon: - ${key}: ${rest}` : (bare ?? 'write - send: email');
      this.#context.report('CB202', path, 'a step is a map of a key and its value', hint);
      return undefined;
    }
    if (this.steps.size >= MAX_STEPS) {
      this.#context.report('CB605', path, `a playbook has at most ${MAX_STEPS} steps`, 'split the playbook');
      return undefined;
    }
    const syntax = this.#choose(value, path);
    if (syntax === undefined) return undefined;
    const { id, if: condition, on_error: onError, retry, ...rest } = value;
    const own = syntax.kind === 'if' ? { if: condition, ...rest } : rest;
    const shaped = checkShape(own, syntax.schema, path, this.#context.file);
    if (shaped === undefined) return undefined;
    const step: CompiledStep = { path: at, kind: syntax.kind, config: null, reads: [], counts: [] };
    this.steps.set(at, { step, syntax, place: path, written: value });
    const { result: node, uses } = this.#context.gather(() => {
      if (condition !== undefined && syntax.kind !== 'if') step.if = this.#condition(condition, [...path, 'if']);
      const parts = syntax.compile(shaped as never, path, at, this.#context);
      step.config = parts.config;
      return parts.node;
    });
    if (id !== undefined && this.#isId(id, [...path, 'id'])) step.id = id;
    step.reads = [...uses.reads].sort();
    step.counts = [...uses.counts].sort();
    this.uses.add(uses);
    return this.#withErrors(node, { onError, retry }, path, at);
  }

  #condition(value: unknown, path: Path) {
    return this.#context.expression(value, path, { roots: STEP_ROOTS, expects: 'bool', counts: true });
  }

  /** The one key that names a step. */
  #choose(value: { [key: string]: unknown }, path: Path): StepSyntax | undefined {
    const keys = Object.keys(value);
    const named = keys.filter((key) => {
      if (!this.#kinds.has(key) || key === 'if') return false;
      return !(YIELDING[key] ?? []).some((other) => keys.includes(other));
    });
    const fitting = named.length > 1 ? this.#owner(named, keys) : named;
    if (fitting.length === 1) return this.#kinds.get(fitting[0]!);
    if (fitting.length > 1) {
      const message = `${named.map((key) => `\`${key}\``).join(' and ')} each name a step`;
      this.#context.report('CB207', path, message, 'write them as two entries of the list, each with its dash');
      return undefined;
    }
    if (keys.includes('if') && keys.includes('then') && this.#kinds.has('if')) return this.#kinds.get('if');
    this.#reportUnknown(value, keys, path);
    return undefined;
  }

  /** Of several names, the one whose step knows all the others as its own keys: `task` with `wait_for`, … */
  #owner(named: string[], keys: string[]): string[] {
    const owners = named.filter((name) => {
      const known = [...keysAt(this.#kinds.get(name)!.schema, []), ...COMMON_KEYS];
      return keys.every((key) => known.includes(key));
    });
    return owners.length === 1 ? owners : named;
  }

  #reportUnknown(value: { [key: string]: unknown }, keys: string[], path: Path): void {
    const kinds = [...this.#kinds.keys()];
    const then = value.if === undefined ? undefined : keys.find((key) => /^(?:steps|do|actions?|yes|true)$/.test(key));
    if (then !== undefined) {
      const finding = { code: 'CB201', message: `unknown key \`${then}\``, hint: 'did you mean `then`?' };
      this.#context.file.key([...path, then], finding);
      return;
    }
    const near = keys.find((key) => !COMMON_KEYS.includes(key) && nearest(key, kinds) !== undefined);
    const first = near ?? keys.find((key) => !COMMON_KEYS.includes(key));
    if (first === undefined) {
      const hint =
        value.if === undefined
          ? `steps are ${kinds.join(', ')}`
          : 'write `then:` below it, as deep as the `if`, or the step that is done if it is so: send: email';
      const message =
        value.if === undefined ? 'no key names a step here' : 'this `if` has no `then`, and no step beside it';
      this.#context.report('CB206', path, message, hint);
      return;
    }
    const finding = { code: 'CB206', message: `there is no step \`${first}\``, hint: this.#hintFor(first, kinds) };
    this.#context.file.key([...path, first], finding);
  }

  #hintFor(key: string, kinds: readonly string[]): string {
    const later = notInThisRelease(key);
    if (later !== undefined) return `it is not in this release; ${later}`;
    return stepMeant(key) ?? didYouMean(key, kinds, { most: kinds.length });
  }

  /** CEL reads `steps.my-step` as a difference: an id is a word. That each is unique (CB210) is checked where ids are collected. */
  #isId(id: unknown, path: Path): id is string {
    if (typeof id === 'string' && /^[A-Za-z_]\w{0,63}$/.test(id)) return true;
    this.#context.report('CB202', path, 'an id is a word of letters, digits and _', 'id: first_mail');
    return false;
  }

  #withErrors(node: JourneyNode, written: { onError: unknown; retry: unknown }, path: Path, at: string): JourneyNode {
    const retry = written.retry === undefined ? DEFAULT_RETRY : this.#retry(written.retry, [...path, 'retry']);
    const onError = this.#onError(written.onError, [...path, 'on_error'], at);
    return node.op === 'do' ? { ...node, retry, onError } : node;
  }

  #retry(value: unknown, path: Path): RetryPolicy {
    const shaped = checkShape(value, retryShape, path, this.#context.file);
    if (shaped === undefined) return DEFAULT_RETRY;
    const { attempts = DEFAULT_RETRY.attempts, backoff } = shaped;
    const backoffMs =
      backoff === undefined ? DEFAULT_RETRY.backoffMs : this.#context.exactMs(backoff, [...path, 'backoff']);
    return { attempts, backoffMs };
  }

  #onError(value: unknown, path: Path, at: string): 'retry' | 'skip' | 'exit' | JourneyNode[] {
    if (value === undefined) return 'exit';
    if (value === 'retry' || value === 'skip' || value === 'exit') return value;
    if (Array.isArray(value)) return this.list(value, path, `${at}.on_error`);
    const hint =
      typeof value === 'string' ? didYouMean(value, ['retry', 'skip', 'exit']) : 'retry, skip, exit or a list of steps';
    this.#context.report('CB202', path, '`on_error` says what follows a failure', hint);
    return 'exit';
  }
}

/** Every `id` of a step, wherever it is, with its place; in the file's order. */
export function stepIdsOf(value: unknown, path: Path): { id: string; path: Path }[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => stepIdsOf(item, [...path, i]));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'id' && typeof inner === 'string') return [{ id: inner, path: [...path, key] }];
    return DATA_KEYS.has(key) ? [] : stepIdsOf(inner, [...path, key]);
  });
}

/** Keys below which an `id` is data and not a step's. */
const DATA_KEYS = new Set(['with', 'body', 'update', 'value']);
