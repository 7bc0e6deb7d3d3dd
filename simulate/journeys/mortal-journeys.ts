/**
 * Journeys whose processes die: what was in memory is forgotten, what production keeps in rows and in a workflow's history is
 * there, and the rest is played again. Tests and backtests have none of it.
 */
import { isFinal, type KeptAnswer, storedAnswer, storedName } from '../../evaluation/stored-answers.ts';
import type { JourneyProgram } from '../../language/model.ts';
import { takeAnswer, takeInput } from '../../workflows/journey/reduce.ts';
import type { Answer, Command, Input, JourneyState } from '../../workflows/journey/types.ts';

/** What chance does to the processes of journeys. */
export interface Mishaps {
  /** Whether the process dies of a command: before anything is written, or when all is and nobody hears the answer. */
  deathOf(command: Command): 'before' | 'behind' | undefined;
  /** Whether a workflow's task is written after this answer; else a death takes back what it has heard, too. */
  isWritten(): boolean;
  /** Whether a journey that has died begins from its very beginning, as one that goes over to another version does (N5). */
  beginsAnew(): boolean;
  /** Whether a signal comes when it is sent; else it comes with the next step of its journey. */
  comesAtOnce(): boolean;
}

/** What of a journey outlives its process. */
interface Lasting {
  /** At its beginning, as JSON. */
  begun: string;
  /** The workflow as its history has it, as JSON. */
  written: string;
  answers: KeptAnswer[];
  /** In the order of their numbers; those from `signalled` on are still on their way. */
  inputs: Input[];
  signalled: number;
}

interface Mortal {
  state: JourneyState;
  version: { playbook: { program: JourneyProgram } };
}

export class MortalJourneys {
  readonly #mishaps: Mishaps;
  readonly #lasting = new WeakMap<Mortal, Lasting>();

  constructor(mishaps: Mishaps) {
    this.#mishaps = mishaps;
  }

  /** Lets it take the answer to what it waits for; or it dies of that, and stands where its history has it. */
  answer(journey: Mortal, command: Command, carryOut: () => Answer): void {
    const lasting = this.#of(journey);
    const death = this.#mishaps.deathOf(command);
    if (death === 'before') {
      this.#beginAnew(journey, lasting);
      return;
    }
    const known = storedAnswer({ command, answers: lasting.answers, inputs: lasting.inputs });
    const answer = known ?? carryOut();
    if (!known && isFinal(command, answer)) lasting.answers.push(keptOf(command, answer));
    if (death === 'behind') {
      this.#beginAnew(journey, lasting);
      return;
    }
    journey.state = takeAnswer(programOf(journey), journey.state, answer);
    if (this.#mishaps.isWritten()) lasting.written = JSON.stringify(journey.state);
    this.#signal(journey, lasting);
  }

  /** An input of it is stored, and it is told, now or later. */
  tell(journey: Mortal, input: Input): void {
    const lasting = this.#of(journey);
    lasting.inputs.push(input);
    // What a claim must see it sees at once, whatever signals do (S19): live it reads the row.
    const mayBeLate = input.kind === 'match' || input.kind === 'look';
    if (!mayBeLate || this.#mishaps.comesAtOnce()) this.#signal(journey, lasting);
  }

  /** It rests: its task is written. True when a signal had to come yet, which moves it. */
  rests(journey: Mortal): boolean {
    const lasting = this.#of(journey);
    const before = journey.state;
    this.#signal(journey, lasting);
    lasting.written = JSON.stringify(journey.state);
    return journey.state.waiting !== before.waiting;
  }

  /** What is on its way comes, in the order of the numbers; the journey drops what it has seen. */
  #signal(journey: Mortal, lasting: Lasting): void {
    lasting.signalled = lasting.inputs.length;
    this.#tellAll(journey, lasting);
  }

  #tellAll(journey: Mortal, { inputs, signalled }: Lasting): void {
    for (const input of inputs.slice(0, signalled)) {
      journey.state = takeInput(programOf(journey), journey.state, input);
    }
  }

  #beginAnew(journey: Mortal, lasting: Lasting): void {
    if (this.#mishaps.beginsAnew()) lasting.written = lasting.begun;
    journey.state = JSON.parse(lasting.written) as JourneyState;
    this.#tellAll(journey, lasting);
  }

  #of(journey: Mortal): Lasting {
    let lasting = this.#lasting.get(journey);
    if (!lasting) {
      const begun = JSON.stringify(journey.state);
      lasting = { begun, written: begun, answers: [], inputs: [], signalled: 0 };
      this.#lasting.set(journey, lasting);
    }
    return lasting;
  }
}

function programOf({ version }: Mortal): JourneyProgram {
  return version.playbook.program;
}

function keptOf(command: Command, answer: Answer): KeptAnswer {
  const { path, iteration, at } = command;
  const kept = JSON.parse(JSON.stringify(answer)) as Answer;
  return { path, iteration, command: storedName(command), answer: kept, context: null, at };
}
