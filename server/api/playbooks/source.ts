/** `GET /api/playbooks/NAME/source`: the file as it is in the folder now. */
import type { Diagnostic } from '../../../language/diagnostics/diagnostics.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { type Cached, cached } from '../../cached.ts';
import { getSource, type Source } from '../contract/playbook.ts';
import { type Handled, on } from '../handled.ts';
import type { ReadSummaries } from './list.ts';

/** What the server sees of the folder of playbooks. */
export interface FolderSources {
  /** The text of each file, as people name it: `playbooks/welcome.yaml`. */
  sources: ReadonlyMap<string, string>;
  /** The file of each playbook that compiles. */
  files: ReadonlyMap<string, string>;
  /** The hash to which each playbook compiles. */
  hashes: ReadonlyMap<string, string>;
  diagnostics: readonly Diagnostic[];
}

/** @throws where there is no folder of playbooks */
export type ReadSource = (database: Database) => Promise<FolderSources>;

/** A folder is compiled whole: for all who ask at once in ten seconds. */
const KEPT_MS = 10_000;

export type ReadFolder = Cached<FolderSources>;

/** @param readSource undefined where the server sees no folder */
export function folderOf(database: Database, readSource: ReadSource | undefined): ReadFolder | undefined {
  return readSource && cached(KEPT_MS, () => readSource(database));
}

export interface SourceOptions {
  read: ReadSummaries;
  folder: ReadFolder | undefined;
}

export function sourceRoutes({ read, folder }: SourceOptions): Handled[] {
  return [
    on(getSource, async ({ params: { playbook } }): Promise<Source> => {
      const summary = (await read()).find((one) => one.playbook === playbook);
      const found = await folder?.().catch(() => undefined);
      // A file that does not compile has the name of its playbook all the same.
      const named = [...(found?.sources.keys() ?? [])].find((path) => path.split('/').at(-1) === `${playbook}.yaml`);
      const file = found?.files.get(playbook) ?? named ?? null;
      if (found === undefined || file === null) return { file, yaml: null, isDeployed: null, diagnostics: [] };
      const hash = found.hashes.get(playbook);
      return {
        file,
        yaml: found.sources.get(file) ?? null,
        isDeployed: summary === undefined || hash === undefined ? false : summary.version.hash === hash,
        diagnostics: found.diagnostics.filter((one) => one.file === file).flatMap(shown),
      };
    }),
  ];
}

function shown({ code, severity, message, hint, file, line, column }: Diagnostic): Source['diagnostics'] {
  return severity === 'information' ? [] : [{ code, severity, message, hint: hint ?? null, file, line, column }];
}
