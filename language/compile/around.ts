/** What the functions of an expression may name at its place: segments and calendars of the folder. */
import type { Around, NameFault } from '../cel/named.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import { RECORD_TYPES } from '../model.ts';
import { rootsFor } from './names.ts';
import type { FileContext } from './scope.ts';

/** A segment of another record is asked for only where it reads that record alone: its relations may be others'. */
export function aroundOf(context: FileContext): Around {
  const { world, file, subject } = context;
  return {
    segment(name) {
      const segment = world.segments.find((one) => one.name === name);
      if (segment === undefined) {
        if (world.faulty.has('segment', name)) return spoiled();
        const known = world.segments.map((one) => one.name);
        const hint =
          known.length === 0
            ? 'a segment may ask for those above it; traits may ask for none'
            : didYouMean(name, known);
        return { code: 'CB509', error: `no segment is called \`${name}\` here`, hint };
      }
      const roots: readonly string[] = rootsFor(subject, []);
      const others = segment.expression.reads
        .map((read) => read.split('.')[0]!)
        .filter((root) => root !== segment.subject && (RECORD_TYPES as readonly string[]).includes(root));
      if (!roots.includes(segment.subject) || (segment.subject !== subject && others.length > 0)) {
        const why = roots.includes(segment.subject) ? `, which also reads ${others[0]}` : '';
        const error = `\`${name}\` is a segment of ${segment.subject}s${why}, and the subject here is ${subject}`;
        return { code: 'CB509', error, hint: `write what it says of the ${subject} itself` };
      }
      context.uses.segments.add(name);
      return segment.expression;
    },
    typeOf(name) {
      const segment = world.segments.find((one) => one.name === name);
      if (segment !== undefined) return segment.subject;
      if (world.faulty.has('segment', name)) return spoiled();
      const known = world.segments.map((one) => one.name);
      return { code: 'CB509', error: `no segment is called \`${name}\``, hint: didYouMean(name, known) };
    },
    calendar(name) {
      const calendar = Object.hasOwn(world.calendars, name) ? world.calendars[name] : undefined;
      if (calendar !== undefined) return calendar;
      if (world.faulty.has('calendar', name)) return spoiled();
      const error = `no calendar is called \`${name}\``;
      return { code: 'CB504', error, hint: didYouMean(name, Object.keys(world.calendars)) };
    },
    ownCalendar() {
      const name = context.frame.calendar ?? world.settings.calendar;
      const calendar = name !== undefined && Object.hasOwn(world.calendars, name) ? world.calendars[name] : undefined;
      if (calendar !== undefined) return calendar;
      if (name !== undefined || world.faulty.has('settings')) return spoiled();
      const hint = 'set `calendar: office-eu` in the playbook or in settings.yaml';
      return { code: 'CB505', error: 'business days are counted, and no calendar is set', hint };
    },
  };

  /** Its own faults are told where it stands: the file only counts as faulty. */
  function spoiled(): NameFault | undefined {
    file.spoil();
    return undefined;
  }
}
