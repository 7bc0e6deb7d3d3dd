/** Drafts of playbooks (V7): read, saved, thrown away, begun from one that ships. */
import { didYouMean } from '../../../language/diagnostics/nearest.ts';
import { unifiedDiff } from '../../../language/diagnostics/unified-diff.ts';
import {
  discardDraft as discard,
  listDrafts as list,
  readDeployedDrafts,
  readDraft,
  type Draft as Stored,
  type DraftFile as StoredFile,
  saveDraft as save,
} from '../../../store/deployments/drafts.ts';
import type { Database } from '../../../store/postgres/database.ts';
import type { Caller } from '../../access/access.ts';
import { Problem } from '../../problems.ts';
import {
  beginDraft,
  type Draft,
  discardDraft,
  getDraft,
  listDrafts,
  listShipped,
  saveDraft,
} from '../contract/editing.ts';
import { iso, isoOrNull } from '../cursor.ts';
import { type Handled, on, TOKEN_NAME } from '../handled.ts';
import { whileThere } from './refusals.ts';
import type { AskedFile, Studio, StudioFile } from './studio.ts';

export interface EditingOptions {
  database: Database;
  /** Left out where the server sees no folder. */
  studio?: Studio | undefined;
}

const NO_FOLDER = 'This server sees no folder of playbooks: CUEBOOK_PLAYBOOKS names it.';

/** @throws Problem where there is no folder to write for */
export function studioOf({ studio }: EditingOptions): Studio {
  if (studio === undefined) throw new Problem('conflict', NO_FOLDER);
  return studio;
}

export const byOf = ({ user }: Caller) => ({ byUser: user?.id ?? null, byName: user?.name ?? TOKEN_NAME });

export function draftRoutes(options: EditingOptions): Handled[] {
  const { database, studio } = options;
  return [
    on(getDraft, ({ params: { playbook } }) => draftOf(options, playbook)),
    on(saveDraft, async ({ params: { playbook }, body: { revision, files }, caller }) => {
      const folder = await studioOf(options).readFiles();
      refuseUnfit(playbook, files);
      await refuseMoved(options, { folder, playbook, files });
      const there = new Map(folder.map(({ path, text }) => [path, text]));
      // What is as the folder has it is no part of it: it would keep to what the folder had today.
      const own = files.filter(({ path, text }) => isFileOf(playbook, path) || there.get(path) !== text);
      const saved = await save(database, { playbook, revision, ...byOf(caller) }, own);
      if (saved === undefined) throw await overtaken(database, playbook, files);
      return shown(studioOf(options), folder, saved);
    }),
    on(discardDraft, async ({ params: { playbook }, body: { revision }, caller }) => {
      if (!(await discard(database, { playbook, revision, ...byOf(caller) })))
        throw await overtaken(database, playbook, []);
      return draftOf(options, playbook);
    }),
    on(listDrafts, async () => ({
      items: (await list(database.pool)).map(({ playbook, revision, byName, changedAt }) => {
        return { playbook, revision, by: byName, changedAt: iso(changedAt) };
      }),
    })),
    on(listShipped, async () => ({ items: (await studio?.shipped()) ?? [] })),
    on(
      beginDraft,
      async ({ body: { playbook, from }, caller, request }) => {
        const own = studioOf(options);
        const folder = await own.readFiles();
        const known = await own.shipped();
        if (!known.some(({ name }) => name === from)) {
          const hint = didYouMean(
            from,
            known.map(({ name }) => name),
          );
          throw new Problem('invalid_body', `No playbook ${from} ships with Cuebook. ${hint}`, { pointer: '/from' });
        }
        const isThere = folder.some(({ path }) => path === `${playbook}.yaml` || path === `${playbook}.yml`);
        if (isThere || (await readDraft(database.pool, playbook)))
          throw new Problem('conflict', `There is a playbook ${playbook} already.`, { pointer: '/playbook' });
        const files = await whileThere(request, (signal) => own.adopt({ name: playbook, from }, signal));
        const drafted = files.map((file) => ({ ...file, base: null }));
        const saved = await save(database, { playbook, revision: 0, ...byOf(caller) }, drafted);
        if (saved === undefined) throw await overtaken(database, playbook, []);
        return shown(own, folder, saved);
      },
      ({ body: { playbook } }) => playbook,
    ),
  ];
}

/** What is being written of a playbook. @throws Problem where there is none of that name */
export async function draftOf(options: EditingOptions, playbook: string): Promise<Draft> {
  const { database, studio } = options;
  const stored = await readDraft(database.pool, playbook);
  const folder = (await studio?.readFiles()) ?? [];
  if (stored) return shown(studio, folder, stored);
  const files = await asDeployed(database, folder);
  const file = files.find(({ path }) => path === `${playbook}.yaml` || path === `${playbook}.yml`);
  if (studio === undefined) return { ...NOTHING, playbook };
  if (file === undefined) {
    const names = files.flatMap(({ path }) => /^([^/]+)\.ya?ml$/.exec(path)?.[1] ?? []);
    throw new Problem('not_found', `No playbook is called so in the folder. ${didYouMean(playbook, names)}`);
  }
  const inFolder = new Map(folder.map(({ path, text }) => [path, text]));
  const own = [file, ...templatesOf(file.text, files)].map(({ path, text }): StoredFile => {
    const there = inFolder.get(path);
    return { path, text, base: there === undefined ? null : studio.baseOf(there) };
  });
  return { ...NOTHING, playbook, isEditable: true, folder: studio.folder, ...compared(studio, folder, own) };
}

const NOTHING: Omit<Draft, 'playbook'> = {
  isEditable: false,
  folder: null,
  revision: 0,
  by: null,
  changedAt: null,
  deployedBy: null,
  deployedAt: null,
  isPending: false,
  files: [],
  patch: '',
};

function shown(studio: Studio | undefined, folder: readonly StudioFile[], stored: Stored): Draft {
  const { playbook, revision, byName, changedAt, deployed, deployedBy, deployedAt } = stored;
  const files = rebased(studio, folder, stored);
  // Templates that it names and leaves as they are.
  const more = studio
    ? templatesOf(files.map(({ text }) => text).join('\n'), folder)
        .filter(({ path }) => !files.some((file) => file.path === path))
        .map(({ path, text }) => ({ path, text, base: studio.baseOf(text) }))
    : [];
  return {
    ...{ playbook, revision, by: byName, changedAt: iso(changedAt), deployedBy, deployedAt: isoOrNull(deployedAt) },
    isEditable: studio !== undefined,
    folder: studio?.folder ?? null,
    isPending: JSON.stringify(deployed) !== JSON.stringify(stored.files),
    ...compared(studio, folder, [...files, ...more]),
  };
}

/** Once the folder has what the draft says, or what was deployed of it, that is what it goes on from. */
export function rebased(
  studio: Pick<Studio, 'baseOf'> | undefined,
  folder: readonly StudioFile[],
  { files, deployed }: Pick<Stored, 'files' | 'deployed'>,
): StoredFile[] {
  const there = new Map(folder.map(({ path, text }) => [path, text]));
  return files.map((file) => {
    const now = there.get(file.path);
    const isOwn = now === file.text || deployed?.some(({ path, text }) => path === file.path && text === now);
    return studio && now !== undefined && isOwn ? { ...file, base: studio.baseOf(now) } : file;
  });
}

function compared(studio: Studio | undefined, folder: readonly StudioFile[], files: readonly StoredFile[]) {
  const there = new Map(folder.map(({ path, text }) => [path, text]));
  const stateOf = ({ path, text, base }: StoredFile) => {
    const now = there.get(path);
    if (now === text) return 'same' as const;
    if (now === undefined) return base === null ? ('none' as const) : ('moved' as const);
    return studio?.baseOf(now) === base ? ('older' as const) : ('moved' as const);
  };
  const prefix = studio ? `${studio.folder}/` : '';
  const changes = files.map(({ path, text }) => ({
    path: prefix + path,
    before: there.get(path) ?? null,
    after: text,
  }));
  return { files: files.map((file) => ({ ...file, folder: stateOf(file) })), patch: unifiedDiff(changes) };
}

/** What is deployed of drafts stands in place of the folder's files (V7): whoever begins to write goes on from there. */
async function asDeployed({ pool }: Database, folder: readonly StudioFile[]): Promise<StudioFile[]> {
  const files = new Map(folder.map(({ path, text }) => [path, text]));
  for (const { deployed } of await readDeployedDrafts(pool))
    for (const { path, text } of deployed ?? []) files.set(path, text);
  return [...files].map(([path, text]) => ({ path, text }));
}

function templatesOf(text: string, files: readonly StudioFile[]): StudioFile[] {
  const named = new Set([...text.matchAll(/\btemplate:\s*["']?([\w-]+)/g)].map(([, name]) => name));
  return files.filter(({ path }) => named.has(/^templates\/(?:.*\/)?([\w-]+)\.\w+$/.exec(path)?.[1]));
}

const isFileOf = (playbook: string, path: string) => path === `${playbook}.yaml` || path === `${playbook}.yml`;

/** A draft is of one playbook: its file is among those, and no other playbook's. */
function refuseUnfit(playbook: string, files: readonly AskedFile[]): void {
  const names = files.map(({ path }) => path);
  const own = names.some((path) => isFileOf(playbook, path));
  const twice = names.find((path, n) => names.indexOf(path) !== n);
  if (twice !== undefined) throw new Problem('invalid_body', `${twice} came twice.`, { pointer: '/files' });
  if (!own) throw new Problem('invalid_body', `${playbook}.yaml is not among the files.`, { pointer: '/files' });
}

/** Who has not seen what the folder has by now does not write over it. */
async function refuseMoved(
  options: EditingOptions,
  { folder, playbook, files }: { folder: readonly StudioFile[]; playbook: string; files: readonly AskedFile[] },
): Promise<void> {
  const studio = studioOf(options);
  const known = await readDraft(options.database.pool, playbook);
  const there = new Map(folder.map(({ path, text }) => [path, text]));
  for (const { path, text, base } of files) {
    const now = there.get(path);
    if (now === text || base === (now === undefined ? null : studio.baseOf(now))) continue;
    // What has moved since the draft began is said, and does not keep anybody from saving it.
    if (known?.files.some((file) => file.path === path && file.base === base)) continue;
    const difference = unifiedDiff([{ path, before: now ?? null, after: text }]);
    const detail = `${path} has been changed in the folder since it was read.`;
    throw new Problem('conflict', detail, { pointer: '/files', more: { difference, revision: known?.revision ?? 0 } });
  }
}

/** Somebody else was quicker: what differs from theirs, so that whoever saves sees it. */
async function overtaken({ pool }: Database, playbook: string, files: readonly AskedFile[]): Promise<Problem> {
  const theirs = await readDraft(pool, playbook);
  if (theirs === undefined) return new Problem('conflict', 'The draft is gone, or there are too many: read it again.');
  const changes = files.map(({ path, text }) => {
    return { path, before: theirs.files.find((file) => file.path === path)?.text ?? null, after: text };
  });
  const detail = `${theirs.byName} has saved it since you read it. Nothing of yours is lost: look at what differs, then save again.`;
  const more = { difference: unifiedDiff(changes), revision: theirs.revision, by: theirs.byName };
  return new Problem('conflict', detail, { more });
}
