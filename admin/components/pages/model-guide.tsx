import { ApiClient, useTranslation } from 'adminjs';
import React, { useEffect, useState } from 'react';
import { Link } from 'react-router-dom';
import type { ModelGuide as Guide } from '../../pages/model-guide.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';

/** What the records of the panel are, and what each of their fields means. */
export function ModelGuide() {
  const [guide, setGuide] = useState<Guide>();
  const { translateLabel, translateProperty } = useTranslation();
  useEffect(() => {
    document.title = `${say('What is what')} · Darkroom`;
    new ApiClient()
      .getPage<Guide>({ pageName: 'guide' })
      .then(({ data }) => setGuide(data))
      .catch(() => setGuide({ models: [] }));
  }, []);
  if (!guide) return <div className="dr-dashboard" aria-busy="true" />;
  return (
    <div className="dr-dashboard">
      <h1>{say('What is what')}</h1>
      <p className="dr-lead">{say('The kinds of records that there are, and what their fields mean.')}</p>
      {guide.models.length === 0 ? (
        <p className="dr-nothing">{say('There is nothing here that you may see.')}</p>
      ) : null}
      {guide.models.map(({ id, about, fields }) => (
        <section key={id} className="dr-steps" aria-labelledby={`guide-${id}`}>
          <h2 id={`guide-${id}`}>
            <Link className="dr-link" to={inPanel(`/resources/${id}`)}>
              {translateLabel(id, id)}
            </Link>
          </h2>
          <p>{about}</p>
          <table className="dr-changes dr-guide-table">
            <thead>
              <tr>
                <th scope="col">{say('Field')}</th>
                <th scope="col">{say('Meaning')}</th>
              </tr>
            </thead>
            <tbody>
              {fields.map(({ name, meaning }) => (
                <tr key={name}>
                  <th scope="row">{translateProperty(name, id)}</th>
                  <td>{meaning}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ))}
    </div>
  );
}
