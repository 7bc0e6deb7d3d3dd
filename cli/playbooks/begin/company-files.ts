/** What lies in a company's own repository beside its playbooks. */
import { SCHEMA_KINDS, schemaFileOf } from '../../../language/compile/files/file-kinds.ts';
import type { NewFile } from './write-files.ts';

export interface Company {
  name: string;
  /** Of Cuebook. */
  version: string;
  /** Packages that Cuebook brings along and that may run scripts when they are installed. */
  allowScripts: { [name: string]: boolean };
}

export function companyFiles({ name, version, allowScripts }: Company): NewFile[] {
  return [
    { path: 'package.json', text: json({ ...packageJson(name, version), allowScripts }) },
    { path: 'README.md', text: readme(name) },
    { path: '.gitignore', text: 'node_modules/\n.cuebook/\n.env\nplan.json\nresults.xml\n' },
    { path: '.vscode/settings.json', text: json({ 'yaml.schemas': yamlSchemas() }) },
    { path: '.vscode/extensions.json', text: json({ recommendations: ['redhat.vscode-yaml'] }) },
    { path: '.github/workflows/playbooks.yml', text: WORKFLOW },
    { path: 'activities/README.md', text: ACTIVITIES },
    { path: 'Dockerfile', text: dockerfile(version) },
    { path: '.dockerignore', text: '*\n!playbooks\n!activities\n' },
  ];
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function packageJson(name: string, version: string) {
  return {
    name,
    private: true,
    type: 'module',
    scripts: {
      lint: 'cuebook lint',
      test: 'cuebook test',
      start: 'cuebook start',
      plan: 'cuebook plan playbooks',
      deploy: 'cuebook deploy playbooks',
      schemas: 'cuebook schema --folder playbooks --into .vscode/schemas',
    },
    dependencies: { cuebook: version },
  };
}

function readme(name: string): string {
  return `# ${name}

Workflows of ours, run by Cuebook. \`npm install\` once; then:

- \`npm run lint\`, \`npm test\`, \`npm start\`: everything on this machine; what is missing is brought along.
- \`playbooks/\`: what happens when; \`settings.yaml\`, \`people/\` and the other folders are what they lean on. Take away what you do not need.
- \`npx cuebook new playbook\` begins one; \`npx cuebook preview TEMPLATE --open\` shows a mail.
- \`activities/\`: steps of our own, in TypeScript; \`npx cuebook new activity NAME\` writes one.
- \`.github/workflows/playbooks.yml\` lints, tests and plans each change, and deploys what is merged; it needs the secret \`DATABASE_URL\`, and
  \`package-lock.json\`, which \`npm install\` writes: commit it.
- \`Dockerfile\`: Cuebook's image with these playbooks and activities. \`npm run schemas\` renews what editors know.
`;
}

function yamlSchemas(): { [file: string]: string[] } {
  const kinds = SCHEMA_KINDS.filter((kind) => kind !== 'templates');
  return Object.fromEntries(kinds.map((kind) => [`./.vscode/schemas/${schemaFileOf(kind)}`, globsOf(kind)]));
}

function globsOf(kind: (typeof SCHEMA_KINDS)[number]): string[] {
  if (kind === 'playbooks') return ['playbooks/*.yaml', '!playbooks/settings.yaml'];
  return [kind === 'settings' ? 'playbooks/settings.yaml' : `playbooks/${kind}/**/*.yaml`];
}

const WORKFLOW = `name: playbooks
on:
  pull_request:
  push:
    branches: [main]
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 22, cache: npm }
      - run: npm ci
      - run: npx cuebook lint
      - run: npx cuebook test --junit results.xml
      # What the change would do: who is under way, whom it would reach.
      - run: npx cuebook plan playbooks
        if: env.DATABASE_URL != ''
        env: { DATABASE_URL: "\${{ secrets.DATABASE_URL }}" }
  deploy:
    if: github.event_name == 'push'
    needs: check
    runs-on: ubuntu-latest
    # One after the other, in the order of the merges.
    concurrency: deploy
    env: { DATABASE_URL: "\${{ secrets.DATABASE_URL }}" }
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 22, cache: npm }
      - run: npm ci
      # Exactly what the plan says is deployed, or nothing.
      - run: npx cuebook plan playbooks --out plan.json
      - run: npx cuebook deploy --plan plan.json
`;

const ACTIVITIES = `A file here is a step of your own: \`activities/look-up-company.ts\` is run by \`do: look-up-company\`.
\`npx cuebook new activity look-up-company\` writes one with a playbook that uses it, and a test.
`;

function dockerfile(version: string): string {
  return `# Cuebook's image, by the name under which your registry has it.
ARG CUEBOOK_IMAGE=cuebook:${version}
FROM \${CUEBOOK_IMAGE}
COPY playbooks /company/playbooks
# Read beside the playbooks, by the server and by every worker.
COPY activities /company/activities
ENV CUEBOOK_PLAYBOOKS=/company/playbooks
`;
}
