import { ApiClient } from 'adminjs';
import React, { useCallback, useEffect, useState } from 'react';
import type { Dashboard as StartPage } from '../../pages/dashboard.ts';
import { formatBytes, formatCount } from '../base/format.ts';
import { say } from '../base/say.ts';
import { FailedImages } from '../dashboard/failed-images.tsx';
import { FirstSteps } from '../dashboard/first-steps.tsx';
import { ModelCards } from '../dashboard/model-cards.tsx';
import { RecentActions } from '../dashboard/recent-actions.tsx';
import { ShareBars } from '../dashboard/share-bars.tsx';
import { ThumbnailWork } from '../dashboard/thumbnail-work.tsx';
import { UploadCharts } from '../dashboard/upload-charts.tsx';
import '../dashboard/dashboard.css';

/** The start page: what there is, what needs somebody, what happened. Each part only for who may see what it counts. */
export function Dashboard() {
  const [page, setPage] = useState<StartPage | 'unread'>();
  const load = useCallback(() => {
    new ApiClient()
      .getDashboard<StartPage>()
      .then(({ data }) => setPage('counts' in data ? data : 'unread'))
      .catch(() => setPage('unread'));
  }, []);
  useEffect(() => {
    document.title = `${say('Start')} · Darkroom`;
    load();
  }, [load]);
  if (!page) return <div className="dr-dashboard" aria-busy="true" />;
  if (page === 'unread') {
    return (
      <div className="dr-dashboard">
        <h1>Darkroom</h1>
        <p className="dr-banner" role="alert">
          {say('The figures could not be read. Try again in a moment.')}
          <button type="button" className="dr-button" onClick={load}>
            {say('Try again')}
          </button>
        </p>
      </div>
    );
  }

  const { counts, users, images, accountsByTier, uploads, failed, work, recent, may } = page;
  const isNew = users !== undefined && (counts.users ?? 0) <= 1 && may.includes('users.add');
  const seesNothing = Object.keys(counts).length === 0;
  return (
    <div className="dr-dashboard">
      <h1>Darkroom</h1>
      {seesNothing ? (
        <p className="dr-lead">
          {say('You may enter this panel, and have no permission yet. A superuser can give you some.')}
        </p>
      ) : null}
      {isNew ? <FirstSteps hasImages={(counts.images ?? 0) > 0} /> : null}
      <ModelCards page={page} />
      {uploads ? <UploadCharts days={uploads} /> : null}
      <div className="dr-panes">
        {images ? (
          <ShareBars
            title={say('Images by status')}
            shares={[
              { label: say('Ready'), count: images.ready, to: '/resources/images?filters.status=ready' },
              { label: say('Processing'), count: images.processing, to: '/resources/images?filters.status=processing' },
              { label: say('Failed'), count: images.failed, to: '/resources/images?filters.status=failed' },
            ].map((share) => ({ ...share, text: formatCount(share.count) }))}
          />
        ) : null}
        {accountsByTier ? (
          <ShareBars
            title={say('Users and storage by tier')}
            shares={accountsByTier.map(({ id, name, accounts, bytes }) => ({
              label: name,
              count: accounts,
              text: `${formatCount(accounts)} · ${formatBytes(bytes)}`,
              to: `/resources/users?filters.tierId=${id}`,
            }))}
          />
        ) : null}
        {work ? <ThumbnailWork work={work} /> : null}
        {failed && failed.length > 0 ? (
          <FailedImages
            images={failed}
            total={images?.failed ?? failed.length}
            mayRetry={may.includes('images.reprocess')}
            onRetried={load}
          />
        ) : null}
        <RecentActions recent={recent} />
      </div>
    </div>
  );
}
