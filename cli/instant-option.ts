import { InvalidArgumentError } from 'commander';
import type { Instant } from '../language/model.ts';
import { parseInstant } from '../language/time/instants.ts';

/** Reads an option that is an instant. Commander says its error beside the option's name. */
export function instantOption(text: string): Instant {
  const at = parseInstant(text);
  if (at !== undefined) return at;
  throw new InvalidArgumentError(
    'Allowed is an instant with a zone, as 2026-03-02T10:00:00Z or 2026-03-02T11:00:00+01:00.',
  );
}
