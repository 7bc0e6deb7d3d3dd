/** docker-compose.yml means what docs/operations.md says of it. There need not be a Docker engine to tell. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { VARIABLE_NAMES } from '../../cli/environment-schema.ts';
import { buildProgram } from '../../cli/program.ts';
import { textOf } from './sources.ts';

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  environment?: { [name: string]: string };
  depends_on?: { [name: string]: { condition: string } };
  healthcheck?: { test: string[] };
  ports?: string[];
  volumes?: string[];
  configs?: { source: string }[];
}

const text = textOf('docker-compose.yml');
const compose = parse(text, { merge: true }) as {
  services: { [name: string]: Service };
  volumes: object;
  configs: object;
};
const services = Object.entries(compose.services);

describe('every part runs as a service of its own', () => {
  it('has PostgreSQL, Temporal with its UI, a mail catcher, a server and a worker', () => {
    const wanted = ['server', 'worker', 'postgres', 'temporal', 'temporal-ui', 'mailpit'];
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(wanted));
  });

  it('waits for what it needs, and what is waited for says that it is ready', () => {
    for (const [name, { depends_on: needs = {} }] of services) {
      for (const [needed, { condition }] of Object.entries(needs)) {
        const found = compose.services[needed];
        expect(found, `${name} waits for ${needed}`).toBeDefined();
        if (condition === 'service_healthy') expect(found?.healthcheck, `${needed} has a health check`).toBeDefined();
        else expect(condition, `${name} waits for ${needed}`).toBe('service_completed_successfully');
      }
    }
  });

  it('every service that goes on running has a health check', () => {
    const onceOnly = ['temporal-schema', 'temporal-namespace'];
    expect(services.filter(([name, { healthcheck }]) => !healthcheck && !onceOnly.includes(name))).toEqual([]);
  });

  it('names a version of every image that it does not build', () => {
    const foreign = services.filter(([, { image }]) => image !== 'cuebook');
    for (const [name, { image }] of foreign) expect(image, name).toMatch(/^[\w/.-]+:v?\d[\w.-]*$/);
  });

  it('refers to volumes and configurations that it has', () => {
    for (const [name, { volumes = [], configs = [] }] of services) {
      for (const volume of volumes) {
        const [source] = volume.split(':');
        if (!source!.startsWith('.')) expect(compose.volumes, name).toHaveProperty(source!);
      }
      for (const { source } of configs) expect(compose.configs, name).toHaveProperty(source);
    }
  });

  it('opens ports to this machine alone', () => {
    for (const [name, { ports = [] }] of services) {
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
    }
  });
});

describe('Cuebook gets what it reads', () => {
  const ours = services.filter(([, { image }]) => image === 'cuebook');

  it('sets only variables that there are', () => {
    for (const [name, { environment = {} }] of ours) {
      const unknown = Object.keys(environment).filter((variable) => !(VARIABLE_NAMES as string[]).includes(variable));
      expect(unknown, name).toEqual([]);
    }
  });

  it('runs commands that there are, with options that they have', async () => {
    const program = await buildProgram();
    for (const [name, { command: [command, ...args] = [] }] of ours) {
      const found = program.commands.find((one) => one.name() === command);
      expect(found, `${name} runs ${command}`).toBeDefined();
      const known = found!.options.map(({ long }) => long);
      expect(
        args.filter((arg) => arg.startsWith('--') && !known.includes(arg)),
        name,
      ).toEqual([]);
    }
  });

  it('has no secret in it: each comes from outside, and its absence is said', () => {
    for (const [, { environment = {} }] of services) {
      for (const [variable, value] of Object.entries(environment)) {
        if (!/SECRET|TOKEN|KEYS|PASSWORD|PWD|DATABASE_URL/.test(variable)) continue;
        expect(value, variable).toMatch(/\$\{\w+:\?/);
      }
    }
  });
});

describe('the image', () => {
  const dockerfile = textOf('Dockerfile');

  it('is built in stages, and runs as a user who is not root', () => {
    expect(dockerfile.match(/^FROM /gm)).toHaveLength(2);
    expect(dockerfile.lastIndexOf('USER node')).toBeGreaterThan(dockerfile.lastIndexOf('FROM '));
  });

  it('is given no secret, no data and nothing that was built elsewhere', () => {
    const ignored = textOf('.dockerignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.env', '.cuebook', '.git', 'node_modules', 'dist']));
  });
});
