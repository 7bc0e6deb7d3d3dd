/**
 * Prisma's schema engine in WebAssembly, for development: without the native engine, which would have to be downloaded.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
} from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';
import * as engineGlue from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';
import { type Migration, prismaFolder, readMigrations } from '../../store/migrate/migrations.ts';

/** The one call that is used; Node's types leave WebAssembly to the browser's library. */
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

type EngineModule = typeof import('@prisma/schema-engine-wasm') & { __wbg_set_wasm(exports: unknown): void };

// Where the engine leaves the message of a panic, right before it ends in a bare "unreachable".
(globalThis as { PRISMA_WASM_PANIC_REGISTRY?: object }).PRISMA_WASM_PANIC_REGISTRY ??= {
  set_message(message: string) {
    throw new Error(`Prisma's schema engine panicked: ${message}`);
  },
};

let loaded: Promise<EngineModule> | undefined;

/** The package's own entry imports its `.wasm` as a module, which Node cannot do unasked: the parts are joined here. */
async function load(): Promise<EngineModule> {
  const require = createRequire(import.meta.url);
  const path = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const glue = engineGlue as unknown as EngineModule;
  const bytes = await readFile(path.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': glue,
  });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return glue;
}

/** OIDs of PostgreSQL's types. */
const CHAR_OID = 18;
const TEXT_OID = 25;

/**
 * An adapter around a pool of its own, mended where the engine needs more than Prisma's client does.
 *
 * - The adapter cuts scripts at every semicolon, those in comments and function bodies too, and commits each piece
 *   alone. Here a script goes to PostgreSQL whole: one implicit transaction, so that a migration happens or does not.
 * - It refuses the type "char", which the catalogue uses for the kind of a constraint: shown to the adapter as text,
 *   to the engine as what it is.
 */
async function connect(databaseUrl: string, afterwards?: () => Promise<void>): Promise<SqlDriverAdapter> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2, connectionTimeoutMillis: 10_000 });
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<pg.QueryResult>;
  const charColumns = new WeakMap<unknown[], number[]>();
  pool.query = (async (...args: unknown[]) => {
    const result = await query(...args);
    const columns = [...result.fields.keys()].filter((i) => result.fields[i]?.dataTypeID === CHAR_OID);
    for (const i of columns) result.fields[i]!.dataTypeID = TEXT_OID;
    charColumns.set(result.rows, columns);
    return result;
  }) as unknown as typeof pool.query;
  const adapter: SqlDriverAdapter = await new PrismaPg(pool, { onPoolError: () => undefined }).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (sql) => {
    const result = await queryRaw(sql);
    for (const i of charColumns.get(result.rows) ?? []) result.columnTypes[i] = ColumnTypeEnum.Character;
    return result;
  };
  adapter.executeScript = async (script) => {
    await query(script);
  };
  let disposed: Promise<void> | undefined;
  const dispose = async () => {
    await pool.end();
    await afterwards?.();
  };
  // The engine disposes of some that it opened, not of all; so it is asked twice.
  adapter.dispose = () => (disposed ??= dispose());
  return adapter;
}

/** A scratch database on the same server, dropped when the engine is done with it. */
async function connectToShadow(databaseUrl: string): Promise<SqlDriverAdapter> {
  const name = `cuebook_shadow_${process.pid}_${Date.now()}`;
  const admin = new pg.Client({ connectionString: databaseUrl });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return connect(url.href, async () => {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.end();
  });
}

const filters = { externalTables: [], externalEnums: [] };

/** SQL for what schema.prisma has and the migrations do not make. The database is only asked for a scratch one next to it. */
export async function missingMigration(databaseUrl: string): Promise<string> {
  const path = join(prismaFolder(), 'schema.prisma');
  const content = await readFile(path, 'utf8');
  const from = { tag: 'migrations' as const, ...(await migrationList(await readMigrations())) };
  const to = { tag: 'schemaDatamodel' as const, files: [{ path, content }] };
  const difference = await withSchemaEngine(
    databaseUrl,
    (engine) => engine.diff({ from, to, script: true, exitCode: null, filters }),
    [[path, content]],
  );
  return difference.stdout ?? '';
}

/** Applies migrations as `prisma migrate deploy` does. Returns the names of those that were missing. */
export async function deployByPrisma(databaseUrl: string, migrations: readonly Migration[]): Promise<string[]> {
  const migrationsList = await migrationList(migrations);
  const output = await withSchemaEngine(databaseUrl, (engine) => engine.applyMigrations({ migrationsList, filters }));
  return output.appliedMigrationNames;
}

/** The migrations folder as the engine wants it. */
async function migrationList(migrations: readonly Migration[]): Promise<MigrationList> {
  const baseDir = join(prismaFolder(), 'migrations');
  return {
    baseDir,
    lockfile: {
      path: './migration_lock.toml',
      content: await readFile(join(baseDir, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}

/**
 * Runs `work` with a schema engine on the database.
 *
 * @throws an Error with the engine's or PostgreSQL's own message where there is one.
 */
async function withSchemaEngine<T>(
  databaseUrl: string,
  work: (engine: SchemaEngine) => Promise<T>,
  datamodels?: [string, string][],
): Promise<T> {
  loaded ??= load();
  const { SchemaEngine } = await loaded;
  const opened: SqlDriverAdapter[] = [];
  const keep = async (adapter: Promise<SqlDriverAdapter>) => {
    opened.push(await adapter);
    return adapter;
  };
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => keep(connect(databaseUrl)),
    connectToShadowDb: () => keep(connectToShadow(databaseUrl)),
  });
  const engine = await SchemaEngine.new({ datamodels }, () => {}, factory);
  try {
    return await work(engine);
  } finally {
    engine.free();
    for (const adapter of opened) await adapter.dispose();
  }
}
