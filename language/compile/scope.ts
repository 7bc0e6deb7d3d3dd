/** What is known while a folder is compiled: the world around the playbooks, and what one part of a playbook reads. */
import type {
  Calendar,
  CompiledPlaybook,
  ComputedTrait,
  People,
  Segment,
  Settings,
  SlaPolicy,
  Template,
} from '../model.ts';
import type { Registry } from '../syntax.ts';

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
  stepIds: readonly string[];
}
