/** P2: at most n messages of a class to a person in a rolling window; the claim's transaction reserves the place. */
import type { FrequencyCap } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { type Gate, PASS } from './gate.ts';

export const frequencyCap: Gate = ({ contactId, messageClass }, facts) => {
  const cap: FrequencyCap | undefined = facts.settings.caps[messageClass];
  if (!cap) return PASS;
  // Half-open, as every window: (now - per, now].
  const reserved = facts.gates.reservedAt(contactId, messageClass, facts.now - cap.perMs);
  if (reserved.length < cap.atMost) return PASS;
  const evaluated = { at_most: cap.atMost, per_ms: cap.perMs, taken: reserved.map((at) => isoInstant(at)) };
  const ifCapped = facts.version.playbook.ifCapped ?? cap.ifCapped;
  if (ifCapped.kind === 'exit') return { pass: false, exit: 'cap', evaluated };
  if (ifCapped.kind === 'delay') {
    const freeAt = reserved[reserved.length - cap.atMost]! + cap.perMs;
    if (freeAt <= facts.beganAt + ifCapped.upToMs) return { pass: false, holdUntil: freeAt, reason: 'cap', evaluated };
  }
  return { pass: false, refused: 'cap', evaluated };
};
