import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../../../server/project-root.ts';
import { computeCosts, describeCosts, readPrices, sumOf, usage } from '../../../../tools/aws/costs.ts';

const read = (file: string) => readFileSync(join(projectRoot, 'config_files/aws', file), 'utf8');
const prices = readPrices();
const costs = computeCosts(prices);

describe('what it costs on AWS', () => {
  it('stands in the README as it is computed (npx tsx tools/aws-costs.ts)', () => {
    expect(read('README.md')).toContain(describeCosts(prices, costs));
  });

  it('is told by its sums in the first README', () => {
    const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8').replace(/\s+/g, ' ');
    const [atRest, images, service] = [costs.storageAndFunction, costs.thousandImages, costs.service].map(
      (rows) => `$${sumOf(rows).toFixed(2)}`,
    );
    expect(readme).toContain(`about ${atRest} a month at rest and ${images} for 1,000 images`);
    expect(readme).toContain(`PostgreSQL) ${service} a month more`);
  });

  it('is of as many alarms and secrets as the template makes', () => {
    const count = (type: string) => read('template.yaml').split(`Type: ${type}\n`).length - 1;
    expect(count('AWS::CloudWatch::Alarm')).toBe(usage.alarms);
    expect(count('AWS::SecretsManager::Secret')).toBe(usage.secrets);
  });

  it('grows with the servers, but for the load balancer, the database and the secrets', () => {
    const three = computeCosts(prices, 3);
    const another = 730 * (prices.containerProcessorHour / 2 + prices.containerGigabyteHour + prices.publicAddressHour);
    expect(sumOf(three.service) - sumOf(costs.service)).toBeCloseTo(2 * another);
  });

  it('follows the prices', () => {
    const dearer = computeCosts({ ...prices, alarmAMonth: 1.1, secretAMonth: 0 });
    expect(sumOf(dearer.storageAndFunction) - sumOf(costs.storageAndFunction)).toBeCloseTo(5);
    expect(sumOf(costs.service) - sumOf(dearer.service)).toBeCloseTo(2);
  });
});
