import { AppError } from '../../core/errors.ts';
import { readSmallBody } from '../http/read-small-body.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { hasSharedToken } from '../http/shared-token.ts';
import type { HearOfObjects } from './hear-of-objects.ts';
import { s3RecordsSchema } from './s3-records.ts';

export interface StoreEventsRoutesDeps {
  hearOfObjects: HearOfObjects;
  /** S3_EVENTS_TOKEN. */
  token: string;
}

/** Where an S3 server of one's own posts its event notifications. There is no such address without a token. */
export function storeEventsRoutes({ hearOfObjects, token }: StoreEventsRoutesDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/s3-events',
      operationId: 's3Events',
      tag: 'Service',
      summary: 'Event notifications of the S3 server',
      description:
        'For the webhook of an S3 server, with the S3_EVENTS_TOKEN of the settings: `http://events:TOKEN@HOST/s3-events`. Events are hints; what cannot be understood is passed over.',
      auth: 'none',
      limitedAs: 'nothing',
      headers: { Authorization: '`Bearer S3_EVENTS_TOKEN`, or Basic with the token as the password' },
      rawBody: { required: true, description: 'An event message as S3 sends it.', contentTypes: ['application/json'] },
      responses: { 204: { description: 'It was heard.' } },
      errors: ['not_authenticated', 'unavailable'],
      handler: async ({ req }) => {
        if (!hasSharedToken(req, token)) {
          throw new AppError('not_authenticated', 'Send the S3_EVENTS_TOKEN: `Authorization: Bearer …`.');
        }
        const message = s3RecordsSchema.safeParse(await readSmallBody(req));
        if (message.success) await hearOfObjects(message.data);
        return { status: 204 };
      },
    }),
  ];
}
