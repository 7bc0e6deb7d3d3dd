/** P5: a message is of use for so long after its step began, whatever has held it since. */
import { isoInstant } from '../../language/time/instants.ts';
import { type Gate, PASS } from './gate.ts';

export const usefulness: Gate = ({ usefulForMs }, facts) => {
  if (usefulForMs === undefined || facts.at <= facts.beganAt + usefulForMs) return PASS;
  const evaluated = { began: isoInstant(facts.beganAt), useful_for_ms: usefulForMs };
  return { pass: false, refused: 'not_useful', evaluated };
};
