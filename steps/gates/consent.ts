/** P3: marketing needs consent, for the topic where there is one, for the channel where it is not mail. */
import type { Json, Traits } from '../../language/model.ts';
import { type Gate, PASS } from './gate.ts';

export const consent: Gate = ({ traits, messageClass, channel, topic }) => {
  if (messageClass !== 'marketing') return PASS;
  const given = consentOf(traits);
  const agreed =
    given.marketing === true &&
    (topic === undefined || isTrue(given.topics, topic)) &&
    (channel === 'email' || isTrue(given.channels, channel));
  return agreed
    ? PASS
    : { pass: false, refused: 'consent', evaluated: { consent: given, topic: topic ?? null, channel } };
};

function consentOf(traits: Traits): { [name: string]: Json } {
  const { consent: given } = traits;
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? given : {};
}

function isTrue(value: Json | undefined, name: string): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && value[name] === true;
}
