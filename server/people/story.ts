/** What was decided and done, in sentences (V5): the same for `explain` and for the web app. */
import type { CompiledTrigger, Instant } from '../../language/model.ts';
import { reasonWithWords } from '../../language/records/reasons.ts';
import { withLocalTime } from '../../language/time/local-time.ts';
import { decisionWords } from '../../steps/words/decision-words.ts';
import type { Activity } from '../../store/reports/activity-feed.ts';
import type { ExplainedDecision } from '../../store/reports/explanations.ts';
import { conditionOf } from '../../triggers/conditions.ts';
import { type FeedTeller, sentenceOf } from '../sentences.ts';

export interface Told {
  at: Instant;
  text: string;
}

export interface StoryOf {
  decisions: readonly ExplainedDecision[];
  effects: readonly Activity[];
  /** The firing was refused: an entry's verdict is the reason alone. */
  isRefused?: boolean;
  /** What the step at a path is called; default: its path. */
  called?: ((path: string) => string | undefined) | undefined;
}

/** What was decided and done, in its order; what was tried again and came to the same is told once. */
export function storyOf(
  { decisions, effects, isRefused = false, called = () => undefined }: StoryOf,
  teller: FeedTeller,
): Told[] {
  const told = [
    ...decisions.flatMap((decision) =>
      decisionOf(isRefused ? refusalOf(decision) : decision, effects, { ...teller, called }),
    ),
    ...effects.flatMap((effect) => effectOf(effect, decisions, teller)),
  ].sort((a, b) => a.at - b.at);
  const story: Told[] = [];
  for (let i = 0; i < told.length; ) {
    const { at, text } = told[i]!;
    let times = 1;
    while (told[i + times]?.text === text) times += 1;
    story.push({ at, text: times === 1 ? text : `${text} (${times} times)` });
    i += times;
  }
  return story;
}

/** A trigger in words. @param only one arm of it */
export function describe({ arms }: CompiledTrigger, only?: number): string {
  const told = only === undefined ? arms : arms.slice(only, only + 1);
  return told.map((arm) => conditionOf(arm.kind).describe(arm)).join(', or ');
}

/** What an effect or an ending came to is told by itself, and then not by its decision. */
export function decisionOf(
  { at, path, kind, verdict, looked }: ExplainedDecision,
  effects: readonly Activity[],
  { zone, called }: Pick<FeedTeller, 'zone'> & Required<Pick<StoryOf, 'called'>>,
): Told[] {
  // What an effect or an ending came to is told by itself.
  if (kind === 'end' && path === 'finish') return [];
  if (kind === 'effect' && verdict === 'next' && effects.some((effect) => effect.path === path)) return [];
  const words = decisionWords(verdict, looked, (instant) => withLocalTime(instant, zone));
  // What was beyond a limit is nothing that was decided at an entry.
  const title = path === null || path === '' ? undefined : called?.(path);
  // People know a step by what it is called; programs and files by its path.
  const step = title === undefined ? `${path ?? ''} ${kind}`.trim() : title;
  const where = verdict.endsWith('_bound') ? '' : `${step}: `;
  return [{ at, text: `${where}${words}` }];
}

/** At entry the verdict is the reason alone. */
function refusalOf(decision: ExplainedDecision): ExplainedDecision {
  return decision.kind === 'entry' ? { ...decision, verdict: `refused: ${decision.verdict}` } : decision;
}

function effectOf(effect: Activity, decisions: readonly ExplainedDecision[], teller: FeedTeller): Told[] {
  // The decision says by what, with the values.
  const isTold =
    ['refused', 'held'].includes(effect.status) &&
    decisions.some(({ path, kind }) => path === effect.path && kind === 'gate');
  if (isTold) return [];
  if (effect.wait) {
    const { tries, since, nextAt } = effect.wait;
    const { text } = sentenceOf({ ...effect, status: 'done' }, teller);
    const shown = (instant: Instant) => withLocalTime(instant, teller.zone);
    const why = effect.reason === null ? '' : `: ${reasonWithWords(effect.reason)}`;
    const tried = `tried ${tries === 1 ? 'once' : `${tries} times`} since ${shown(since)}, next try ${shown(nextAt)}`;
    return [{ at: effect.at, text: `${text} (waits${why}; ${tried})` }];
  }
  if (effect.status === 'claimed') {
    const { text } = sentenceOf({ ...effect, status: 'done' }, teller);
    return [{ at: effect.at, text: `${text} (on its way)` }];
  }
  return [{ at: effect.at, text: sentenceOf(effect, teller).text }];
}
