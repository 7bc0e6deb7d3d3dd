/** `GET /api/live`: server-sent events that say what has changed, so that a page asks for it anew. */
import { z } from 'zod';

/** `activity`: what steps did and how journeys ended; `events`: what came in; `deployment`: playbooks and their states. */
export const TOPICS = ['activity', 'events', 'deployment'] as const;

/**
 * The data of an event named `changed`. Its id is a place: who connects again with it as `Last-Event-ID` is told at once of
 * what has changed since, whichever process answers.
 */
export const changedTopics = z.object({ topics: z.array(z.enum(TOPICS)).min(1) });
export type ChangedTopics = z.infer<typeof changedTopics>;
