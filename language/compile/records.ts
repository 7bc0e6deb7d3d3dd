/** Traits, segments and service levels: what stands around playbooks and counts for a kind of record. */

import type { ClockPolicy, ComputedTrait, RecordType } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { Path } from '../syntax.ts';
import type { YamlFile } from '../yaml.ts';
import { Context } from './context.ts';
import { becomesOf } from './events.ts';
import { rootsFor } from './names.ts';
import type { FileReport } from './report.ts';
import type { Surroundings } from './scope.ts';
import { reportCalendar } from './settings.ts';
import { checkShape } from './shape.ts';
import { policyShape, segmentsShape, traitsShape } from './shapes.ts';
import { targetOf } from './spans.ts';
import { durationAt } from './values.ts';

type File = { file: YamlFile; report: FileReport };

/** Adds the traits of one file to `world.traits` (T14). */
export function compileTraits({ file, report }: File, world: Surroundings): void {
  const shaped = checkShape(file.value, traitsShape, [], report);
  if (shaped === undefined) return;
  const subject = shaped.subject ?? 'contact';
  const context = new Context({ subject, stepIds: [] }, world, report);
  for (const [name, value] of Object.entries(shaped.traits)) {
    const path = ['traits', name];
    if (world.traits.some((trait) => trait.subject === subject && trait.name === name)) {
      report.key(path, { code: 'CB208', message: `a trait \`${subject}.${name}\` is described already` });
      continue;
    }
    const trait = compileTrait(context, subject, name, value, path);
    if (trait !== undefined) world.traits.push(trait);
  }
}

function compileTrait(
  context: Context,
  subject: RecordType,
  name: string,
  written: { [key: string]: unknown },
  path: Path,
): ComputedTrait | undefined {
  const { event, where, over, ...aggregate } = written;
  const { aggregates } = context.world.dialect;
  const [kind, ...more] = Object.keys(aggregate);
  const known = aggregates.map((a) => a.kind);
  const syntax = aggregates.find((a) => a.kind === kind);
  if (kind === undefined || syntax === undefined || more.length > 0) {
    const wrong = [kind, ...more].find((key) => key !== undefined && !known.includes(key)) ?? more[0];
    const at = wrong === undefined ? path : [...path, wrong];
    const message =
      wrong === undefined ? 'the trait does not say what is computed' : `\`${wrong}\` is no way to compute a trait`;
    context.file.key(at, {
      code: 'CB201',
      message,
      hint: wrong === undefined ? `write one of ${known.join(', ')}` : didYouMean(wrong, known),
    });
    return undefined;
  }
  const value = aggregate[kind];
  const trait: ComputedTrait = { subject, name, kind, events: [] };
  if (event !== undefined) {
    trait.events = context.events({ event, ...(where === undefined ? {} : { where }) }, path);
  }
  if (syntax.needsValue) {
    trait.value = context.expression(value, [...path, kind], { roots: event === undefined ? [] : ['event'] });
  } else if (value !== true) {
    context.report('CB202', [...path, kind], `\`${kind}\` looks at the event itself`, `write ${kind}: true`);
  }
  if (over !== undefined && over !== 'ever') {
    const ms = durationAt(context.file, over, [...path, 'over']);
    if (ms !== undefined) trait.overMs = ms;
  }
  return trait;
}

/** Adds the segments of one file to `world.segments`. */
export function compileSegments({ file, report }: File, world: Surroundings): void {
  const shaped = checkShape(file.value, segmentsShape, [], report);
  if (shaped === undefined) return;
  const subject = shaped.subject ?? 'contact';
  const context = new Context({ subject, stepIds: [] }, world, report);
  for (const [name, value] of Object.entries(shaped.segments)) {
    const path = ['segments', name];
    if (world.segments.some((segment) => segment.name === name)) {
      report.key(path, { code: 'CB208', message: `a segment \`${name}\` is described already` });
      continue;
    }
    world.segments.push({ subject, name, expression: becomesOf(context, value, path, []) });
  }
}

/** Adds the policy of one file to `world.policies` (section 7). */
export function compilePolicy({ file, report }: File, world: Surroundings): void {
  const shaped = checkShape(file.value, policyShape, [], report);
  if (shaped === undefined) return;
  const { sla: name, subject = 'ticket', calendar } = shaped;
  if (Object.hasOwn(world.policies, name)) {
    report.at(['sla'], { code: 'CB208', message: `a policy \`${name}\` is described already` });
    return;
  }
  if (!Object.hasOwn(world.calendars, calendar))
    reportCalendar(report, calendar, ['calendar'], Object.keys(world.calendars));
  const context = new Context({ subject, calendar, stepIds: [] }, world, report);
  const clocks = Object.entries(shaped.clocks).map(([clockName, clock]): ClockPolicy => {
    const path = ['clocks', clockName];
    const events = (key: 'start' | 'stop' | 'resume' | 'cancel') =>
      clock[key] === undefined ? [] : context.events(clock[key], [...path, key]);
    return {
      name: clockName,
      start: events('start'),
      stop: events('stop'),
      resume: events('resume'),
      cancel: events('cancel'),
      ...(clock.pause === undefined
        ? {}
        : { pause: context.expression(clock.pause, [...path, 'pause'], { roots: [], expects: 'bool' }) }),
      target: targetOf(report, clock.target, clock.by, path, rootsFor(subject, [])),
      repeat: clock.repeat === true,
    };
  });
  world.policies[name] = { name, subject, calendar, clocks };
}
