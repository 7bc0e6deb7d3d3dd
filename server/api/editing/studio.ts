/** What the editing routes need of the folder of playbooks, and of processes beside the server's. */

import type { BacktestTold } from '../contract/backtest.ts';
import type { lintDraft, Plan, testDraft } from '../contract/editing.ts';
import type { AnswerOf } from '../contract/endpoint.ts';

export interface StudioFile {
  /** In the folder, with `/`: `welcome.yaml`, `templates/welcome.mjml`. */
  path: string;
  text: string;
}

export interface AskedFile extends StudioFile {
  /** The hash of the folder's text from which it began; null where there was no such file. */
  base: string | null;
}

interface OfDraft {
  playbook: string;
  files: AskedFile[];
}

/** @throws Refused where something cannot be done as it was asked for; each ends when its signal says so */
export interface Studio {
  /** As people name the folder: `playbooks`. */
  folder: string;
  /** What lies in the folder now; empty where there is none. */
  readFiles(): Promise<StudioFile[]>;
  /** What a draft begins from. */
  baseOf(text: string): string;
  /** JSON Schema of a playbook, with the names of the folder. */
  schema(signal: AbortSignal): Promise<object>;
  shipped(): Promise<{ name: string; description: string }[]>;
  /** The files of a new playbook, from one that ships. */
  adopt(given: { name: string; from: string }, signal: AbortSignal): Promise<StudioFile[]>;
  lint(given: OfDraft, signal: AbortSignal): Promise<AnswerOf<typeof lintDraft>>;
  test(given: OfDraft & { only?: string | undefined }, signal: AbortSignal): Promise<AnswerOf<typeof testDraft>>;
  plan(given: OfDraft & Pick<PlanAsked, 'days' | 'enrolExisting'>, signal: AbortSignal): Promise<Plan>;
  deploy(given: Deploying, signal: AbortSignal): Promise<void>;
  /** @param telling hears how far it is, and what has come so far; the answer is the last of it */
  backtest(given: OfDraft & { days: number }, telling: Telling): Promise<BacktestTold>;
  close(): void;
}

export interface Telling {
  signal: AbortSignal;
  onTold: (told: BacktestTold) => void;
}

type PlanAsked = { days: number; enrolExisting: boolean };

export interface Deploying extends OfDraft {
  /** The hashes of the plan: of what was deployed, and of what is to be. */
  planned: { from: string; to: string };
  enrolExisting: boolean;
  draft: { playbook: string; revision: number; byName: string };
}

/** What cannot be done as it was asked for, in words for people. */
export class Refused extends Error {
  /** `moved`: what is deployed, the folder or the draft is no longer as it was. */
  readonly kind: 'moved' | 'faulty' | 'busy' | 'slow' | 'away';
  constructor(kind: Refused['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}
