/**
 * The journey reducer: one enrolment, one input, the next state. It runs inside of Temporal workflows and in virtual time,
 * and knows neither. `waiting` of the returned state says what is to be done: carry out a command, wait, or nothing.
 */
import type { Instant, JourneyNode, JourneyProgram } from '../../language/model.ts';
import { backoff } from '../../language/time/backoff.ts';
import { around, behind, inside, iterationOf, nodeAt } from './position.ts';
import type { Answer, Command, Ending, Input, JourneyState } from './types.ts';

/** A journey at its beginning: its instant is the firing's `at` (S0). */
export function startJourney(program: JourneyProgram, at: Instant): JourneyState {
  return arrive(program, {
    schema: 1,
    at,
    phase: 'steps',
    position: [{ index: 0 }],
    waiting: { for: 'nothing' },
    seen: 0,
  });
}

/**
 * The steps of a goal that was met after the ending, or under `then: continue` (G1, G2): a journey of their own, whose
 * ending says that the enrolment's was written before.
 */
export function startConversion(program: JourneyProgram, at: Instant, event?: string): JourneyState {
  const begun = {
    schema: 1,
    at,
    phase: 'steps',
    position: [{ index: 0 }],
    waiting: { for: 'nothing' },
    seen: 0,
  } as const;
  const ending: Ending = { outcome: 'converted', reason: 'goal', ...(event !== undefined && { event }) };
  return beginEnding(program, { ...begun, position: [{ index: 0 }] }, ending);
}

/** As `startConversion`, where the conversion itself is written by whoever saw the goal: it ends behind its steps. */
export function conversionAlone(program: JourneyProgram, at: Instant, event?: string): JourneyState {
  const state = startConversion(program, at, event);
  return state.phase === 'onGoal'
    ? { ...state, isConversion: true }
    : { ...state, phase: 'ended', waiting: { for: 'nothing' } };
}

/** Takes the answer of the command that was in flight. */
export function takeAnswer(program: JourneyProgram, before: JourneyState, answer: Answer): JourneyState {
  if (before.waiting.for !== 'answer') return before;
  const { command } = before.waiting;
  const state = 'at' in answer && answer.at !== undefined ? { ...before, at: Math.max(before.at, answer.at) } : before;
  if (answer.go === 'ended') return { ...state, phase: 'ended', waiting: { for: 'nothing' } };
  if (answer.go === 'end') return beginEnding(program, state, answer.ending);
  // What came while the command ran ends the journey now; the effect itself is done or refused, once.
  const { interrupted, missed, ...free } = state;
  if (interrupted && state.phase === 'steps') return interrupt(program, free, interrupted);
  const after = follow(program, free, command, answer);
  return missed ? takeMatch(program, after, missed) : after;
}

/** Time has come to `now`: wakes what waited for that. */
export function takeTime(program: JourneyProgram, state: JourneyState, now: Instant): JourneyState {
  const { waiting } = state;
  if ((waiting.for !== 'time' && waiting.for !== 'retry') || waiting.until === null || waiting.until > now)
    return state;
  // A repeated try keeps the journey's instant: the effect's lateness is told by the activity that does it (S0).
  if (waiting.for === 'retry') return { ...state, waiting: { for: 'answer', command: waiting.command } };
  const at = Math.max(state.at, waiting.until);
  if (waiting.then === 'next') return arrive(program, { ...state, at, position: behind(state.position) });
  return ask(program, { ...state, at }, waiting.then);
}

/** Takes one input; those that were seen are dropped. */
export function takeInput(program: JourneyProgram, before: JourneyState, input: Input): JourneyState {
  if (input.n <= before.seen || before.phase === 'ended') return before;
  const state = { ...before, seen: input.n };
  if (input.kind === 'match' || input.kind === 'look') return takeMatch(program, state, input);
  if (state.phase !== 'steps') return state;
  if (state.waiting.for === 'answer') return { ...state, interrupted: state.interrupted ?? input };
  return interrupt(program, state, input);
}

function takeMatch(program: JourneyProgram, state: JourneyState, input: Input): JourneyState {
  const node = nodeAt(program, state);
  if (node?.path !== input.path || iterationOf(state.position) !== (input.iteration ?? '')) return state;
  if (state.waiting.for === 'answer') return { ...state, missed: input };
  const { waiting } = state;
  // An operator has a message that waits for its provider tried at once, or dropped (P5).
  if (input.kind === 'look' && waiting.for === 'retry' && waiting.command.name === 'do') {
    return { ...state, waiting: { for: 'answer', command: waiting.command } };
  }
  if (waiting.for !== 'time' || waiting.then !== 'look') return state;
  // S0: an input sets the instant to its event's, but a deadline that came before it was first. The row in the store
  // says what matched; the activity reads it.
  const at = Math.max(state.at, Math.min(input.at, waiting.until ?? input.at));
  return ask(program, { ...state, at }, 'look');
}

function interrupt(program: JourneyProgram, state: JourneyState, input: Input): JourneyState {
  return beginEnding(program, { ...state, at: Math.max(state.at, input.at) }, endingOf(input));
}

/** How a journey ends by an input that is no match and no look. */
export function endingOf(input: Input): Ending {
  const evidence = input.event === undefined ? {} : { event: input.event };
  if (input.kind === 'goal') return { outcome: 'converted', reason: 'goal', ...evidence };
  if (input.kind === 'parent') return { outcome: 'cancelled', reason: 'parent' };
  if (input.kind === 'merged') return { outcome: 'cancelled', reason: 'merged' };
  return { outcome: 'exited', reason: input.reason ?? (input.kind === 'undone' ? 'undone' : 'exit'), ...evidence };
}

function beginEnding(program: JourneyProgram, before: JourneyState, ending: Ending): JourneyState {
  const { interrupted: _, ...state } = before;
  const isGoal = ending.outcome === 'converted';
  const list = isGoal ? program.onGoal : ending.outcome === 'exited' ? program.onExit : [];
  // An ending that was begun stays: what its own steps find out cannot begin another.
  if (before.ending || list.length === 0) return finish({ ...state, ending: before.ending ?? ending });
  return arrive(program, { ...state, ending, phase: isGoal ? 'onGoal' : 'onExit', position: [{ index: 0 }] });
}

function finish(state: JourneyState): JourneyState {
  if (state.isConversion) return { ...state, phase: 'ended', waiting: { for: 'nothing' } };
  const ending = state.ending ?? { outcome: 'completed' as const, reason: 'steps' };
  const command: Command = {
    name: 'finish',
    path: 'finish',
    iteration: '',
    at: state.at,
    attempt: 1,
    leaves: false,
    ending,
  };
  return { ...state, phase: 'finish', waiting: { for: 'answer', command } };
}

/** Goes on from a place: to the node there, or out of the list that has come to its end. */
function arrive(program: JourneyProgram, state: JourneyState): JourneyState {
  const node = nodeAt(program, state);
  if (node) return ask(program, state, firstCommand(node));
  const outer = around(state.position);
  if (!outer) return finish(state);
  const left = { ...state, position: outer.position };
  const parent = nodeAt(program, left);
  if (parent?.op !== 'repeat' || outer.into.kind !== 'round') {
    return arrive(program, { ...left, position: behind(outer.position) });
  }
  // After the last round nothing is waited for (S14).
  if (outer.into.round >= parent.atMost) return arrive(program, { ...left, position: behind(outer.position) });
  return askRound(left, parent, { number: outer.into.round + 1, previousAt: outer.into.startedAt });
}

function firstCommand(node: JourneyNode): 'do' | 'pause' | 'listen' | 'choose' | 'round' | 'exit' {
  return node.op === 'repeat' ? 'round' : node.op;
}

function ask(program: JourneyProgram, state: JourneyState, name: Command['name']): JourneyState {
  const node = nodeAt(program, state)!;
  if (node.op === 'repeat') {
    const round = state.waiting.for === 'time' ? roundOf(state) : { number: 1, previousAt: null };
    return askRound(state, node, round);
  }
  const leaves = node.op === 'do' && node.leaves && name === 'do';
  const iteration = iterationOf(state.position);
  return {
    ...state,
    waiting: { for: 'answer', command: { name, path: node.path, iteration, at: state.at, attempt: 1, leaves } },
  };
}

type RoundOf = NonNullable<Command['round']>;

function askRound(state: JourneyState, node: JourneyNode, round: RoundOf): JourneyState {
  const iteration = [iterationOf(state.position), round.number].filter((part) => part !== '').join('.');
  const command: Command = {
    name: 'round',
    path: node.path,
    iteration,
    at: state.at,
    attempt: 1,
    leaves: false,
    round,
  };
  // The round waited for is kept on the frame, so that waking asks for the same one.
  const position = [...state.position.slice(0, -1), { ...state.position.at(-1)!, round }];
  return { ...state, position, waiting: { for: 'answer', command } };
}

function roundOf(state: JourneyState): RoundOf {
  return state.position.at(-1)?.round ?? { number: 1, previousAt: null };
}

function follow(program: JourneyProgram, state: JourneyState, command: Command, answer: Answer): JourneyState {
  const node = nodeAt(program, state);
  switch (answer.go) {
    case 'next':
      if (command.name === 'finish' || !node) return finish(state);
      return arrive(program, { ...state, position: behind(state.position) });
    case 'arm':
      if (answer.arm < 0) return arrive(program, { ...state, position: behind(state.position) });
      if (node?.op === 'repeat') {
        const into = { kind: 'round' as const, round: command.round!.number, startedAt: state.at };
        return arrive(program, { ...state, position: inside(state.position, into) });
      }
      return arrive(program, { ...state, position: inside(state.position, { kind: 'arm', arm: answer.arm }) });
    case 'otherwise':
      return arrive(program, { ...state, position: inside(state.position, { kind: 'otherwise' }) });
    case 'sleep':
      return { ...state, waiting: { for: 'time', until: answer.until, then: answer.then } };
    case 'again':
      return { ...state, waiting: { for: 'retry', until: answer.until, command } };
    case 'failed':
      return fail(program, state, command, answer);
    case 'end':
    case 'ended':
      return state; // taken before
  }
}

function fail(
  program: JourneyProgram,
  state: JourneyState,
  command: Command,
  answer: Answer & { go: 'failed' },
): JourneyState {
  const node = nodeAt(program, state);
  if (node?.op !== 'do') return beginEnding(program, state, { outcome: 'failed', reason: answer.code });
  const { attempts, backoffMs } = node.retry;
  const isLast = answer.permanent || command.attempt >= attempts;
  if (!isLast || node.onError === 'retry') {
    // Doubling, and at the last pause for good where the step is retried until an exit or goal (S18).
    const pauseMsAfter = backoff({ firstMs: backoffMs, maxMs: backoffMs * 2 ** Math.max(0, attempts - 2) });
    const again = { ...command, attempt: command.attempt + 1 };
    return { ...state, waiting: { for: 'retry', until: answer.now + pauseMsAfter(command.attempt), command: again } };
  }
  if (node.onError === 'skip') return arrive(program, { ...state, position: behind(state.position) });
  if (node.onError === 'exit') return beginEnding(program, state, { outcome: 'failed', reason: answer.code });
  return arrive(program, { ...state, position: inside(state.position, { kind: 'error' }) });
}
