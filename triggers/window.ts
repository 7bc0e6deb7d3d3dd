/** How far back or ahead a condition looks. */
import type { CompiledArm, Span } from '../language/model.ts';

const HOUR_MS = 3_600_000;
/** A business day ends at the latest within a long weekend of closed days and a day. */
const BUSINESS_DAY_MS = 5 * 24 * HOUR_MS;

/** The longest window of an arm in milliseconds; 0 where it has none. Business time is bounded from above. */
export function longestWindowMs(arm: CompiledArm): number {
  const spans = Object.values(arm.windows).flatMap((window) =>
    window.kind === 'table'
      ? [...window.rows.map((row) => row.span), ...(window.default ? [window.default] : [])]
      : [window],
  );
  return Math.max(0, ...spans.map(lengthMs));
}

function lengthMs(span: Span): number {
  if (span.kind === 'exact') return span.ms;
  if (span.kind === 'business-hours') return span.hours * HOUR_MS + BUSINESS_DAY_MS;
  return span.days * BUSINESS_DAY_MS;
}
