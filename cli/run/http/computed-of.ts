/** Computed traits and segments of a record now, as deployed playbooks define them: by the facts that steps read. */
import { ContactIds } from '../../../activities/facts/contact-ids.ts';
import { FactLoaders } from '../../../activities/facts/fact-loaders.ts';
import { PlacedWorld } from '../../../activities/facts/world.ts';
import { evaluate } from '../../../language/cel.ts';
import type { PlaybookVersion, RecordType, Segment, SubjectRef } from '../../../language/model.ts';
import { placeOfJourney } from '../../../language/records/timeline.ts';
import { isRecord, type World } from '../../../language/records/world.ts';
import { scopeOf } from '../../../language/scope.ts';
import type { Profile } from '../../../server/api/contract/people.ts';
import type { ComputedOf } from '../../../server/api/people/profile.ts';
import { readDeployedConfig, readDeployments } from '../../../store/deployments/deployments.ts';
import { readVersions } from '../../../store/deployments/versions.ts';
import { now as readNow } from '../../../store/postgres/clock.ts';
import type { Database } from '../../../store/postgres/database.ts';

type Shown = Pick<Profile, 'computed' | 'segments'>;

/** What several playbooks define is defined alike: they are deployed together. Those that no playbook reads are not stored. */
export function computedOf(database: Database): ComputedOf {
  return async (subject) => {
    const shown: Shown = { computed: [], segments: [] };
    const deployments = await readDeployments(database.pool);
    if (!isRecord(subject) || deployments.length === 0) return shown;
    const { settings, people } = await readDeployedConfig(database.pool);
    const at = await readNow(database.pool);
    const versions = await readVersions(
      database.pool,
      deployments.map(({ versionHash }) => versionHash),
    );
    for (const version of versions.values()) {
      const known = new Set([...shown.computed, ...shown.segments].map(({ name }) => name));
      const wanted = wantedOf(version, subject.type, known);
      if (wanted.traits.length + wanted.segments.length === 0) continue;
      const loaders = new FactLoaders(at);
      const contacts = new ContactIds(undefined, loaders);
      const facts = { loaders, contacts, people, version, wroteAt: null, unconsumed: new Map(), onTooMany: () => {} };
      const world = new PlacedWorld({ ...facts, zone: settings.timeZone });
      const looked = { subject, at, zone: settings.timeZone };
      const found = await loaders.loadUntilDecided(database.pool, () => valuesOf(world, wanted, looked));
      shown.computed.push(...found.computed);
      shown.segments.push(...found.segments);
    }
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    return { computed: shown.computed.sort(byName), segments: shown.segments.sort(byName) };
  };
}

interface Wanted {
  traits: PlaybookVersion['traits'];
  segments: Segment[];
}

function wantedOf({ traits, segments }: PlaybookVersion, type: RecordType, known: ReadonlySet<string>): Wanted {
  const isNew = (one: { name: string; subject: RecordType }) => one.subject === type && !known.has(one.name);
  return { traits: traits.filter(isNew), segments: segments.filter(isNew) };
}

function valuesOf(
  world: World,
  { traits, segments }: Wanted,
  { subject, at, zone }: { subject: SubjectRef & { type: RecordType }; at: number; zone: string },
): Shown {
  const place = placeOfJourney(at);
  return {
    computed: traits.map(({ name, kind }) => {
      return { name, kind, value: world.computed(subject.type, subject.id, name, place) ?? null };
    }),
    segments: segments.map(({ name, expression }) => {
      const scope = scopeOf(world, { subject, place, reads: expression.reads });
      const { value } = evaluate(expression, scope, { now: at, zone });
      // A field that is missing makes no member (T0).
      return { name, isIn: value === true };
    }),
  };
}
