import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import {
  type Environment,
  EnvironmentSchema,
  notesOf,
  VARIABLE_NAMES,
  type VariableName,
} from './environment-schema.ts';
import { Failure } from './failure.ts';

export type { Environment } from './environment-schema.ts';

const SHOWN_CHARACTERS = 60;

/** A variable that needs another one. */
const NEEDS: [VariableName, VariableName][] = [
  ['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_KEY_PATH'],
  ['TEMPORAL_TLS_CLIENT_KEY_PATH', 'TEMPORAL_TLS_CLIENT_CERT_PATH'],
  ['TEMPORAL_API_KEY', 'TEMPORAL_ADDRESS'],
  ['TEMPORAL_TLS_SERVER_CA_CERT_PATH', 'TEMPORAL_ADDRESS'],
];

export interface EnvironmentSource {
  /** Default: `process.env`. */
  variables?: NodeJS.ProcessEnv;
  /** The folder whose `.env` is read when there is one. Default: the current folder. */
  folder?: string;
}

/**
 * Reads every variable that Cuebook knows. The environment wins over `.env`; an empty value is unset.
 *
 * @throws Failure that lists all that is wrong, each with where it came from, what came, and what is allowed.
 */
export function readEnvironment(source: EnvironmentSource = {}): Environment {
  const fromProcess = source.variables ?? process.env;
  const file = join(source.folder ?? process.cwd(), '.env');
  const fromFile = readEnvFile(file);
  const present: Partial<Record<VariableName, { value: string; where: string }>> = {};
  for (const name of VARIABLE_NAMES) {
    if (fromProcess[name]) present[name] = { value: fromProcess[name], where: 'the environment' };
    else if (fromFile[name]) present[name] = { value: fromFile[name], where: file };
  }
  const values = Object.fromEntries(Object.entries(present).map(([name, { value }]) => [name, value]));
  const parsed = EnvironmentSchema.safeParse(values);
  const faults: string[] = [];
  for (const name of new Set(parsed.error?.issues.map((issue) => issue.path[0] as VariableName))) {
    const { value, where } = present[name]!;
    faults.push(`${name} (from ${where}): came ${shown(name, value)}; allowed: ${notesOf(name).allowed}.`);
  }
  for (const [name, needed] of NEEDS) {
    if (present[name] === undefined || present[needed] !== undefined) continue;
    faults.push(`${name} (from ${present[name].where}): came without ${needed}; set both, or neither.`);
  }
  if (parsed.success && faults.length === 0) return parsed.data;
  throw new Failure(
    'ENVIRONMENT',
    `The environment has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    'Set these right or remove them: what is not set is embedded or has a default. docs/reference/environment.md lists all.',
  );
}

/** All variables as a table in Markdown, for the reference. */
export function environmentReference(): string {
  const rows = VARIABLE_NAMES.map((name) => {
    const { description, allowed, unset, example } = notesOf(name);
    return `| \`${name}\` | ${description} | ${allowed} | ${unset} | \`${example}\` |`;
  });
  return ['| variable | what it is | allowed | when unset | example |', '|---|---|---|---|---|', ...rows, ''].join(
    '\n',
  );
}

function readEnvFile(path: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(path, 'utf8')) as NodeJS.Dict<string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

function shown(name: VariableName, value: string): string {
  if (notesOf(name).secret) return `${value.length} characters (not shown)`;
  return JSON.stringify(value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value);
}
