/** What the server has done beside itself: compiling, testing and replaying would hold up everybody else's requests. */
import type { DeployingDraft, DraftFile } from '../../../store/deployments/drafts.ts';
import type { Database } from '../../../store/postgres/database.ts';
import type { PlannedHashes } from '../deploy-folder.ts';

export interface Ground {
  /** Of playbooks. */
  folder: string;
  databaseUrl: string;
}

export interface Working {
  folder: string;
  database: Database;
}

interface OfDraft {
  playbook: string;
  files: DraftFile[];
}

export type Job =
  | { kind: 'schema' }
  | { kind: 'adopt'; name: string; from: string }
  | ({ kind: 'lint' } & OfDraft)
  | ({ kind: 'test'; only?: string | undefined } & OfDraft)
  | ({ kind: 'backtest'; days: number } & OfDraft)
  | ({ kind: 'plan'; days: number; enrolExisting: boolean } & OfDraft)
  | ({
      kind: 'deploy';
      planned: PlannedHashes;
      enrolExisting: boolean;
      draft: Omit<DeployingDraft, 'files'>;
    } & OfDraft);

/** What the process says of its job; the last is how it ended. */
export type Told =
  | { said: unknown }
  | { result: unknown }
  | { failure: { code: string; message: string; hint: string; isOwn: boolean } };
