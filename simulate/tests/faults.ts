/** What is wrong with a test's lines, for people: a diff, and below a missing line why it did not come. */
import type { Instant } from '../../language/model.ts';
import { reasonOf } from '../../language/records/reasons.ts';
import { describeDuration } from '../../language/time/duration.ts';
import { localTime } from '../../language/time/local-time.ts';
import type { CameLine, Pair } from './diff.ts';
import { cameText, wantedText } from './shown.ts';
import { type Asked, whyNot } from './why.ts';

/** One text each, of several lines. A reason is told once, however many lines are missing for it. */
export function faultsOf(pairs: readonly Pair[], asked: Asked): string[] {
  const told = new Set<string>();
  return pairs.flatMap(({ wanted, came, differs }) => {
    if (wanted && came) return differs.length === 0 ? [] : [differing({ wanted, came, differs }, asked)];
    if (came) return [`came, and no line expects it:\n  ${cameText(came)}${localOf(came.at, asked)}`];
    const missing = `line ${wanted!.line}: did not come:\n  ${wantedText(wanted!)}`;
    const at = wanted!.at === undefined ? '' : localOf(wanted!.at, asked);
    const reasons = whyNot(wanted!, asked);
    const known = told.has(reasons.join('\n'));
    told.add(reasons.join('\n'));
    return [[`${missing}${at}`, ...(known ? ['for the same reason'] : reasons)].join('\n  ')];
  });
}

function differing({ wanted, came, differs }: Required<Pair>, asked: Asked): string {
  const lines = [
    `line ${wanted.line}: came otherwise, in ${differs.join(', ')}`,
    `  expected ${wantedText(wanted)}${wanted.at === undefined ? '' : localOf(wanted.at, asked)}`,
    `  came     ${cameText(came)}${localOf(came.at, asked)}`,
  ];
  if (differs.includes('at')) lines.push(...away(came, wanted.at!, asked).map((line) => `  ${line}`));
  if (differs.includes('refused') && came.refused !== null)
    lines.push(...whyNot(wanted, asked).map((line) => `  ${line}`));
  return lines.join('\n');
}

/** By how much, and what held it until then. */
function away(came: CameLine, wantedAt: Instant, { trace, shown }: Asked): string[] {
  const by = describeDuration(Math.abs(came.at - wantedAt));
  const held = trace.traced.flatMap((one) => {
    const { told, answer, at } = one.what === 'decided' ? one.decided : {};
    if (told?.kind !== 'gate' || answer?.go !== 'sleep' || answer.until !== came.at) return [];
    const reason = (told.looked as { held?: string }).held;
    return reason === undefined ? [] : [`held ${shown.at(at!)}: ${reasonOf(reason)}`];
  });
  return [`${by} ${came.at > wantedAt ? 'later' : 'earlier'} than expected`, ...held.slice(-1)];
}

/** As a comment behind what can be pasted. */
function localOf(at: Instant, { shown: { zone } }: Asked): string {
  return zone === 'UTC' ? '' : `  # ${localTime(at, zone)}`;
}
