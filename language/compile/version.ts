/** What a playbook refers to, and the hashes over it (V1, T18). */
import { canonicalHash } from '../canonical.ts';
import type {
  Calendar,
  CompiledPlaybook,
  ComputedTrait,
  PlaybookVersion,
  Segment,
  SlaPolicy,
  Template,
} from '../model.ts';
import { isClockEvent } from './names.ts';
import type { Uses, WorkspaceContext } from './scope.ts';
import { readsOf } from './traits/trait-reads.ts';

type Referred = Omit<PlaybookVersion, 'hash' | 'playbook'>;

/** Everything that a playbook refers to, traits of traits and segments included. */
function referred(uses: Uses, calendar: string | undefined, world: WorkspaceContext): Referred {
  const traits = new Set<ComputedTrait>();
  const segments = new Set<Segment>();
  const calendars = new Set<string>(uses.calendar && calendar !== undefined ? [calendar] : []);
  const follow = (reads: Iterable<string>): void => {
    for (const read of reads) {
      const [root, name] = read.split('.');
      for (const segment of world.segments) {
        if ((root !== 'mine' && root !== 'all') || segment.name !== name || segments.has(segment)) continue;
        segments.add(segment);
        follow(segment.expression.reads);
      }
      for (const trait of world.traits) {
        if (trait.subject !== root || trait.name !== name || traits.has(trait)) continue;
        traits.add(trait);
        follow(readsOf(trait));
        follow(trait.predicts?.when.reads ?? []);
        for (const pattern of trait.predicts?.events ?? []) follow(pattern.where?.reads ?? []);
      }
    }
  };
  follow(uses.reads);
  follow([...uses.segments].map((name) => `all.${name}`));
  const listens = [...traits].some((trait) => trait.events.some((pattern) => isClockEvent(pattern.event)));
  const policyNames = listens ? Object.keys(world.policies) : [...uses.policies];
  const policies = policyNames.flatMap((name) => world.policies[name] ?? []);
  for (const policy of policies) {
    calendars.add(policy.calendar);
    for (const clock of policy.clocks) {
      follow(clock.pause?.reads ?? []);
      if (clock.target.kind === 'table') follow(clock.target.by.reads);
      const patterns = [...clock.start, ...clock.stop, ...clock.resume, ...clock.cancel];
      for (const pattern of patterns) follow(pattern.where?.reads ?? []);
    }
  }
  return {
    templates: picked<Template>(world.templates, uses.templates),
    traits: world.traits.filter((trait) => traits.has(trait)),
    segments: world.segments.filter((segment) => segments.has(segment)),
    calendars: picked<Calendar>(world.calendars, calendars),
    policies: picked<SlaPolicy>(world.policies, policyNames),
  };
}

function picked<T>(from: { [name: string]: T }, names: Iterable<string>): { [name: string]: T } {
  const entries = [...names].sort().flatMap((name): [string, T][] => {
    return Object.hasOwn(from, name) ? [[name, from[name]!]] : [];
  });
  return Object.fromEntries(entries);
}

/** The pinned version of a playbook (V1). */
export function versionOf(playbook: CompiledPlaybook, uses: Uses, world: WorkspaceContext): PlaybookVersion {
  const content = { playbook, ...referred(uses, playbook.calendar, world) };
  return { hash: canonicalHash(content), ...content };
}

/** The hash of a trigger (T18): its arms with what they refer to, and the zone in which its days are counted. */
export function triggerHash(playbook: CompiledPlaybook, uses: Uses, world: WorkspaceContext): string {
  const { traits, segments, calendars, policies } = referred(uses, playbook.calendar, world);
  const timeZone = playbook.timeZone ?? world.settings.timeZone;
  const { subject } = playbook;
  return canonicalHash({ subject, timeZone, arms: playbook.trigger.arms, traits, segments, calendars, policies });
}
