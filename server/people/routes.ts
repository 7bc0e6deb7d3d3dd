/** Where people say something: answers to what they are asked for. */
import type { FastifyInstance } from 'fastify';
import { type AnswerPageOptions, answerPages } from './answer-page.ts';
import { type AnswersApiOptions, answersApi } from './answers-api.ts';

export async function peopleRoutes(
  app: FastifyInstance,
  options: AnswerPageOptions & AnswersApiOptions,
): Promise<void> {
  await app.register(answerPages, options);
  answersApi(app, options);
}
