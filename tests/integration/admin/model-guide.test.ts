import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { modelMeanings } from '../../../admin/pages/model-guide.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
beforeAll(async () => {
  world = await openPanelWorld();
});
afterAll(() => world.close());

interface State {
  resources: { id: string; listProperties: Named[]; showProperties: Named[] }[];
}

interface Named {
  propertyPath: string;
}

/** A picture needs no words. */
const pictures = ['previewUrl', 'picture'];

describe('the guide to the models', () => {
  it('explains every field that a list or a record shows', async () => {
    const html = await (await (await world.loggedIn()).get('/admin')).text();
    const { resources } = JSON.parse(/window\.REDUX_STATE = (\{.*\});\n/.exec(html)?.[1] ?? '') as State;
    expect(resources.map(({ id }) => id).sort()).toEqual(Object.keys(modelMeanings).sort());
    for (const { id, listProperties, showProperties } of resources) {
      const shown = [...listProperties, ...showProperties].map(({ propertyPath }) => propertyPath);
      const explained = Object.keys(modelMeanings[id as keyof typeof modelMeanings].fields);
      expect([id, shown.filter((name) => !explained.includes(name) && !pictures.includes(name))]).toEqual([
        id,
        id === 'links' ? ['title'] : [],
      ]);
    }
  });

  it('tells nobody of models that they may not see', async () => {
    const { client } = await world.staffWith('tiers.view');
    const answer = await (await client.get('/admin/api/pages/guide')).json();
    expect((answer as { models: { id: string }[] }).models.map(({ id }) => id)).toEqual(['tiers']);
  });
});
