/** What is known while a folder is compiled: the world around the playbooks, and what one part of a playbook reads. */

import type { TimedTraits } from '../cel.ts';
import type {
  Calendar,
  CompiledPlaybook,
  ComputedTrait,
  Expression,
  People,
  Segment,
  Settings,
  SlaPolicy,
  SubjectType,
  Template,
} from '../model.ts';
import type { CompileContext, ExpressionOptions, Path, Registry } from '../syntax.ts';
import type { Faulty } from './files/faulty.ts';
import type { FileReport } from './report.ts';

/** Everything around the playbooks, compiled before them. */
export interface WorkspaceContext {
  registry: Registry;
  settings: Settings;
  people: People;
  templates: { [name: string]: Template };
  calendars: { [name: string]: Calendar };
  policies: { [name: string]: SlaPolicy };
  traits: ComputedTrait[];
  segments: Segment[];
  /** What each playbook of the folder is about, by its name, whether it compiles or not. */
  playbooks: ReadonlyMap<string, SubjectType>;
  faulty: Faulty;
}

/** What a part of a playbook was seen to lean on while it was compiled. */
export class Uses {
  readonly reads = new Set<string>();
  readonly counts = new Set<string>();
  readonly templates = new Set<string>();
  readonly policies = new Set<string>();
  readonly segments = new Set<string>();
  /** Business time was asked for: the playbook's calendar is part of its version. */
  calendar = false;

  add(other: Uses): void {
    for (const read of other.reads) this.reads.add(read);
    for (const count of other.counts) this.counts.add(count);
    for (const template of other.templates) this.templates.add(template);
    for (const policy of other.policies) this.policies.add(policy);
    for (const segment of other.segments) this.segments.add(segment);
    this.calendar ||= other.calendar;
  }
}

/** What a playbook has said of itself before its parts are compiled. */
export interface PlaybookFrame extends Pick<CompiledPlaybook, 'subject'> {
  /** The calendar of business spans: the playbook's, else the settings'. */
  calendar?: string;
  /** The playbook names its calendar itself. */
  ownCalendar?: true;
  stepIds: readonly string[];
}

/** The compiler over one file, as its own parts see it: `CompileContext`, and what is around the file. */
export interface FileContext extends CompileContext {
  readonly frame: PlaybookFrame;
  readonly world: WorkspaceContext;
  readonly file: FileReport;
  /** Event names that waits, goals and exits look for. */
  readonly listensTo: Set<string>;
  /** Whether an SLA trigger started the playbook. */
  readonly startedByClock: boolean;
  /** What the part that is being compiled refers to. */
  readonly uses: Uses;
  /** `compared` asks for T0's rule about what time changes. */
  expression(value: unknown, path: Path, options: ExpressionOptions & { compared?: TimedTraits }): Expression;
}
