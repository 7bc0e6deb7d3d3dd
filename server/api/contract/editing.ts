/** Writing playbooks in the browser: drafts (V7), what the linter and the tests say of them, plan and deployment (V6). */
import { z } from 'zod';
import { instant, playbookName } from './common.ts';
import { endpoint } from './endpoint.ts';
import { diagnostic } from './playbook.ts';

const params = z.object({ playbook: playbookName });
const MAX_TEXT = 512 * 1024;
/** A draft with its templates. */
const MAX_BYTES = 2 * 1024 * 1024;

const path = z
  .string()
  .max(200)
  .regex(
    /^(?:[\w-][\w.-]*\/){0,4}[\w-][\w.-]*\.(?:ya?ml|mjml|html|txt)$/,
    'a file of the folder of playbooks: welcome.yaml',
  );
const base = z.string().max(100).nullable().describe('`base` as it was read; null where the folder has no such file.');
export const draftFile = z.strictObject({ path, text: z.string().max(MAX_TEXT), base });
export type DraftFile = z.infer<typeof draftFile>;
export const draftFiles = z.array(draftFile).min(1).max(50);
const files = draftFiles;
const revision = z.int().min(0).describe('The revision that was read; 0 where there was no draft.');

export const draft = z.object({
  playbook: z.string(),
  /** False where the server sees no folder of playbooks: there is nothing to write in. */
  isEditable: z.boolean(),
  /** As people name it. */
  folder: z.string().nullable(),
  /** 0: nothing is stored, the files are the folder's. */
  revision: z.int(),
  by: z.string().nullable(),
  changedAt: instant.nullable(),
  deployedBy: z.string().nullable(),
  deployedAt: instant.nullable(),
  /** Something of it is not deployed. */
  isPending: z.boolean(),
  /** The playbook's file first, then the templates that it names. */
  files: z.array(
    draftFile.extend({
      /** Of the folder's file: as the draft has it, as it was when the draft began, another by now, or none. */
      folder: z.enum(['same', 'older', 'moved', 'none']),
    }),
  ),
  /** From the folder to the draft, as `git apply` takes it; '' where nothing differs. */
  patch: z.string(),
});
export type Draft = z.infer<typeof draft>;

export const getDraft = endpoint({
  method: 'GET',
  path: '/api/playbooks/{playbook}/draft',
  role: 'author',
  summary: 'What is being written of a playbook: its draft, or the files of the folder.',
  params,
  answer: draft,
});

export const saveDraft = endpoint({
  method: 'POST',
  path: '/api/playbooks/{playbook}/draft',
  role: 'author',
  summary:
    'Saves a draft; refused where somebody else has saved it since, with what differs from theirs as `difference`.',
  params,
  body: z.strictObject({ revision, files }),
  answer: draft,
  audit: 'draft.saved',
  maxBytes: MAX_BYTES,
});

export const discardDraft = endpoint({
  method: 'POST',
  path: '/api/playbooks/{playbook}/draft/discard',
  role: 'author',
  summary: 'Throws away what of a draft is not deployed.',
  params,
  body: z.strictObject({ revision }),
  answer: draft,
  audit: 'draft.discarded',
});

export const lintDraft = endpoint({
  method: 'POST',
  path: '/api/playbooks/{playbook}/draft/lint',
  role: 'author',
  summary: 'What the linter says of these texts; nothing is saved.',
  params,
  body: z.strictObject({ files }),
  answer: z.object({ diagnostics: z.array(diagnostic) }),
  maxBytes: MAX_BYTES,
});

export const ranTest = z.object({
  it: z.string(),
  line: z.int(),
  passed: z.boolean(),
  notRun: z.boolean().default(false),
  /** What came in place of what was expected, with the nearest reason. */
  faults: z.array(z.string()),
  /** Of one that failed: what came in, and what came of it. */
  timeline: z.array(z.string()).default([]),
  tookMs: z.number(),
});
export type RanTest = z.infer<typeof ranTest>;

export const testDraft = endpoint({
  method: 'POST',
  path: '/api/playbooks/{playbook}/draft/test',
  role: 'author',
  summary: 'Runs the tests of these texts; nothing is saved.',
  params,
  body: z.strictObject({ files, only: z.string().max(500).optional() }),
  answer: z.object({ tests: z.array(ranTest), diagnostics: z.array(diagnostic) }),
  maxBytes: MAX_BYTES,
});

const counted = z.object({ count: z.int(), examples: z.array(z.string()) });
const effects = z.record(z.string(), z.int());

export const plan = z.object({
  /** Hashes of what is deployed, and of what would be. */
  from: z.string(),
  to: z.string(),
  enrolExisting: z.boolean(),
  playbooks: z.array(
    z.object({
      playbook: z.string(),
      change: z.enum(['added', 'changed', 'retriggered', 'gone', 'unchanged']),
      /** A fault in its file: the version deployed last goes on. */
      kept: z.boolean(),
      differences: z.array(z.string()),
    }),
  ),
  surroundings: z.array(z.string()),
  watches: z.object({
    begin: z.array(z.object({ playbook: z.string(), kind: z.string(), what: z.string() })),
    end: z.array(z.object({ playbook: z.string(), kind: z.string(), what: z.string(), open: z.int() })),
  }),
  /** They keep the version that they began with (N5). */
  underWay: z.array(
    z.object({
      playbook: z.string(),
      versionHash: z.string(),
      step: z.string().nullable(),
      waits: z.boolean(),
      enrolments: z.int(),
    }),
  ),
  /** By the events of the last days; absent where nothing changes. */
  reach: z
    .object({
      days: z.int(),
      playbooks: z.array(
        z.object({
          playbook: z.string(),
          both: z.int(),
          noMore: counted,
          newly: counted,
          effects: z.object({ before: effects, after: effects }),
        }),
      ),
    })
    .optional(),
  stopped: z.array(z.object({ playbook: z.string(), status: z.string() })),
  faults: z.array(z.string()),
  warnings: z.array(z.string()),
});
export type Plan = z.infer<typeof plan>;

const enrolExisting = z
  .boolean()
  .default(false)
  .describe('New triggers fire once for each subject for which they hold now.');

export const planDraft = endpoint({
  method: 'POST',
  path: '/api/playbooks/{playbook}/draft/plan',
  role: 'author',
  summary: 'What deploying the saved draft would change, and for whom; changes nothing.',
  params,
  body: z.strictObject({ revision, enrolExisting, days: z.int().min(0).max(366).default(30) }),
  answer: plan,
});

const hash = z.string().regex(/^[0-9a-f]{64}$/);
export const deployDraft = endpoint({
  method: 'POST',
  path: '/api/playbooks/{playbook}/draft/deploy',
  role: 'author',
  summary: 'Deploys what a plan of the draft says, or nothing where it no longer holds.',
  params,
  body: z.strictObject({ revision, enrolExisting, from: hash, to: hash }),
  answer: draft,
  audit: 'draft.deployed',
});

export const listDrafts = endpoint({
  method: 'GET',
  path: '/api/drafts',
  role: 'author',
  summary: 'Drafts of which something is not deployed.',
  answer: z.object({
    items: z.array(z.object({ playbook: z.string(), revision: z.int(), by: z.string(), changedAt: instant })),
  }),
});

export const listShipped = endpoint({
  method: 'GET',
  path: '/api/shipped-playbooks',
  role: 'author',
  summary: 'The playbooks that ship with Cuebook, to begin a new one from.',
  answer: z.object({ items: z.array(z.object({ name: z.string(), description: z.string() })) }),
});

export const beginDraft = endpoint({
  method: 'POST',
  path: '/api/drafts',
  role: 'author',
  summary: 'Begins a new playbook from one that ships: a draft, with what it leans on.',
  body: z.strictObject({
    playbook: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,99}$/, 'small letters, digits and dashes: cart-abandoned-vip'),
    from: playbookName,
  }),
  answer: draft,
  audit: 'draft.begun',
});

export const getPlaybookSchema = endpoint({
  method: 'GET',
  path: '/api/playbook-schema',
  role: 'author',
  summary: 'The JSON Schema of a playbook, with the names that the folder has.',
  answer: z.object({ schema: z.record(z.string(), z.unknown()) }),
});
