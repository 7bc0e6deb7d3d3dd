/** The gates in the order of section 5; goal and exit come before them, and a ghost's effect is withheld after them. */
import { consent } from './consent.ts';
import { frequencyCap } from './frequency-cap.ts';
import { type Candidate, type Gate, type GateDecision, type GateView, PASS } from './gate.ts';
import { quietHours } from './quiet-hours.ts';
import { sendWindow } from './send-window.ts';
import { suppression } from './suppression.ts';
import { usefulness } from './usefulness.ts';

const GATES: readonly Gate[] = [suppression, consent, quietHours, sendWindow, frequencyCap];

export function passGates(candidate: Candidate, view: GateView): GateDecision {
  const useful = usefulness(candidate, view);
  if (!useful.pass) return useful;
  if (candidate.messageClass === 'internal') return PASS; // nothing else but exit and goal holds it back (P3)
  for (const gate of GATES) {
    const decision = gate(candidate, view);
    if (!decision.pass) return decision;
  }
  return PASS;
}
