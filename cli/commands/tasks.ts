import type { Command } from 'commander';
import { registerAsked } from '../operate/asked-command.ts';

/** `cuebook tasks`: what colleagues are to do, and what they say of it (S6). */
export function register(program: Command): void {
  registerAsked(program, {
    name: 'tasks',
    kind: 'task',
    description: 'Shows the tasks of colleagues, and says that they are accepted, done or open again.',
    states: ['open', 'accepted', 'done', 'withdrawn'],
    answers: [
      ['accept', 'accepted', 'Says that somebody has taken a task.'],
      ['done', 'done', 'Says that a task is done.'],
      ['reopen', 'reopened', 'Says that a task is open again.'],
    ],
  });
}
