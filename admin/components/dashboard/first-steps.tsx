import React from 'react';
import { Link } from 'react-router-dom';
import { inPanel, sitePath } from '../base/panel-path.ts';
import { say } from '../base/say.ts';

/** For whoever opens the panel of an empty installation. */
export function FirstSteps({ hasImages }: { hasImages: boolean }) {
  return (
    <section className="dr-pane" aria-labelledby="dr-first-steps">
      <h2 id="dr-first-steps">{say('First steps')}</h2>
      <ol>
        <li>
          <Link className="dr-link" to={inPanel('/resources/tiers')}>
            {say('Look at the tiers, and make them say what your users may do')}
          </Link>
        </li>
        <li>
          <Link className="dr-link" to={inPanel('/resources/users/actions/new')}>
            {say('Make a user for somebody who is going to upload')}
          </Link>
        </li>
        {hasImages ? null : (
          <li>
            <a className="dr-link" href={`${sitePath()}/docs`}>
              {say('Upload a first image: the API’s page shows how')}
            </a>
          </li>
        )}
      </ol>
    </section>
  );
}
