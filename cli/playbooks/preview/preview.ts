/** A mail as it would leave now, with somebody's values; nothing is sent, and nothing is recorded. */
import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { SubjectRef } from '../../../language/model.ts';
import { placeOfJourney } from '../../../language/records/timeline.ts';
import type { World } from '../../../language/records/world.ts';
import { dataDirLayout } from '../../boot/data-dir.ts';
import { readEnvironment } from '../../environment.ts';
import { Failure } from '../../failure.ts';
import { note } from '../../output.ts';
import { reachingStore } from '../../reach-store.ts';
import { type Target, targetsOf } from '../target.ts';
import { type Composed, composed } from './compose.ts';
import { type Sender, senderOf } from './find-step.ts';
import { type Given, givenIn } from './given.ts';
import { type Sample, sampleOf } from './sample.ts';
import { type ShowOptions, showMail } from './show.ts';
import { type Stored, type StoredGates, storedOf } from './stored.ts';
import { PreviewWorld } from './world.ts';

export interface PreviewOptions extends ShowOptions {
  as?: string;
  playbook?: string;
  with?: string;
  dataDir?: string;
}

/** The part of Cuebook's own links where CUEBOOK_PUBLIC_URL is not set. */
const SOME_URL = 'https://cuebook.example';

/** @throws Failure where there is no such template, nobody of that name, or nobody to write to */
export async function preview(template: string, options: PreviewOptions): Promise<void> {
  const given = options.with === undefined ? {} : await givenIn(options.with);
  const sender = given && (await senderOf(template, await folderOf(template), options.playbook));
  if (given === undefined || sender === undefined) {
    process.exitCode = 1;
    return;
  }
  const sample = sampleOf(sender, Date.now());
  const { values, made } = await madeOf(sender, { sample, given, options });
  const mail = await made.mail(readEnvironment().CUEBOOK_PUBLIC_URL ?? SOME_URL);
  await showMail(
    { ...mail, values, sender, template: nameOf(template), decision: made.decision, emptyValues: made.emptyValues },
    options,
  );
}

interface Around {
  sample: Sample;
  given: Given;
  options: PreviewOptions;
}

/** Whose values they are, in words, and the mail that they give. */
async function madeOf(sender: Sender, around: Around): Promise<{ values: string; made: Composed }> {
  const { sample, given, options } = around;
  const { as } = options;
  const person = sender.people.persons.find(({ id }) => id === as);
  if (person !== undefined && sender.version.playbook.subject === 'colleague') {
    const made = madeFor(sender, around, { subject: { type: 'colleague', id: person.id } });
    return { values: `the person ${person.id}`, made };
  }
  if (as !== undefined && (await hasStore(options.dataDir))) {
    return reachingStore(options.dataDir, async (database) => {
      const stored = await storedOf(database, as, sender);
      const made = await stored.reading((world, gates) => madeFor(sender, around, stored, { world, gates }));
      return { values: `${stored.subject.type} ${stored.subject.id} in the store`, made };
    });
  }
  if (as !== undefined)
    note(`There is no store here to look ${as} up in: DATABASE_URL is not set, and no data folder is there.`);
  if (sample.test === undefined && Object.keys(given).length === 0) {
    const { playbook } = sender.version.playbook;
    const why = sender.isUsed ? `no test of ${playbook} sends it` : 'no playbook sends it';
    const hint = 'Name somebody by --as, or give values by --with FILE: contact: { name: Ada, email: … }';
    throw new Failure('NO_VALUES', `There are no values to show it with: ${why}.`, hint);
  }
  const own = sample.test === undefined ? [] : [`the test “${sample.test}”`];
  const values = [...own, ...(options.with === undefined ? [] : [options.with])].join(' and ');
  return { values, made: madeFor(sender, around, { subject: sample.enrolment.subject }) };
}

function madeFor(
  { version, path, tests, isUsed, settings, people }: Sender,
  { sample, given }: Around,
  { subject: asked, at = sample.at, trigger }: { subject: SubjectRef } & Partial<Stored>,
  stored?: { world: World; gates: StoredGates },
): Composed {
  const isAbout = asked.type === version.playbook.subject;
  const subject = isAbout ? asked : sample.enrolment.subject;
  const isComputed: World['isComputed'] = (type, name) =>
    version.traits.some((trait) => trait.subject === type && trait.name === name);
  const layers = {
    sample,
    subject,
    instead: isAbout ? undefined : asked,
    given,
    people,
    isComputed,
    stored: stored?.world,
  };
  const world = new PreviewWorld(layers, placeOfJourney(at));
  const enrolment = {
    ...sample.enrolment,
    subject,
    startedAt: at,
    trigger: { ...(trigger ?? sample.enrolment.trigger), ...given.trigger },
  };
  const steps = { ...sample.steps, ...given.steps };
  const { clock } = sample;
  return composed(
    { version, path, tests, isUsed, settings, people },
    { world, enrolment, at, steps, clock, gates: stored?.gates },
  );
}

/** Whether there is anything to ask: none is made for a look at a mail. */
async function hasStore(dataDir: string | undefined): Promise<boolean> {
  const { DATABASE_URL, CUEBOOK_DATA_DIR } = readEnvironment();
  if (dataDir !== undefined) return true;
  return DATABASE_URL !== undefined || existsSync(dataDirLayout(CUEBOOK_DATA_DIR).postgres);
}

function nameOf(template: string): string {
  return basename(template).replace(/\.(mjml|html|txt)$/, '');
}

/** A file names its folder; a name means the usual one. */
async function folderOf(template: string): Promise<Target> {
  const isFile = template !== nameOf(template) && existsSync(template);
  const paths = isFile ? [folderAbove(resolve(template))] : [];
  const [target] = await targetsOf(paths);
  return { folder: target!.folder, shown: target!.shown };
}

/** Of `…/playbooks/templates/a/b.mjml`: what `templates` lies in. */
function folderAbove(file: string): string {
  let folder = dirname(file);
  while (basename(folder) !== 'templates' && dirname(folder) !== folder) folder = dirname(folder);
  return basename(folder) === 'templates' ? dirname(folder) : dirname(file);
}
