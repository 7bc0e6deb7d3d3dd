/** Which steps and branches of a playbook the tests have reached. */
import { isJsonObject } from '../../language/json.ts';
import type { CompiledPlaybook, JourneyNode } from '../../language/model.ts';
import type { Decided } from '../run/types.ts';

/** A step, or a branch of one, that no test has reached. */
export interface Missed {
  /** Of the step: `steps.3.then.0`. */
  path: string;
  /** Absent: the step itself. */
  branch?: string;
  /** For people: `step 4, else`. */
  name: string;
}

export interface Covered {
  steps: { all: number; reached: number };
  branches: { all: number; reached: number };
  /** In file order; what lies inside of a branch that is missed is not listed again. */
  missed: Missed[];
}

/** Notes what journeys do, and tells at the end what none of them did. */
export class Coverage {
  readonly #playbook: CompiledPlaybook;
  readonly #steps = new Set<string>();
  /** `<path> <branch>` */
  readonly #branches = new Set<string>();

  constructor(playbook: CompiledPlaybook) {
    this.#playbook = playbook;
  }

  /** For `onDecided` of a run. */
  readonly note = ({ playbook, path, answer, told }: Decided): void => {
    if (playbook !== this.#playbook.playbook) return;
    const step = this.#playbook.steps[path];
    if (step === undefined) return;
    // One that its own `if` has passed over was not done.
    if (step.if !== undefined && isJsonObject(told?.looked) && told.looked.holds === false) return;
    this.#steps.add(path);
    if (answer.go === 'arm') this.#branches.add(`${path} ${answer.arm}`);
    if (answer.go === 'otherwise') this.#branches.add(`${path} -1`);
  };

  result(): Covered {
    const { program, steps } = this.#playbook;
    const covered: Covered = { steps: { all: 0, reached: 0 }, branches: { all: 0, reached: 0 }, missed: [] };
    const branch = (path: string, { arm, name, nodes }: Branch, isTold: boolean) => {
      const isReached = this.#branches.has(`${path} ${arm}`);
      covered.branches.all += 1;
      if (isReached) covered.branches.reached += 1;
      else if (isTold) covered.missed.push({ path, branch: name, name: `${placeName(path)}, ${name}` });
      walk(nodes, isTold && isReached);
    };
    const walk = (nodes: readonly JourneyNode[], isTold: boolean): void => {
      for (const node of nodes) {
        const isReached = this.#steps.has(node.path);
        covered.steps.all += 1;
        if (isReached) covered.steps.reached += 1;
        else if (isTold) covered.missed.push({ path: node.path, name: placeName(node.path) });
        const isInside = isTold && isReached;
        if (node.op === 'repeat') walk(node.body, isInside);
        for (const one of branchesOf(node, steps[node.path]!.config)) branch(node.path, one, isInside);
        if (node.op === 'do' && Array.isArray(node.onError)) walk(node.onError, false);
      }
    };
    for (const nodes of [program.steps, program.onGoal, program.onExit]) walk(nodes, true);
    return covered;
  }
}

interface Branch {
  /** As its answer names it; -1 is `else`, or none of a list of conditions. */
  arm: number;
  name: string;
  nodes: readonly JourneyNode[];
}

function branchesOf(node: JourneyNode, config: unknown): Branch[] {
  if (node.op !== 'choose' && node.op !== 'listen' && node.op !== 'do') return [];
  const { arms = [] } = node;
  const branches = arms.map((nodes, arm) => ({ arm, name: armName(node, arm, nodes), nodes }));
  return mayTakeElse(node, config) ? [...branches, { arm: -1, name: 'else', nodes: elseOf(node) }] : branches;
}

function elseOf(node: JourneyNode): readonly JourneyNode[] {
  return 'otherwise' in node ? (node.otherwise ?? []) : [];
}

/** Beside its arms: a wait that ends by itself, a list of conditions without an `else` of its own. */
function mayTakeElse(node: JourneyNode, config: unknown): boolean {
  const { conditions, within } = config as { conditions?: unknown[]; within?: unknown };
  if (node.op === 'choose') return conditions !== undefined && conditions.at(-1) !== null;
  return elseOf(node).length > 0 || (node.op === 'listen' ? within !== undefined : 'otherwise' in node);
}

/** As it is written in the file: `then`, `photo`; of one without steps by its number. */
function armName({ path, op }: JourneyNode, i: number, nodes: readonly JourneyNode[]): string {
  const first = nodes[0]?.path;
  if (first === undefined) return op === 'choose' && i === 1 ? 'else' : i === 0 ? 'then' : `branch ${i + 1}`;
  const inner = first.slice(path.length + 1).split('.');
  return partsName(inner.slice(0, -1));
}

/** `steps.3.then.0` → `step 4, then, step 1` */
export function placeName(path: string): string {
  return partsName(path.split('.'));
}

function partsName(parts: readonly string[]): string {
  const words: string[] = [];
  for (const [i, part] of parts.entries()) {
    const number = Number(part) + 1;
    if (/^\d+$/.test(part)) words.push(parts[i - 1] === 'choose' ? `choice ${number}` : `step ${number}`);
    else if (part !== 'steps' && part !== 'arms' && part !== 'choose') words.push(part);
  }
  return words.join(', ');
}
