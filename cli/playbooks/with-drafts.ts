/** The files of a folder with those that were written in the browser in their place (V7). */
import { createHash } from 'node:crypto';
import type { WorkspaceFile } from '../../language/compile.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { Draft, DraftFile } from '../../store/deployments/drafts.ts';
import { Failure } from '../failure.ts';

export interface WithDrafts {
  files: WorkspaceFile[];
  /** Which of the deployed drafts are taken in place of the folder's files, and which no more: a sentence each. */
  said: string[];
}

/** The draft that is looked at: it counts for more than those that are deployed. */
export interface AskedDraft {
  playbook: string;
  files: readonly DraftFile[];
}

/** What a draft begins from. */
export const baseOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A draft that is deployed is taken whole: where one of its files is no longer as it was when it began, none is. @param deployed in the order of their deployment */
export function withDrafts(
  folder: readonly WorkspaceFile[],
  deployed: readonly Draft[],
  asked?: AskedDraft,
): WithDrafts {
  const there = new Map(folder.map(({ path, text }) => [path, text]));
  const files = new Map(there);
  const said: string[] = [];
  for (const { playbook, deployed: own, deployedBy, deployedAt } of deployed) {
    if (own === null || playbook === asked?.playbook) continue;
    const differing = own.filter(({ path, text }) => there.get(path) !== text);
    if (differing.length === 0) continue;
    const names = differing.map(({ path }) => path).join(', ');
    const when = `by ${deployedBy} in the browser at ${isoInstant(deployedAt!)}`;
    if (differing.every((file) => isAsItBegan(file, there))) {
      for (const { path, text } of differing) files.set(path, text);
      said.push(
        `${playbook}: ${names} ${differing.length === 1 ? 'counts' : 'count'} as deployed ${when}, and not as in the folder`,
      );
    } else {
      said.push(
        `${playbook}: ${names} ${differing.length === 1 ? 'was' : 'were'} deployed ${when}; the folder has been changed since, and counts`,
      );
    }
  }
  for (const { path, text } of asked?.files ?? []) files.set(path, text);
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return { files: sorted.map(([path, text]) => ({ path, text })), said };
}

/** @throws Failure DRAFT_OUTDATED where the folder has become another since the draft began */
export function refuseOutdated(folder: readonly WorkspaceFile[], asked: AskedDraft): void {
  const there = new Map(folder.map(({ path, text }) => [path, text]));
  const other = asked.files.find((file) => there.get(file.path) !== file.text && !isAsItBegan(file, there));
  if (other !== undefined) throw outdated(other.path);
}

function isAsItBegan({ path, base }: DraftFile, there: ReadonlyMap<string, string>): boolean {
  const text = there.get(path);
  return (text === undefined ? null : baseOf(text)) === base;
}

function outdated(path: string): Failure {
  return new Failure(
    'DRAFT_OUTDATED',
    `${path} in the folder is no longer what the draft began from.`,
    'Look at what has changed there, take it over into the draft, and save it again.',
    { exitCode: 1 },
  );
}
