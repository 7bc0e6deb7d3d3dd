/** Reads computed traits in small scenes: what an expression is whenever an event `ask` comes. */
import { day, type Happening, play, type Scene } from '../play.ts';

/** @param traits the `traits:` of a file, indented by two */
export function readerOf(traits: string, scene: Omit<Scene, 'events'> = {}, subject = 'contact') {
  const extra = [{ path: 'traits/own.yaml', text: `subject: ${subject}\ntraits:\n${traits}` }, ...(scene.extra ?? [])];
  return (expression: string, ...events: Happening[]): string[] => {
    const playbook = `trigger: { event: ask }\nagain: always\nsteps: [{ record: v, value: '${expression}' }]`;
    const { effects } = play(playbook, { ...scene, events, extra });
    return effects.map((line) => line.split('record v')[1]!.replace(' = ', ''));
  };
}

export const ask = (time: string, days = 0): Happening => [day(time, days), 'ask'];
