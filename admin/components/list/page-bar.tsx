import { Pagination } from '@adminjs/design-system';
import type { ResourceJSON } from 'adminjs';
import React, { type FormEvent } from 'react';
import { useSearchParams } from 'react-router-dom';
import { formatCount } from '../base/format.ts';
import { say } from '../base/say.ts';
import { ExportButtons } from './export-buttons.tsx';
import { replaced } from './filter-params.ts';

interface Props {
  resource: ResourceJSON;
  page: number;
  perPage: number;
  total: number;
}

const sizes = [25, 50, 100, 200];
/** As many as one page may have. */
const most = 500;

/** Which records are shown of how many, how many a page has, and the way to any page. */
export function PageBar({ resource, page, perPage, total }: Props) {
  const [params, setParams] = useSearchParams();
  const pages = Math.max(1, Math.ceil(total / perPage));
  const first = (page - 1) * perPage + 1;
  const goTo = (next: number) => setParams(replaced(params, 'page', String(Math.min(pages, Math.max(1, next)))));
  const jump = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const next = Number(new FormData(event.currentTarget).get('page'));
    if (Number.isInteger(next)) goTo(next);
  };
  const offered = [...new Set([...sizes, perPage])].filter((size) => size !== most).sort((a, b) => a - b);
  return (
    <nav className="dr-pages" aria-label={say('Pages')}>
      <span>
        {say('{{first}}–{{last}} of {{total}}', {
          first: formatCount(first),
          last: formatCount(Math.min(total, page * perPage)),
          total: formatCount(total),
        })}
      </span>
      <label>
        {say('Per page')}
        <select
          className="dr-input dr-select"
          value={perPage}
          onChange={(event) => setParams(replaced(params, 'perPage', event.target.value))}
        >
          {offered.map((size) => (
            <option key={size} value={size}>
              {size}
            </option>
          ))}
          <option value={most}>{total <= most ? say('All {{count}}', { count: total }) : most}</option>
        </select>
      </label>
      {pages > 1 ? (
        <>
          <Pagination page={page} perPage={perPage} total={total} onChange={goTo} />
          <form onSubmit={jump}>
            <label>
              {say('Page')}
              <input
                key={page}
                className="dr-input"
                name="page"
                type="number"
                min={1}
                max={pages}
                defaultValue={page}
                aria-label={say('Page, of {{count}}', { count: pages })}
              />
              {say('of {{count}}', { count: formatCount(pages) })}
            </label>
            <button type="submit" className="dr-button">
              {say('Go')}
            </button>
          </form>
        </>
      ) : null}
      <ExportButtons resource={resource} />
    </nav>
  );
}
