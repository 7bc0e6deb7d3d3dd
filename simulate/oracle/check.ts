/** Plays drawn histories in a drawn case, and tells the first difference, shrunk. */
import fc from 'fast-check';
import { isoInstant } from '../../language/time/instants.ts';
import type { SubjectState } from '../../triggers/engine/state.ts';
import { type Expected, type Happening, type HistoryEvent, historyOf } from './history.ts';
import { playLate } from './late.ts';
import { type Machine, type MachineFiring, machineOf, playEngine, playWhole } from './machine.ts';
import type { Case, Rule } from './rule.ts';

export interface Difference {
  rule: string;
  of: string;
  seed: number;
  case: number;
  /** What to read: the trigger, the shrunk history, the two answers. */
  told: string;
}

export interface Share {
  seed: number;
  /** Cases of the rule, from `first` on in steps of `stride`: so that several processes share a pool. */
  cases: number;
  first?: number;
  stride?: number;
  historiesPerCase: number;
}

export interface Checked {
  histories: number;
  firings: number;
  /** Events that came late, in histories that were then played in the order of arrival. */
  late: number;
  difference?: Difference;
}

/** Stops at the first difference. The same seed draws the same cases and histories. */
export function checkRule(rule: Rule, share: Share, onCase: (histories: number) => void = () => {}): Checked {
  const { seed, cases, first = 0, stride = 1, historiesPerCase } = share;
  const pool = fc.sample(rule.cases, { seed, numRuns: cases });
  const checked: Checked = { histories: 0, firings: 0, late: 0 };
  for (let i = first; i < pool.length; i += stride) {
    const found = checkCase(pool[i]!, seed + i, historiesPerCase, checked);
    onCase(historiesPerCase);
    if (found) return { ...checked, difference: { rule: rule.name, of: rule.of, seed, case: i, told: found } };
  }
  return checked;
}

function checkCase(of: Case, seed: number, histories: number, checked: Checked): string | undefined {
  const machine = machineOf(of);
  const drawn = fc.record({ happenings: of.happenings, restarts: fc.array(fc.boolean(), { maxLength: 8 }) });
  const result = fc.check(
    fc.property(drawn, ({ happenings, restarts }) => {
      checked.histories++;
      const found = differenceOrError(machine, happenings, restarts, checked);
      if (found) throw new Error(found);
    }),
    { seed, numRuns: histories, endOnFailure: false },
  );
  if (!result.failed) return undefined;
  const reason = result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
  return `${of.told}\n${reason}`;
}

/** A machine that ends with an error differs from the rules, which know none. */
function differenceOrError(
  machine: Machine,
  happenings: readonly Happening[],
  restarts: readonly boolean[],
  counted: Checked,
): string | undefined {
  try {
    return differenceOf(machine, happenings, restarts, counted);
  } catch (error) {
    return [`it ends with: ${String(error)}`, ...toldOf(historyOf(happenings, machine.of.traits))].join('\n');
  }
}

/** The two answers where they are not one; undefined where they are. */
export function differenceOf(
  machine: Machine,
  happenings: readonly Happening[],
  restarts: readonly boolean[],
  counted: { firings: number; late: number } = { firings: 0, late: 0 },
): string | undefined {
  const { of } = machine;
  const history = historyOf(happenings, of.traits);
  // Behind the last arrival, too: late or not, time has then passed as far.
  const until = Math.max(of.until(history), ...history.map((event) => event.receivedAt));
  const expected = of.expected(history, until);
  counted.firings += expected.length;
  const wanted = linesOf(expected);
  const whole = playWhole(machine, history, until);
  const came: [string, string[], string[]][] = [['virtual time', wanted, linesOf(whole.firings)]];
  if (of.entries) came.push(['entry', of.entries(history, until), whole.entries]);
  const restart = (step: number) => restarts[step % Math.max(1, restarts.length)] ?? false;
  const fields = expected.map((one) => (one.fields ? Object.keys(one.fields) : []))[0] ?? [];
  const full = linesOf(expected, true);
  const engine = playEngine(machine, history, until, restart);
  came.push([
    'the engine with restarts',
    full,
    linesOf(
      engine.firings.map((f) => withFields(f, fields)),
      true,
    ),
  ]);
  if (history.some(({ delayMs }) => delayMs > 0)) {
    const late = playLate(machine, history, until, restart);
    counted.late += late.late;
    const firings = late.firings.map((firing) => withFields(firing, fields));
    came.push(['late arrival', withoutNumbers(full), withoutNumbers(linesOf(firings, true))]);
    // Instances of clocks keep the numbers in which they were first seen (T10): their state is another.
    if (of.subject !== 'ticket')
      came.push(['the state after late arrival', stateLines(engine.state), stateLines(late.state)]);
  }
  for (const [what, want, got] of came) {
    if (want.join('\n') === got.join('\n')) continue;
    return [
      `${what} differs over`,
      ...toldOf(history),
      'the rules give',
      ...indented(want),
      'the machine gave',
      ...indented(got),
    ].join('\n');
  }
  return undefined;
}

function toldOf(history: readonly HistoryEvent[]): string[] {
  return history.map((event) => {
    const traits = event.traits ? ` traits ${JSON.stringify(event.traits)}` : '';
    return `  ${isoInstant(event.at)} +${event.delayMs} ${event.id} ${event.name} ${JSON.stringify(event.properties)}${traits}`;
  });
}

function withFields(firing: MachineFiring, names: readonly string[]): Expected {
  const fields = Object.fromEntries(names.map((name) => [name, (firing.trigger?.[name] ?? null) as never]));
  return { at: firing.at, key: firing.key, evidence: firing.evidence, ...(names.length > 0 && { fields }) };
}

function linesOf(firings: readonly (Expected | MachineFiring)[], withTheirFields = false): string[] {
  return firings
    .map((firing) => {
      const fields = withTheirFields && 'fields' in firing ? ` ${JSON.stringify(firing.fields)}` : '';
      return `${isoInstant(firing.at)} ${firing.key} by ${firing.evidence.join(',') || 'time'}${fields}`;
    })
    .sort();
}

/** A clock's instance has the number in which its start was first seen, which late arrival changes (T10). */
function withoutNumbers(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/#\d+/, '#')).sort();
}

function stateLines(state: SubjectState): string[] {
  return [...state.slots.values()]
    .map(({ owner, key, state: kept, dueAt }) => JSON.stringify([owner, key, kept, dueAt ?? null]))
    .sort();
}

function indented(lines: readonly string[]): string[] {
  return lines.length === 0 ? ['  nothing'] : lines.map((line) => `  ${line}`);
}
