/** What is wrong with a trigger beyond its shape, and what else is wrong with one of a wrong shape. */
import type { CompiledArm, EventPattern } from '../../model.ts';
import type { Path, Root } from '../../syntax.ts';
import type { FileContext } from '../scope.ts';

const EVENT: readonly Root[] = ['event'];

/** The values that mean the same in every condition, looked at by themselves. */
const PARTS: { [key: string]: (context: FileContext, value: unknown, path: Path) => unknown } = {
  where: (context, value, path) => context.expression(value, path, { roots: EVENT, expects: 'bool' }),
  event: (context, value, path) => context.events(value, path),
  unless: (context, value, path) => context.events(value, path),
  of: (context, value, path) => context.events(value, path),
  inactive: (context, value, path) => context.events(value, path),
  within: (context, value, path) => context.span(value, path),
  hold: (context, value, path) => context.span(value, path),
  for: (context, value, path) => context.span(value, path),
  over: (context, value, path) => context.exactMs(value, path),
  compared_with: (context, value, path) => context.exactMs(value, path),
  settle: (context, value, path) => context.exactMs(value, path),
  sla: (context, value, path) => context.clock(value, path),
  mark: (context, value, path) => context.mark(value, path),
};

/** Durations: what is wrong with them is said in their own words, also where they have the wrong shape. */
const LENGTHS: ReadonlySet<string> = new Set(['within', 'hold', 'for', 'over', 'compared_with', 'settle']);

/** The durations of a trigger; one that is missing is a matter of the trigger's shape. */
export function lengthsOf(value: { [key: string]: unknown }): ReadonlySet<string> {
  return new Set(Object.keys(value).filter((key) => LENGTHS.has(key)));
}

/**
 * Reports the faults inside the values of a trigger of a wrong kind or shape: all faults of a file at once.
 * @param told keys whose values have been found wrong
 */
export function checkParts(
  context: FileContext,
  value: { [key: string]: unknown },
  path: Path,
  told: ReadonlySet<string> = new Set(),
): void {
  for (const [key, part] of Object.entries(value)) {
    const check = Object.hasOwn(PARTS, key) ? PARTS[key] : undefined;
    if (LENGTHS.has(key) || (!told.has(key) && part !== null)) check?.(context, part, [...path, key]);
  }
}

/** Reports what a whole arm says that cannot be meant. */
export function checkArm(context: FileContext, arm: CompiledArm, value: { [key: string]: unknown }, path: Path): void {
  checkClosing(context, arm, path);
  for (const [name, window] of Object.entries(arm.windows)) {
    if (window.kind !== 'table' || window.default !== undefined || value[name] === undefined) continue;
    context.file.at([...path, name], {
      code: 'CB243',
      severity: 'warning',
      message: `the table has no \`default\`: where \`${window.by.cel}\` is none of ${rowsOf(window)}, nothing is waited for`,
      hint: 'write a `default` after the rows, or say with `where` that the others are left out on purpose',
    });
  }
}

/** Conditions whose firings have no evidence (T15): at one instant and under one key they are one firing (T13). */
const BY_CALENDAR = ['date', 'schedule', 'drop'];

/** Warns of arms that are one firing where they fall together, though each means something else. */
export function checkTogether(context: FileContext, arms: readonly CompiledArm[], path: Path): void {
  const unkeyed = arms.filter(({ kind, key }) => BY_CALENDAR.includes(kind) && key === undefined);
  const together = unkeyed.filter((arm) => unkeyed.some((other) => other !== arm && mayCoincide(arm, other)));
  if (together.length < 2) return;
  const named = together.every(({ as }) => as !== undefined);
  const names = together.map(({ as, kind }) => `\`${as ?? kind}\``).join(' and ');
  context.warn(
    'CB633',
    path,
    `where ${names} fall in one instant, they are one firing, of the first of them`,
    named
      ? 'to have each fire, write key: trigger.arm beside `any`'
      : 'to have each fire, give each `as: <name>`, and write key: trigger.arm beside `any`',
  );
}

/** Two offsets from one date are two instants. */
function mayCoincide(a: CompiledArm, b: CompiledArm): boolean {
  return a.kind !== 'date' || b.kind !== 'date' || a.values.date?.cel !== b.values.date?.cel;
}

function rowsOf(table: { rows: { is: string }[] }): string {
  return table.rows.map((row) => row.is).join(', ') || 'nothing';
}

/** The roles of events that begin a watch, and are not meant to close it as well. */
const OPENING = ['opens', 'counted'];

function checkClosing(context: FileContext, arm: CompiledArm, path: Path): void {
  const opening = OPENING.flatMap((role) => arm.roles[role] ?? []);
  const same = (arm.roles.unless ?? []).find((closing) => opening.some((opens) => isSame(opens, closing)));
  if (same === undefined) return;
  const quiet =
    arm.kind === 'absence' ? `; to hear that no other follows, write { inactive: ${same.event}, for: … }` : '';
  const message = `\`${same.event}\` opens the watch, and closes it as well`;
  context.report('CB242', [...path, 'unless'], message, `name the event that makes waiting needless${quiet}`);
}

function isSame(a: EventPattern, b: EventPattern): boolean {
  return a.event === b.event && a.where?.cel === b.where?.cel && a.key?.cel === b.key?.cel;
}
