/** Where people say something: answers to what they are asked for, and what operators say of playbooks. */
import type { FastifyInstance } from 'fastify';
import { playbookStatusRoutes } from '../playbook-status.ts';
import { type AnswerPageOptions, answerPages } from './answer-page.ts';
import { type AnswersApiOptions, answersApi } from './answers-api.ts';

export async function peopleRoutes(
  app: FastifyInstance,
  options: AnswerPageOptions & AnswersApiOptions,
): Promise<void> {
  await app.register(answerPages, options);
  answersApi(app, options);
  playbookStatusRoutes(app, options);
}
