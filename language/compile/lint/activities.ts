/** What `do` names, and what it gives (S17). */
import { didYouMean } from '../../diagnostics/nearest.ts';
import { isJsonObject } from '../../json.ts';
import type { Json } from '../../model.ts';
import type { ActivitySyntax, Path } from '../../syntax.ts';
import type { FileReport } from '../report.ts';
import type { FileContext } from '../scope.ts';

export function activityNamed({ world, file }: FileContext, name: string, path: Path): ActivitySyntax | undefined {
  const { activities = [] } = world.registry;
  const found = activities.find((one) => one.name === name);
  if (found) return found;
  const known = activities.map((one) => one.name);
  const hint = known.length === 0 ? 'write one: cuebook new activity NAME' : didYouMean(name, known);
  file.at(path, { code: 'CB511', message: `there is no activity \`${name}\``, hint });
  return undefined;
}

/** Which members there are, and those that stand there as values; what a template makes is checked when it is there. */
export function checkGivenTo(
  report: FileReport,
  given: { [name: string]: Json },
  activity: ActivitySyntax,
  path: Path,
): void {
  const { name, example } = activity;
  const shape = activity.with.shape as { [key: string]: { safeParse(value: unknown): Parsed } };
  const written = `with: ${JSON.stringify(example)}`;
  for (const [key, member] of Object.entries(shape)) {
    if (given[key] !== undefined || member.safeParse(undefined).success) continue;
    report.at(path, { code: 'CB642', message: `\`${name}\` asks for \`${key}\``, hint: `write ${written}` });
  }
  for (const [key, value] of Object.entries(given)) {
    const member = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (member === undefined) {
      if (activity.with.safeParse({ ...example, [key]: value }).success) continue;
      const message = `\`${name}\` takes no \`${key}\``;
      report.key([...path, 'with', key], { code: 'CB642', message, hint: didYouMean(key, Object.keys(shape)) });
      continue;
    }
    if (hasTemplate(value)) continue;
    const issue = member.safeParse(value).error?.issues[0];
    if (!issue) continue;
    const message = `\`${key}\` of \`${name}\`: ${issue.message}`;
    report.at([...path, 'with', key], { code: 'CB642', message, hint: `as in ${written}` });
  }
}

interface Parsed {
  success: boolean;
  error?: { issues: readonly { message: string }[] } | undefined;
}

function hasTemplate(value: Json): boolean {
  if (typeof value === 'string') return value.includes('{{');
  if (Array.isArray(value)) return value.some(hasTemplate);
  return isJsonObject(value) && Object.values(value).some(hasTemplate);
}
