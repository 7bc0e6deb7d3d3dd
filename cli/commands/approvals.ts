import type { Command } from 'commander';
import { registerAsked } from '../operate/asked-command.ts';

/** `cuebook approvals`: what colleagues are asked to approve, and their answers (S12). */
export function register(program: Command): void {
  registerAsked(program, {
    name: 'approvals',
    kind: 'approval',
    description: 'Shows what colleagues are asked to approve, and gives or refuses the approval.',
    states: ['open', 'given', 'refused', 'none'],
    answers: [
      ['give', 'given', 'Gives an approval.'],
      ['refuse', 'refused', 'Refuses an approval.'],
    ],
  });
}
