/** The journey reducer under whatever order of answers, inputs and time (architecture, decisions 4 to 6). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeAnswer, takeInput } from '../../workflows/journey/reduce.ts';
import type { Answer, Input, JourneyState } from '../../workflows/journey/types.ts';
import { begin, make, moves, programs, toTheEnd, type Walk } from './walks.ts';

const RUNS = { numRuns: 400 };
/** More than the longest walk through the largest program takes. */
const MAX_MOVES = 5_000;
const FINAL = new Set<Answer['go']>(['next', 'arm', 'otherwise', 'ended']);

/** Every state of a walk, the first included, and of its way to the end. */
function statesOf(program: Parameters<typeof begin>[0], made: Parameters<typeof make>[1][]): Walk[] {
  const walks = [begin(program)];
  for (const move of made) walks.push(make(walks.at(-1)!, move));
  walks.push(toTheEnd(walks.at(-1)!, MAX_MOVES));
  return walks;
}

describe('whatever happens in whatever order', () => {
  it('the reducer never throws, the journey ends, and its end stays', () => {
    fc.assert(
      fc.property(programs, moves, moves, (program, made, more) => {
        let walk = statesOf(program, made).at(-1)!;
        expect(walk.state).toMatchObject({ phase: 'ended', waiting: { for: 'nothing' } });
        for (const move of more) walk = make(walk, move);
        expect(walk.state.phase).toBe('ended');
        expect(walk.state.waiting).toEqual({ for: 'nothing' });
      }),
      RUNS,
    );
  });

  it('its instant never moves back (S0)', () => {
    fc.assert(
      fc.property(programs, moves, (program, made) => {
        let before = 0;
        for (const { state } of statesOf(program, made)) {
          expect(state.at).toBeGreaterThanOrEqual(before);
          before = state.at;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('a command that was answered for good is never asked again', () => {
    fc.assert(
      fc.property(programs, moves, (program, made) => {
        const done = new Set<string>();
        let walk = begin(program);
        for (const move of [...made, ...made]) {
          const asked = placeOf(walk.state);
          walk = make(walk, move);
          if (walk.answer && FINAL.has(walk.answer.go)) done.add(asked);
          if (walk.state.waiting.for === 'answer') expect(done).not.toContain(placeOf(walk.state));
        }
      }),
      RUNS,
    );
  });

  it('an input that was seen changes nothing', () => {
    fc.assert(
      fc.property(programs, moves, (program, made) => {
        for (const { state, program: own, inputs } of statesOf(program, made)) {
          for (const input of inputs) expect(takeInput(own, state, input)).toBe(state);
        }
      }),
      RUNS,
    );
  });

  it('a match is never lost, whether it comes before or after the answer of the command that listens', () => {
    let met = 0;
    fc.assert(
      fc.property(programs, moves, fc.constantFrom('match' as const, 'look' as const), (program, made, kind) => {
        for (const { state } of statesOf(program, made)) {
          const { waiting } = state;
          if (waiting.for !== 'answer' || (waiting.command.name !== 'listen' && waiting.command.name !== 'look'))
            continue;
          if (state.interrupted || state.missed || state.phase !== 'steps') continue;
          met++;
          const { path, iteration } = waiting.command;
          const input: Input = { n: state.seen + 1, kind, at: state.at + 5, path, iteration, arm: 0 };
          const sleep: Answer = { go: 'sleep', until: state.at + 10, then: 'look' };
          const before = takeAnswer(program, takeInput(program, state, input), sleep);
          const after = takeInput(program, takeAnswer(program, state, sleep), input);
          expect(before).toEqual(after);
          expect(after.waiting).toMatchObject({
            for: 'answer',
            command: { name: 'look', path, iteration, at: state.at + 5 },
          });
        }
      }),
      RUNS,
    );
    expect(met).toBeGreaterThan(50);
  });

  it('an exit while a command is in flight takes effect after its answer, whatever that is (S19)', () => {
    fc.assert(
      fc.property(programs, moves, (program, made) => {
        for (const { state } of statesOf(program, made)) {
          const { waiting } = state;
          if (waiting.for !== 'answer' || state.phase !== 'steps' || state.interrupted) continue;
          const told = takeInput(program, state, { n: state.seen + 1, kind: 'exit', at: state.at + 5, event: 'm' });
          expect(told.waiting).toBe(waiting);
          const answers: Answer[] = [
            { go: 'next' },
            { go: 'sleep', until: null, then: 'look' },
            { go: 'again', until: state.at },
            { go: 'failed', code: 'x', permanent: false, now: state.at },
          ];
          for (const answer of answers) {
            const after = takeAnswer(program, told, answer);
            expect(after.ending ?? (after.waiting as { command?: { ending?: object } }).command?.ending).toEqual({
              outcome: 'exited',
              reason: 'exit',
              event: 'm',
            });
            expect(after.at).toBeGreaterThanOrEqual(state.at + 5);
          }
        }
      }),
      RUNS,
    );
  });
});

function placeOf(state: JourneyState): string {
  const { waiting } = state;
  return waiting.for === 'answer' ? `${waiting.command.path}@${waiting.command.iteration}` : '';
}
