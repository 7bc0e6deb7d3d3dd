/** Random programs, and random walks through them: answers, inputs and time in whatever order. */
import fc from 'fast-check';
import type { JourneyNode, JourneyProgram } from '../../language/model.ts';
import { nodeAt } from '../../workflows/journey/position.ts';
import { startJourney, takeAnswer, takeInput, takeTime } from '../../workflows/journey/reduce.ts';
import type { Answer, Command, Input, JourneyState } from '../../workflows/journey/types.ts';

type Shape =
  | { op: 'do'; onError: 'retry' | 'skip' | 'exit' | Shape[]; attempts: number }
  | { op: 'pause' | 'exit' }
  | { op: 'listen'; arms: Shape[][]; otherwise: Shape[] }
  | { op: 'choose'; arms: Shape[][] }
  | { op: 'repeat'; atMost: number; body: Shape[] };

const { list } = fc.letrec<{ list: Shape[]; node: Shape }>((tie) => {
  const arms = fc.array(tie('list'), { minLength: 1, maxLength: 2 });
  return {
    list: fc.array(tie('node'), { maxLength: 3, depthIdentifier: 'steps' }),
    node: fc.oneof(
      { depthIdentifier: 'steps', maxDepth: 3 },
      fc.record({
        op: fc.constant('do' as const),
        onError: fc.constantFrom('retry' as const, 'skip' as const, 'exit' as const),
        attempts: fc.integer({ min: 1, max: 3 }),
      }),
      fc.constant({ op: 'pause' as const }),
      fc.constant({ op: 'exit' as const }),
      fc.record({ op: fc.constant('do' as const), onError: tie('list'), attempts: fc.constant(1) }),
      fc.record({ op: fc.constant('listen' as const), arms, otherwise: tie('list') }),
      fc.record({ op: fc.constant('choose' as const), arms }),
      fc.record({ op: fc.constant('repeat' as const), atMost: fc.integer({ min: 1, max: 3 }), body: tie('list') }),
    ),
  };
});

/** Lists of steps with paths, as the compiler gives them. */
function placed(shapes: readonly Shape[], at: string): JourneyNode[] {
  return shapes.map((shape, i): JourneyNode => {
    const path = `${at}.${i}`;
    const armsOf = (arms: readonly Shape[][]) => arms.map((arm, n) => placed(arm, `${path}.${n}`));
    switch (shape.op) {
      case 'do': {
        const { attempts, onError } = shape;
        const then = Array.isArray(onError) ? placed(onError, `${path}.on_error`) : onError;
        return { op: 'do', path, leaves: false, retry: { attempts, backoffMs: 10 }, onError: then };
      }
      case 'listen':
        return { op: 'listen', path, arms: armsOf(shape.arms), otherwise: placed(shape.otherwise, `${path}.else`) };
      case 'choose':
        return { op: 'choose', path, arms: armsOf(shape.arms) };
      case 'repeat':
        return { op: 'repeat', path, atMost: shape.atMost, body: placed(shape.body, `${path}.steps`) };
      default:
        return { op: shape.op, path };
    }
  });
}

const effects = fc.array(
  fc.record({ op: fc.constant('do' as const), onError: fc.constant('exit' as const), attempts: fc.constant(1) }),
  {
    maxLength: 2,
  },
);

export const programs: fc.Arbitrary<JourneyProgram> = fc
  .record({ steps: list, onGoal: effects, onExit: effects })
  .map(({ steps, onGoal, onExit }) => ({
    schema: 1,
    steps: placed(steps, 'steps'),
    onGoal: placed(onGoal, 'on_goal'),
    onExit: placed(onExit, 'on_exit'),
  }));

/** One thing that happens; numbers choose among what is possible then. */
export type Move =
  | { what: 'answer'; pick: number; size: number }
  | { what: 'input'; kind: Input['kind']; here: boolean; size: number }
  | { what: 'same input again'; pick: number }
  | { what: 'time'; ms: number };

const number = fc.nat({ max: 1000 });
export const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ what: fc.constant('answer' as const), pick: number, size: number }) },
    {
      weight: 2,
      arbitrary: fc.record({
        what: fc.constant('input' as const),
        kind: fc.oneof(
          { weight: 5, arbitrary: fc.constantFrom('match' as const, 'look' as const) },
          {
            weight: 1,
            arbitrary: fc.constantFrom('goal' as const, 'exit' as const, 'undone' as const, 'merged' as const),
          },
        ),
        here: fc.boolean(),
        size: number,
      }),
    },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('same input again' as const), pick: number }) },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('time' as const), ms: number }) },
  ),
  { maxLength: 60 },
);

export interface Walk {
  program: JourneyProgram;
  state: JourneyState;
  now: number;
  inputs: Input[];
  /** The answer that the latest move gave. */
  answer?: Answer | undefined;
}

export function begin(program: JourneyProgram): Walk {
  return { program, state: startJourney(program, 0), now: 0, inputs: [] };
}

/** What an activity may answer to a command, at a time. */
export function answersTo(command: Command, { program, state, now }: Walk, size: number): Answer[] {
  const again: Answer = { go: 'again', until: now + 1 };
  const failed: Answer = { go: 'failed', code: 'broken', permanent: size % 5 === 0, now };
  const end: Answer = { go: 'end', ending: { outcome: 'exited', reason: 'seen' }, at: now };
  // An activity may know of something that happened before the journey's instant.
  const at = Math.max(0, now - (size % 3 === 0 ? size : 0));
  const next: Answer = size % 2 ? { go: 'next' } : { go: 'next', at };
  const node = nodeAt(program, state);
  switch (command.name) {
    case 'do':
      return [next, next, failed, again, end, { go: 'sleep', until: now + size, then: 'do' }];
    case 'pause':
      return [
        next,
        { go: 'sleep', until: now + size, then: 'next' },
        { go: 'sleep', until: size % 2 ? null : now + size, then: 'look' },
      ];
    case 'listen':
    case 'look': {
      const sleep: Answer = { go: 'sleep', until: size % 3 ? now + size : null, then: 'look' };
      if (node?.op !== 'listen') return [next, sleep];
      return [{ go: 'arm', arm: size % node.arms.length, at }, { go: 'otherwise', at }, sleep, sleep, again];
    }
    case 'choose':
      return node?.op === 'choose' ? [{ go: 'arm', arm: (size % (node.arms.length + 1)) - 1 }, next, failed] : [next];
    case 'round':
      return [{ go: 'arm', arm: 0 }, { go: 'arm', arm: 0 }, next, { go: 'sleep', until: now + size, then: 'round' }];
    case 'exit':
      return [{ go: 'end', ending: { outcome: 'completed', reason: 'exit' }, at: command.at }];
    case 'finish':
      return [{ go: 'ended', outcome: command.ending!.outcome }, command.ending!.outcome === 'completed' ? end : again];
  }
}

export function make({ answer: _, ...walk }: Walk, move: Move): Walk {
  const { program, state, inputs } = walk;
  switch (move.what) {
    case 'time': {
      const now = walk.now + move.ms;
      return { ...walk, now, state: takeTime(program, state, now) };
    }
    case 'same input again': {
      const input = inputs[move.pick % Math.max(1, inputs.length)];
      return input ? { ...walk, state: takeInput(program, state, input) } : walk;
    }
    case 'input': {
      const { kind, here, size } = move;
      const command = state.waiting.for === 'answer' ? state.waiting.command : undefined;
      const path = (here ? (nodeAt(program, state)?.path ?? command?.path) : 'steps.0') ?? 'steps.0';
      const iteration = here ? (command?.iteration ?? '') : '';
      const at = Math.max(0, walk.now - size);
      const input: Input = { n: inputs.length + 1, kind, at, path, iteration, arm: 0, event: `m${inputs.length}` };
      return { ...walk, inputs: [...inputs, input], state: takeInput(program, state, input) };
    }
    case 'answer': {
      if (state.waiting.for !== 'answer') return walk;
      const answers = answersTo(state.waiting.command, walk, move.size);
      const answer = answers[move.pick % answers.length]!;
      return { ...walk, answer, state: takeAnswer(program, state, answer) };
    }
  }
}

/** Answers everything in the plainest way and lets time pass, until the journey has ended. */
export function toTheEnd(walk: Walk, mostMoves: number): Walk {
  let at = walk;
  for (let n = 0; n < mostMoves && at.state.phase !== 'ended'; n++) {
    const { waiting } = at.state;
    if (waiting.for === 'answer') {
      const [answer] = answersTo(waiting.command, at, 1);
      at = { ...at, state: takeAnswer(at.program, at.state, answer!) };
    } else if (waiting.for === 'nothing' || waiting.until === null) {
      at = make(at, { what: 'input', kind: 'exit', here: false, size: 0 });
    } else at = make(at, { what: 'time', ms: Math.max(1, waiting.until - at.now) });
  }
  return at;
}
