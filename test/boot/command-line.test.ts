import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Failure } from '../../cli/failure.ts';
import { buildProgram } from '../../cli/program.ts';
import { createLogger } from '../../cli/report/log.ts';
import { redact } from '../../cli/report/redact.ts';
import { compiledCli } from '../support/compiled-cli.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

let compiled: string;
beforeAll(async () => {
  compiled = await compiledCli();
});

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function cuebook(args: string[], variables: NodeJS.ProcessEnv = {}, cwd = process.cwd()): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...variables }, cwd };
    const main = join(compiled, 'cli/main.js');
    execFile(process.execPath, [main, ...args], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

describe('every command explains itself', () => {
  it('has a description, and a help with an example', async () => {
    const program = await buildProgram();
    expect(program.commands.map((command) => command.name())).toContain('doctor');
    for (const command of program.commands) {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      expect(command.description(), command.name()).not.toBe('');
      expect(help, command.name()).toMatch(new RegExp(`Examples?:\\n {2}\\$ npx cuebook ${command.name()}`));
    }
  });

  it('prints its help on standard output and ends with 0', async () => {
    const { code, stdout, stderr } = await cuebook(['doctor', '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('$ npx cuebook doctor --json');
  });

  it('answers wrong use with 2 and the nearest right one', async () => {
    const { code, stderr } = await cuebook(['docter']);
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean doctor?');
  });
});

describe('doctor says what is there', () => {
  it('asks a mail server that is named, and says what to mend where it takes no mail', async () => {
    const { code, stdout } = await cuebook(['doctor', '--data-dir', await makeTempFolder()], {
      SMTP_URL: 'smtp://127.0.0.1:1',
    });
    expect(code).toBe(2);
    expect(stdout).toMatch(/missing +mail +The mail server of SMTP_URL \(127\.0\.0\.1:1\) takes no mail: connection\./);
    expect(stdout).toContain('mail: The mail server cannot be reached: look at SMTP_URL and at the server.');
  });

  it('names each part, its version and where it comes from, for programs', async () => {
    const { code, stdout } = await cuebook(['doctor', '--json', '--data-dir', await makeTempFolder()]);
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { what: string; state: string }[] };
    expect({ code, ok }).toEqual({ code: 0, ok: true });
    const names = findings.map(({ what }) => what);
    expect(names).toEqual([
      'Cuebook',
      'Node',
      'PostgreSQL',
      'Temporal',
      'mail',
      'playbooks',
      'write keys',
      'data folder',
    ]);
    expect(findings[2]).toMatchObject({ state: 'embedded', version: expect.stringMatching(/^18\./) });
  });

  it('ends with 2 and what to do when something is missing', async () => {
    const { code, stdout } = await cuebook(['doctor'], {}, await makeTempFolder());
    expect(code).toBe(2);
    expect(stdout).toContain('playbooks: Make it, start in the folder that holds it, or name it in CUEBOOK_PLAYBOOKS.');
  });

  it('says all faults of the environment', async () => {
    const { code, stdout } = await cuebook(['doctor'], { LOG_LEVEL: 'loud', SMTP_URL: 'mail.example' });
    expect(code).toBe(2);
    expect(stdout).toMatch(/LOG_LEVEL[\s\S]*SMTP_URL|SMTP_URL[\s\S]*LOG_LEVEL/);
  });
});

describe('nobody reads secrets in a log', () => {
  function logged(write: (log: ReturnType<typeof createLogger>) => void, secrets: string[] = []): string {
    let text = '';
    write(createLogger({ level: 'info', secrets, stream: { write: (line) => void (text += line) } }));
    return text;
  }

  it('takes out addresses and credentials, wherever they stand, and leaves a line that is JSON', () => {
    const text = logged((log) => {
      const deep = { headers: [{ Authorization: 'Basic c2VjcmV0OnNlY3JldA==' }], apiToken: 'a "quoted\\" token' };
      log.info({ deep, error: new Error('ada@example.com bounced') }, 'postgresql://cuebook:hunter2@db:5432/x failed');
    });
    for (const hidden of ['ada@', 'hunter2', 'c2VjcmV0', 'quoted']) expect(text).not.toContain(hidden);
    expect(JSON.parse(text).error.message).toBe('[address] bounced');
    expect(JSON.parse(text).msg).toBe('postgresql://[credentials]@db:5432/x failed');
  });

  it('takes out the secrets that it was told of', () => {
    expect(logged((log) => log.info('signed with abc123xyz'), ['abc123xyz'])).toContain('signed with [secret]');
  });

  it('leaves everything else as it is', () => {
    const line = '{"level":30,"time":1,"part":"PostgreSQL","msg":"listening on 127.0.0.1:5432 @ 12:00"}';
    expect(redact(line)).toBe(line);
  });
});

describe('a failure says what to do', () => {
  it('carries a code, a hint, and 2 unless the work found faults', () => {
    expect(new Failure('X', 'what', 'do this')).toMatchObject({ code: 'X', hint: 'do this', exitCode: 2 });
    expect(new Failure('X', 'what', 'do this', { exitCode: 1 }).exitCode).toBe(1);
  });
});
