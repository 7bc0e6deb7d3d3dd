/** Shapes that several conditions share, and their words. */
import { z } from 'zod';
import type { CompiledArm, EventPattern, Instant } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import type { Snapshot } from '../condition.ts';

const name = z.string().min(1).max(200);
/** A number or boolean is CEL as well once it is text; YAML reads `true` as a boolean. */
export const whereShape = z.union([z.string(), z.boolean()]);
const pattern = z.strictObject({ event: name, where: whereShape.optional(), key: z.string().optional() });

/** `name`, or a list of names and patterns (Y4). */
export const eventShape = z.union([
  name,
  z
    .array(z.union([name, pattern]))
    .min(1)
    .max(50),
]);
/** The same, and one pattern by itself. */
export const patternShape = z.union([eventShape, pattern]);
/** A length of time, or a table of them. */
export const spanShape = z.union([z.string(), z.record(z.string(), z.string())]);

/** The events of a trigger that has `event` and `where` among its own keys. */
export function ownEvents(
  { event, where }: { event: z.infer<typeof eventShape>; where?: z.infer<typeof whereShape> | undefined },
  path: Path,
  context: CompileContext,
): EventPattern[] {
  return context.events({ event, ...(where !== undefined && { where }) }, path);
}

export function describeEvents(patterns: readonly EventPattern[] | undefined): string {
  return (patterns ?? []).map((p) => (p.where ? `${p.event} where ${p.where.cel}` : p.event)).join(' or ');
}

/** What opened a watch, and when. */
export function openedBy({ name, at }: Snapshot, told: (at: Instant) => string): string {
  return `${name} of ${told(at)} opened it`;
}

export function describeWindow(arm: CompiledArm, window: string): string {
  const span = arm.windows[window];
  if (!span) return '';
  switch (span.kind) {
    case 'exact':
      return words(span.ms);
    case 'business-hours':
      return `${span.hours} business hours`;
    case 'business-days':
      return `${span.days} business days`;
    case 'table':
      return `a time that ${span.by.cel} decides`;
  }
}

function words(ms: number): string {
  const units: [number, string][] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1000, 's'],
  ];
  for (const [unitMs, unit] of units) if (ms % unitMs === 0) return `${ms / unitMs} ${unit}`;
  return `${ms} ms`;
}
