/** From a stored input to the one that a journey takes. */
import type { InputRow } from '../store/journeys/journey-inputs.ts';
import type { Input } from '../workflows/journey/types.ts';

/** `task`: a colleague's answer, which the step reads in the store when it looks. */
const KINDS: { [kind: string]: Input['kind'] } = {
  goal: 'goal',
  exit: 'exit',
  undone: 'undone',
  merged: 'merged',
  parent: 'parent',
  match: 'match',
  look: 'look',
  task: 'look',
};

/** @throws Error for a row of a kind that this worker does not know; a newer one may. */
export function inputOf({ enrolmentId, n, kind: stored, path, iteration, arm, at, event }: InputRow): Input {
  const kind = KINDS[stored];
  if (kind === undefined) {
    const known = Object.keys(KINDS).join(', ');
    throw new Error(`Input ${n} of enrolment ${enrolmentId} is of kind "${stored}"; this worker knows ${known}.`);
  }
  return { n, kind, at, path, iteration, arm, ...(event !== null && { event }) };
}
