/** What a colleague's or the workspace's playbook reads of all records (W3): `mine.…`, `all.…`, `share(…)`. */
import { holds } from '../language/cel.ts';
import type { Instant, Json, PlaybookVersion, RecordType, SubjectRef } from '../language/model.ts';
import { overviewsIn, RECORD_PLURALS, type RecordSet } from '../language/records/lists/overviews.ts';
import type { Place } from '../language/records/timeline.ts';
import type { World } from '../language/records/world.ts';
import { scopeOf } from '../language/scope.ts';
import { readZone } from '../language/time/read-zone.ts';
import { fieldsRead, lastWeek, type Report, type ReportPeriod } from '../measurement/report.ts';

export interface OverviewInput {
  world: World;
  version: PlaybookVersion;
  enrolment: { subject: SubjectRef };
  at: Instant;
  place: Place;
  /** The subject's, by whose clocks weeks are counted. */
  zone: string;
  /** The zone in which a record counts that has none of its own. */
  elsewhere: string;
  /** Of other fields than these it need not be true. Undefined where it is not yet known. */
  report(period: ReportPeriod, fields: readonly (keyof Report)[]): Report | undefined;
}

type Lists = { [segment: string]: Json[] };

/** Of one step: a list is made once, however many of its expressions and texts read it. */
export class Overviews {
  readonly #input: OverviewInput;
  readonly #lists = new Map<string, Json[] | undefined>();

  constructor(input: OverviewInput) {
    this.#input = input;
  }

  /** What is read; a list that has too many records is left out, and so is missing (T0). */
  read(reads: readonly string[]): { mine?: Lists; all?: Lists; report?: Json } {
    const { report, at, zone } = this.#input;
    const found: { mine?: Lists; all?: Lists; report?: Json } = {};
    for (const { root, segment } of overviewsIn(reads)) {
      const lists = (found[root] ??= {});
      const list = this.#list(root, segment);
      if (list !== undefined) lists[segment] = list;
    }
    const fields = fieldsRead(reads);
    const figures = fields.length === 0 ? undefined : report(lastWeek(at, zone), fields);
    if (figures !== undefined) found.report = figures as unknown as Json;
    return found;
  }

  /** Undefined where there is no record at all, or too many. @param of as `contacts` */
  share(segment: string, of: string): number | undefined {
    const type = (Object.keys(RECORD_PLURALS) as RecordType[]).find((one) => RECORD_PLURALS[one] === of);
    const { world, place } = this.#input;
    const all = type && world.recordsOf?.({ type }, place)?.length;
    const some = this.#list('all', segment)?.length;
    return all === undefined || some === undefined || all === 0 ? undefined : some / all;
  }

  #list(root: 'mine' | 'all', segment: string): Json[] | undefined {
    const key = `${root}.${segment}`;
    if (!this.#lists.has(key)) this.#lists.set(key, this.#make(root, segment));
    return this.#lists.get(key);
  }

  #make(root: 'mine' | 'all', name: string): Json[] | undefined {
    const { world, version, enrolment, at, place, elsewhere } = this.#input;
    const segment = version.segments.find((one) => one.name === name);
    if (segment === undefined) return undefined;
    const type = segment.subject as RecordType;
    const set: RecordSet = { type, ...(root === 'mine' && { owner: enrolment.subject.id }) };
    return world.recordsOf?.(set, place)?.flatMap((id) => {
      const scope = scopeOf(world, { subject: { type, id }, place, reads: segment.expression.reads });
      const record = scope[type] as { [name: string]: Json };
      const zone = readZone(record.time_zone) ?? elsewhere;
      return holds(segment.expression, scope, { now: at, zone }) ? [record] : [];
    });
  }
}
