/** S14, S18, S19: single ways through the journey reducer. */
import { describe, expect, it } from 'vitest';
import type { JourneyNode, JourneyProgram } from '../../language/model.ts';
import {
  endingOf,
  startConversion,
  startJourney,
  takeAnswer,
  takeInput,
  takeTime,
} from '../../workflows/journey/reduce.ts';
import type { Answer, Command, Input, JourneyState } from '../../workflows/journey/types.ts';

type Effect = Extract<JourneyNode, { op: 'do' }>;

function effect(path: string, more: Partial<Effect> = {}): JourneyNode {
  return { op: 'do', path, leaves: false, retry: { attempts: 3, backoffMs: 10_000 }, onError: 'exit', ...more };
}
function program(steps: JourneyNode[], more: Partial<JourneyProgram> = {}): JourneyProgram {
  return { schema: 1, steps, onGoal: [], onExit: [], ...more };
}
function asked(state: JourneyState): Command | undefined {
  return state.waiting.for === 'answer' ? state.waiting.command : undefined;
}
const failed = (now: number, permanent = false): Answer => ({ go: 'failed', code: 'smtp_refused', permanent, now });
const input = (kind: Input['kind'], n: number, at: number, more: Partial<Input> = {}): Input => ({
  n,
  kind,
  at,
  ...more,
});

/** Lets a step fail until it is given up; tells the pauses between the tries. */
function failAlways(own: JourneyProgram, most = 10): { pausesMs: number[]; state: JourneyState } {
  let state = startJourney(own, 0);
  let now = 0;
  const pausesMs: number[] = [];
  for (let n = 0; n < most && asked(state)?.path === own.steps[0]!.path; n++) {
    state = takeAnswer(own, state, failed(now));
    if (state.waiting.for !== 'retry') break;
    pausesMs.push(state.waiting.until - now);
    now = state.waiting.until;
    state = takeTime(own, state, now);
  }
  return { pausesMs, state };
}

describe('a step that fails (S18)', () => {
  it('is tried again with doubling pauses, then ends the journey as failed', () => {
    const own = program([effect('steps.0', { retry: { attempts: 5, backoffMs: 10_000 } }), effect('steps.1')]);
    const { pausesMs, state } = failAlways(own);
    expect(pausesMs).toEqual([10_000, 20_000, 40_000, 80_000]);
    expect(asked(state)).toMatchObject({ name: 'finish', ending: { outcome: 'failed', reason: 'smtp_refused' } });
  });

  it('is tried again at once when it is told to look: an operator does not wait for the pause (P5)', () => {
    const own = program([effect('steps.0')]);
    const waiting = takeAnswer(own, startJourney(own, 7), { go: 'again', until: 60_000 });
    expect(asked(waiting)).toBeUndefined();
    const told = takeInput(own, waiting, input('look', 1, 9, { path: 'steps.0' }));
    expect(asked(told)).toMatchObject({ name: 'do', path: 'steps.0', at: 7, attempt: 1 });
    expect(takeInput(own, waiting, input('look', 1, 9, { path: 'steps.1' })).waiting).toEqual(waiting.waiting);
  });

  it('keeps its instant and counts its tries meanwhile (S0)', () => {
    const own = program([effect('steps.0')]);
    const again = takeTime(own, takeAnswer(own, startJourney(own, 7), failed(50_000)), 60_000);
    expect(asked(again)).toMatchObject({ name: 'do', path: 'steps.0', at: 7, attempt: 2 });
  });

  it('is not woken before its pause is over', () => {
    const own = program([effect('steps.0')]);
    const waiting = takeAnswer(own, startJourney(own, 0), failed(0));
    expect(takeTime(own, waiting, 9_999)).toBe(waiting);
  });

  it('with on_error: skip, or steps, goes on behind it', () => {
    const skip = program([effect('steps.0', { onError: 'skip' }), effect('steps.1')]);
    expect(asked(failAlways(skip).state)?.path).toBe('steps.1');
    const steps = program([effect('steps.0', { onError: [effect('steps.0.on_error.0')] }), effect('steps.1')]);
    const inside = failAlways(steps).state;
    expect(asked(inside)?.path).toBe('steps.0.on_error.0');
    expect(asked(takeAnswer(steps, inside, { go: 'next' }))?.path).toBe('steps.1');
  });

  it('with on_error: retry repeats at the last pause until an exit or goal', () => {
    const own = program([effect('steps.0', { onError: 'retry' })]);
    const { pausesMs, state } = failAlways(own, 6);
    expect(pausesMs).toEqual([10_000, 20_000, 20_000, 20_000, 20_000, 20_000]);
    const told = takeInput(own, takeAnswer(own, state, failed(1e6)), input('exit', 1, 1e6));
    expect(asked(told)?.ending).toEqual({ outcome: 'exited', reason: 'exit' });
  });

  it('a failure for good is not tried again', () => {
    const own = program([effect('steps.0')]);
    expect(asked(takeAnswer(own, startJourney(own, 0), failed(0, true)))?.name).toBe('finish');
  });

  it('steps of on_goal that fail leave the goal what it is', () => {
    const own = program([effect('steps.0')], { onGoal: [effect('on_goal.0')] });
    const met = takeAnswer(own, takeInput(own, startJourney(own, 0), input('goal', 1, 5, { event: 'm' })), {
      go: 'next',
    });
    expect(asked(met)?.path).toBe('on_goal.0');
    expect(asked(takeAnswer(own, met, failed(5, true)))?.ending).toEqual({
      outcome: 'converted',
      reason: 'goal',
      event: 'm',
    });
  });
});

describe('goals and exits (S19, G1)', () => {
  const waits = program([{ op: 'pause', path: 'steps.0' }, effect('steps.1')], {
    onGoal: [effect('on_goal.0')],
    onExit: [effect('on_exit.0')],
  });
  const asleep = takeAnswer(waits, startJourney(waits, 0), { go: 'sleep', until: 100, then: 'next' });

  it('interrupt a wait at once, at their own instant, and run their steps first', () => {
    const goal = takeInput(waits, asleep, input('goal', 1, 40));
    expect(asked(goal)).toMatchObject({ path: 'on_goal.0', at: 40 });
    const exit = takeInput(waits, asleep, input('exit', 1, 40));
    expect(asked(exit)).toMatchObject({ path: 'on_exit.0', at: 40 });
    expect(asked(takeAnswer(waits, exit, { go: 'next' }))).toMatchObject({
      name: 'finish',
      ending: { outcome: 'exited', reason: 'exit' },
    });
  });

  it('what comes while it ends changes its end no more', () => {
    const exit = takeInput(waits, asleep, input('exit', 1, 40));
    const both = takeInput(waits, exit, input('goal', 2, 41));
    expect(asked(takeAnswer(waits, both, { go: 'next' }))?.ending?.outcome).toBe('exited');
  });

  it('the last look before a completion may still find one, with its steps', () => {
    const own = program([], { onGoal: [effect('on_goal.0')] });
    const ending = { outcome: 'converted', reason: 'goal' } as const;
    const found = takeAnswer(own, startJourney(own, 0), { go: 'end', ending, at: 9 });
    expect(asked(found)).toMatchObject({ path: 'on_goal.0', at: 9 });
    const finished = takeAnswer(own, found, { go: 'next' });
    expect(takeAnswer(own, finished, { go: 'ended', outcome: 'converted' })).toMatchObject({
      phase: 'ended',
      waiting: { for: 'nothing' },
    });
  });

  it('a late firing that is no longer given ends as undone, a merged one as cancelled (E5, E6)', () => {
    expect(endingOf(input('undone', 1, 0, { event: 'm7' }))).toEqual({
      outcome: 'exited',
      reason: 'undone',
      event: 'm7',
    });
    expect(endingOf(input('merged', 1, 0))).toEqual({ outcome: 'cancelled', reason: 'merged' });
  });

  it('a goal behind the ending runs its steps as a journey of its own (G2)', () => {
    const conversion = startConversion(waits, 70, 'm');
    expect(asked(conversion)).toMatchObject({ path: 'on_goal.0', at: 70 });
    expect(asked(takeAnswer(waits, conversion, { go: 'next' }))?.ending).toEqual({
      outcome: 'converted',
      reason: 'goal',
      event: 'm',
    });
    expect(asked(startConversion(program([]), 70))?.ending).toEqual({ outcome: 'converted', reason: 'goal' });
  });
});

describe('looks and matches (S0, S3)', () => {
  const listens = program([{ op: 'listen', path: 'steps.0', arms: [[effect('steps.0.then.0')]], otherwise: [] }]);
  const asleep = takeAnswer(listens, startJourney(listens, 0), { go: 'sleep', until: 100, then: 'look' });
  const at = { path: 'steps.0', iteration: '' };

  it('an input sets the instant to its own, a deadline that came before it was first', () => {
    expect(asked(takeInput(listens, asleep, input('look', 1, 40, at)))).toMatchObject({ name: 'look', at: 40 });
    expect(asked(takeInput(listens, asleep, input('look', 1, 140, at)))).toMatchObject({ name: 'look', at: 100 });
  });

  it('one for another place, or another round, is none', () => {
    expect(takeInput(listens, asleep, input('match', 1, 40, { ...at, path: 'steps.9' })).waiting).toBe(asleep.waiting);
    expect(takeInput(listens, asleep, input('match', 1, 40, { ...at, iteration: '2' })).waiting).toBe(asleep.waiting);
  });

  it('a moment that cannot move is not looked at', () => {
    const pause = program([{ op: 'pause', path: 'steps.0' }]);
    const sleeping = takeAnswer(pause, startJourney(pause, 0), { go: 'sleep', until: 100, then: 'next' });
    expect(takeInput(pause, sleeping, input('look', 1, 40, at)).waiting).toBe(sleeping.waiting);
  });
});

describe('rounds (S14)', () => {
  const rounds = program([
    { op: 'repeat', path: 'steps.0', atMost: 2, body: [effect('steps.0.steps.0')] },
    effect('steps.1'),
  ]);

  it('each round is asked for with the real start of the one before, and its steps carry its number', () => {
    let state = startJourney(rounds, 5);
    expect(asked(state)).toMatchObject({ name: 'round', iteration: '1', round: { number: 1, previousAt: null } });
    state = takeAnswer(rounds, state, { go: 'arm', arm: 0 });
    expect(asked(state)).toMatchObject({ name: 'do', iteration: '1' });
    state = takeAnswer(rounds, state, { go: 'next', at: 50 });
    expect(asked(state)).toMatchObject({ name: 'round', iteration: '2', round: { number: 2, previousAt: 5 } });
    state = takeAnswer(rounds, state, { go: 'sleep', until: 70, then: 'round' });
    state = takeTime(rounds, state, 70);
    expect(asked(state)).toMatchObject({ name: 'round', iteration: '2', at: 70, round: { number: 2, previousAt: 5 } });
    state = takeAnswer(rounds, takeAnswer(rounds, state, { go: 'arm', arm: 0 }), { go: 'next' });
    expect(asked(state)).toMatchObject({ path: 'steps.1', iteration: '' });
  });
});
