import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type AdminJS from 'adminjs';
import { Router } from 'express';
import { AppError } from '../../core/errors.ts';
import { recordExportOf } from '../../server/audit/record-export.ts';
import { discardBody } from '../../server/http/discard-body.ts';
import type { Resource } from '../../server/kernel/permissions.ts';
import { readListQuery } from '../adapter/list-query.ts';
import type { PanelResource } from '../adapter/panel-resource.ts';
import type { PanelDeps } from '../panel-deps.ts';
import type { PanelUser } from '../session/panel-user.ts';
import { exportFormats } from './export-format.ts';
import { countAll, exportColumns, readAll } from './read-all.ts';

/** `POST /export/users.csv?filters.…`: what the list of that address matches, as a file, streamed. */
export function exportRouter(admin: AdminJS, deps: PanelDeps): Router {
  const recordExport = recordExportOf(deps);
  const router = Router({ caseSensitive: true });

  router.all('/export/:file', async (req, res) => {
    const [, resourceId, format] = /^(\w+)\.(csv|json)$/.exec(req.params.file) ?? [];
    const resource = admin.resources.find((candidate) => candidate.id() === resourceId) as PanelResource | undefined;
    if (!resource || !isFormat(format)) throw new AppError('not_found', 'There is nothing at this address.');
    if (req.method !== 'POST') throw new AppError('method_not_allowed', 'Use POST.', { allow: ['POST'] });
    discardBody(req);

    const { definition } = resource;
    const { search, filters } = readListQuery(req.query, definition);
    const { actor, origin } = res.locals.panelUser as PanelUser;
    const records = await countAll(definition, { search, filters }, actor);
    await recordExport(actor, { resource: definition.id as Resource, format, records, search, filters }, origin);

    const day = (deps.now?.() ?? new Date()).toISOString().slice(0, 10);
    const { type, head, row, tail } = exportFormats[format];
    res.setHeader('Content-Type', type);
    res.setHeader('Content-Disposition', `attachment; filename="${definition.id}-${day}.${format}"`);
    const columns = exportColumns(definition);
    const lines = async function* () {
      yield head(columns);
      let isFirst = true;
      for await (const rows of readAll(definition, { search, filters }, actor)) {
        for (const values of rows) {
          yield row(values, columns, isFirst);
          isFirst = false;
        }
      }
      yield tail;
    };
    // Who goes away while it is written misses the rest: nobody is to be told.
    await pipeline(Readable.from(lines()), res).catch((error: unknown) => {
      deps.logger.debug({ err: error }, 'an export ended early');
      res.destroy();
    });
  });
  return router;
}

function isFormat(format: string | undefined): format is 'csv' | 'json' {
  return format !== undefined && Object.hasOwn(exportFormats, format);
}
