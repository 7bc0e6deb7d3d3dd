/** A rule under simulation: playbooks drawn by chance, histories drawn by chance, and the results that they must have. */
import type { Arbitrary } from 'fast-check';
import type { Expected, Happening, HistoryEvent, Value } from './history.ts';

export interface File {
  path: string;
  text: string;
}

/** One set of parameters of a rule: a folder to compile, histories to play in it, and what the rule's words give. */
export interface Case {
  /** The trigger as it was drawn, to be printed. */
  told: string;
  /** As the playbook says it, so that it may be an arm of another. */
  trigger: unknown;
  files: File[];
  /** The playbook's subject. */
  subject: 'contact' | 'ticket';
  /** `s1` without one. */
  subjectId?: string;
  /** Traits before the first event (V3). */
  traits: { [name: string]: Value };
  happenings: Arbitrary<Happening[]>;
  /** When the run ends: everything that a history opens has run out by then, or the rule is told of it. */
  until(history: readonly HistoryEvent[]): number;
  expected(history: readonly HistoryEvent[], until: number): Expected[];
  /** What entry must decide, a line each (`entered` or the refusal); absent where only firings are compared. */
  entries?(history: readonly HistoryEvent[], until: number): string[];
}

export interface Rule {
  name: string;
  /** The numbers of semantics that it is written from. */
  of: string;
  cases: Arbitrary<Case>;
}

/** One playbook `p` as a file. JSON is YAML with every text in quotes. */
export function playbookFile(playbook: { [key: string]: unknown }): File {
  return {
    path: 'p.yaml',
    text: JSON.stringify({
      playbook: 'p',
      owner: 'ops@shop.example',
      again: 'always',
      steps: [{ record: 'hit' }],
      ...playbook,
    }),
  };
}
