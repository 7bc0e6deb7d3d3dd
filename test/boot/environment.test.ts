import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environmentReference, readEnvironment } from '../../cli/environment.ts';
import { VARIABLE_NAMES } from '../../cli/environment-schema.ts';
import { Failure } from '../../cli/failure.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

/** A folder without `.env`. */
const folder = import.meta.dirname;

function faults(variables: NodeJS.ProcessEnv): Failure {
  try {
    readEnvironment({ variables, folder });
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('the environment was accepted');
}

describe('the environment is read in one place', () => {
  it('needs nothing: what is not set is embedded or has a default', () => {
    const environment = readEnvironment({ variables: {}, folder });
    expect(environment).toMatchObject({
      CUEBOOK_DATA_DIR: '.cuebook',
      CUEBOOK_PLAYBOOKS: 'playbooks',
      LOG_LEVEL: 'info',
      TEMPORAL_NAMESPACE: 'default',
    });
    expect(environment.DATABASE_URL).toBeUndefined();
  });

  it('says everything that is wrong at once, with what came and what is allowed', () => {
    const { message, exitCode } = faults({
      LOG_LEVEL: 'loud',
      TEMPORAL_ADDRESS: 'temporal.example',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'otel:4318',
      TEMPORAL_TLS_CLIENT_CERT_PATH: '/cert.pem',
    });
    expect(exitCode).toBe(2);
    expect(message).toContain('4 faults');
    expect(message).toContain('LOG_LEVEL (from the environment): came "loud"; allowed: trace, debug');
    expect(message).toContain('TEMPORAL_ADDRESS (from the environment): came "temporal.example"; allowed: host:port');
    expect(message).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
    expect(message).toContain('TEMPORAL_TLS_CLIENT_CERT_PATH (from the environment): came without');
  });

  it('never shows the value of a secret', () => {
    const { message } = faults({ CUEBOOK_SECRET: 'hunter2', DATABASE_URL: 'mysql://root:hunter2@db/x' });
    expect(message).toContain('CUEBOOK_SECRET (from the environment): came 7 characters (not shown)');
    expect(message).not.toContain('hunter2');
  });

  it('reads .env, and lets the environment win over it', async () => {
    const own = await makeTempFolder();
    await writeFile(join(own, '.env'), 'LOG_LEVEL=debug\n# a comment\nCUEBOOK_PLAYBOOKS="my playbooks"\nSMTP_URL=\n');
    const environment = readEnvironment({ variables: { LOG_LEVEL: 'warn' }, folder: own });
    expect(environment.LOG_LEVEL).toBe('warn');
    expect(environment.CUEBOOK_PLAYBOOKS).toBe('my playbooks');
    expect(environment.SMTP_URL).toBeUndefined();
  });

  it('says that a fault came from .env', async () => {
    const own = await makeTempFolder();
    await writeFile(join(own, '.env'), 'LOG_LEVEL=quiet\n');
    expect(() => readEnvironment({ variables: {}, folder: own })).toThrow(`LOG_LEVEL (from ${join(own, '.env')})`);
  });

  it('tells the source of each write key', () => {
    const keys = 'shop:0123456789abcdef, fedcba9876543210';
    expect(readEnvironment({ variables: { CUEBOOK_WRITE_KEYS: keys }, folder }).CUEBOOK_WRITE_KEYS).toEqual([
      { source: 'shop', key: '0123456789abcdef' },
      { source: 'default', key: 'fedcba9876543210' },
    ]);
    const scoped =
      'shop:0123456789abcdef:server,web:1123456789abcdef:client, 2123456789abcdef:CLIENT ,client:3123456789abcdef';
    expect(readEnvironment({ variables: { CUEBOOK_WRITE_KEYS: scoped }, folder }).CUEBOOK_WRITE_KEYS).toEqual([
      { source: 'shop', key: '0123456789abcdef', scope: 'server' },
      { source: 'web', key: '1123456789abcdef', scope: 'client' },
      { source: 'default', key: '2123456789abcdef', scope: 'client' },
      { source: 'client', key: '3123456789abcdef' },
    ]);
    for (const wrong of ['shop:0123456789abcdef:admin', 'cuebook:0123456789abcdef', 'Cuebook:0123456789abcdef:client'])
      expect(faults({ CUEBOOK_WRITE_KEYS: wrong }).message).toContain('SOURCE:KEY:client');
    expect(faults({ CUEBOOK_WRITE_KEYS: '0123456789abcdef,app:0123456789abcdef' }).message).toContain('is listed once');
  });

  it('lists every variable in the reference', () => {
    const reference = environmentReference();
    for (const name of VARIABLE_NAMES) expect(reference).toContain(`| \`${name}\` |`);
    expect(reference.trim().split('\n')).toHaveLength(VARIABLE_NAMES.length + 2);
  });

  it('either gives an environment or a Failure, whatever comes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...VARIABLE_NAMES), fc.string()), (variables) => {
        try {
          readEnvironment({ variables, folder });
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
    );
  });
});
