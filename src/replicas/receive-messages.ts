import type Koa from 'koa';
import { BodyReader, Refusal } from '../server/webhook-body.ts';
import { isAuthorized, MESSAGES_PATH, type ReplicaMessage, readMessages } from './replica-message.ts';

/** A batch is 1 MiB, or one larger message: a user in very many groups. */
const BODY_BYTES_MAX = 4 * 1024 * 1024;
const PENDING_BYTES_MAX = 32 * 1024 * 1024;
/** Whoever sends gives up sooner. */
const BODY_TIMEOUT_MS = 10_000;

/** Takes messages of other replicas; everything else is left to who comes after. `onMessage` must not throw. */
export function receiveMessages(token: string, onMessage: (message: ReplicaMessage) => void): Koa.Middleware {
  const bodies = new BodyReader(BODY_BYTES_MAX, PENDING_BYTES_MAX, BODY_TIMEOUT_MS);
  return async (ctx, next) => {
    if (ctx.path !== MESSAGES_PATH) return next();
    const refuse = (status: number) => {
      ctx.status = status;
      ctx.set('Connection', 'close');
    };
    if (ctx.method !== 'POST') return refuse(405);
    if (!isAuthorized(ctx.get('Authorization'), token)) return refuse(401);
    try {
      for (const message of readMessages(await bodies.read(ctx.req))) onMessage(message);
      ctx.status = 204;
    } catch (error) {
      if (error instanceof Refusal) return refuse(error.status);
      if (error instanceof SyntaxError) return refuse(400);
      throw error;
    }
  };
}
