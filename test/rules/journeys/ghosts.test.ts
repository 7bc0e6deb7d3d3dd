/** N4: holdouts. */
import { describe, expect, it } from 'vitest';
import { bucketOf } from '../../../language/hash.ts';
import { compiled, day, play } from '../play.ts';
import { decide } from './deciding.ts';

describe('holdout makes ghosts (N4)', () => {
  it('by the bucket of playbook and subject, or of the workspace', () => {
    const bucket = bucketOf('p:holdout:ada') / 100;
    const everybody = bucketOf('*:holdout:ada') / 100;
    expect(decide(`holdout: ${(Math.floor(bucket * 100) / 100).toFixed(2)}%`)).toBe('entered');
    expect(decide(`holdout: ${(bucket + 0.01).toFixed(2)}%`)).toBe('ghost');
    const settings = (globalHoldoutPercent: number) => ({
      settings: {
        ...compiled(`trigger: { event: seen }\nsteps: [{ record: x }]`).workspace.settings,
        globalHoldoutPercent,
      },
    });
    // The global holdout is for messages to customers; a playbook without any is in it by a share of its own.
    const message = { steps: '[{ send: email, template: hello, class: marketing }]' };
    expect(decide('', settings(everybody), {}, message)).toBe('entered');
    expect(decide('', settings(everybody + 0.01), {}, message)).toBe('ghost');
    expect(decide('holdout: 0.01%', settings(everybody + 0.01))).toBe('ghost');
  });

  it('promises to customers and the work of colleagues are no experiment', () => {
    const all = { settings: { ...compiled(`trigger: { event: seen }\nsteps: [{ record: x }]`).workspace.settings } };
    all.settings.globalHoldoutPercent = 100;
    const of = (steps: string, more = '') => decide(more, all, {}, { steps });
    expect(of('[{ task: Call, assign: kim }, { notify: kim, text: Look }]')).toBe('entered');
    expect(of('[{ send: email, template: hello, class: transactional }]')).toBe('entered');
    expect(of('[{ if: "true", then: [{ send: email, template: hello, class: marketing }] }]')).toBe('ghost');
    for (const none of ['none', '0%']) {
      expect(of('[{ send: email, template: hello, class: marketing }]', `holdout: ${none}`)).toBe('entered');
    }
  });

  it('a merged subject stays on its side only while anybody is held out', () => {
    expect(decide('holdout: 10%', { side: true })).toBe('ghost');
    expect(decide('holdout: none', { side: true })).toBe('entered');
    expect(decide('', { side: true })).toBe('entered');
  });

  it('the bucket is the first eight bytes of the SHA-256, big endian, modulo 10 000', () => {
    // SHA-256 of "p:holdout:ada", as any other tool computes it.
    expect(bucketOf('p:holdout:ada')).toBe(5500);
  });

  const GHOST = `
trigger: { event: seen }
holdout: 10%
steps:
  - { send: email, template: hello, class: transactional }
  - { task: Call, assign: kim }
  - { update: { contact.stage: warm } }
  - { notify: kim, text: Look }
  - { assign: owner, by: least_loaded, among: team:sales }
  - { record: stage, value: has(contact.stage) }
  - { wait: 1h }
  - { record: later }`;

  it('which walk the same steps at the same instants, with everything withheld, and recorded', () => {
    const { story, lines } = play(GHOST, {
      contact: { email: 'a@x.example' },
      events: [[day('10:00'), 'seen']],
      holdout: 'in',
      extra: [{ path: 'templates/hello.txt', text: '---\nsubject: Hello\n---\nHello.' }],
    });
    expect(story).toEqual([
      '03-02 10:00 send hello to: ada refused: holdout',
      '03-02 10:00 task Call assign: kim refused: holdout',
      '03-02 10:00 update {"contact.stage":"warm"} refused: holdout',
      '03-02 10:00 notify kim text: Look refused: holdout',
      '03-02 10:00 assign owner to: kim refused: holdout',
      '03-02 10:00 record stage = false ghost: true',
      '03-02 11:00 record later ghost: true',
      '03-02 11:00 completed: steps',
    ]);
    expect(lines.at(-1)).toMatchObject({ type: 'outcome', ghost: true });
  });

  it('what waits for an answer to something withheld takes its else at its deadline', () => {
    const playbook = `
trigger: { event: seen }
holdout: 10%
steps:
  - { send: email, template: hello, class: transactional }
  - wait_for: email.clicked
    within: 2h
    then: [{ record: clicked }]
    else: [{ record: silent }]`;
    const scene = (holdout: 'in' | 'out') =>
      play(playbook, {
        contact: { email: 'a@x.example' },
        events: [
          [day('10:00'), 'seen'],
          [day('11:00'), 'email.clicked'],
        ],
        holdout,
        extra: [{ path: 'templates/hello.txt', text: '---\nsubject: Hello\n---\nHello.' }],
      }).effects.at(-1);
    expect(scene('out')).toBe('03-02 11:00 record clicked');
    expect(scene('in')).toBe('03-02 12:00 record silent ghost: true');
  });

  it('a ghost that meets its goal converts, and is marked', () => {
    const { lines } = play(`trigger: { event: seen }\nholdout: 10%\ngoal: bought\nsteps: [{ wait: 1d }]`, {
      events: [
        [day('10:00'), 'seen'],
        [day('11:00'), 'bought'],
      ],
      holdout: 'in',
    });
    expect(lines.at(-1)).toMatchObject({ outcome: 'converted', ghost: true });
  });
});
