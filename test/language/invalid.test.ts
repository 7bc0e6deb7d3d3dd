/** Every file of playbooks/invalid gets just the message that its first line names. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LANGUAGE_CODES } from '../../language/diagnostics/codes.ts';
import { formatDiagnostic } from '../../language/diagnostics/diagnostics.ts';
import { TEMPLATE_CODES } from '../../language/template.ts';
import { compileOne, FOLDER, readInvalid } from './workspace.ts';

const CODES = [...LANGUAGE_CODES, ...TEMPLATE_CODES].map((entry) => entry.code);

describe('a mistake gets one message, at its place', () => {
  for (const name of readdirSync(`${FOLDER}invalid`)) {
    it(name.replaceAll('-', ' ').replace('.yaml', ''), () => {
      const text = readInvalid(name);
      const [, code, place, message] = /^# (?:expects|warns): (CB\d{3}) (\d+:\d+) (.+)$/m.exec(text) ?? [];
      const { diagnostics, versions, sources } = compileOne(text, { name: name.replace('.yaml', '') });
      const shown = diagnostics.map((d) => formatDiagnostic(d, sources.get(d.file))).join('\n');
      expect(diagnostics, shown).toHaveLength(1);
      const [diagnostic] = diagnostics;
      expect(`${diagnostic?.code} ${diagnostic?.line}:${diagnostic?.column}`, shown).toBe(`${code} ${place}`);
      expect(diagnostic?.message, shown).toContain(message);
      expect(CODES).toContain(diagnostic?.code);
      expect(diagnostic?.file).toBe(`playbooks/${name}`);
      // Faults of a test, and warnings, leave the playbook whole; any other keeps it from being deployed.
      const warned = /^# warns: /m.test(text);
      expect(diagnostic?.severity).toBe(warned ? 'warning' : 'error');
      if (!name.startsWith('test-')) expect(versions).toHaveLength(warned ? 1 : 0);
    });
  }
});
