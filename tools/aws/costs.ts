import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.mjs';

/** What is paid for, in `config_files/aws/prices.json`: put other figures there for another region or year. */
export interface Prices {
  currency: string;
  region: string;
  written: string;
  alarmAMonth: number;
  queueRequestsAMillion: number;
  storageAGigabyteMonth: number;
  putRequestsAThousand: number;
  getRequestsAThousand: number;
  functionGigabyteSecond: number;
  functionCallsAMillion: number;
  logAGigabyte: number;
  containerProcessorHour: number;
  containerGigabyteHour: number;
  loadBalancerHour: number;
  publicAddressHour: number;
  databaseHour: number;
  databaseStorageAGigabyteMonth: number;
  secretAMonth: number;
}

export interface CostRow {
  what: string;
  amount: number;
}

export interface Costs {
  /** A month at rest, without a picture. */
  storageAndFunction: CostRow[];
  /** A month of the service, on top. */
  service: CostRow[];
  /** A month, for each 100 GB that is kept. */
  hundredGigabytes: CostRow[];
  /** For 1,000 images of 2 MB with two thumbnails each. */
  thousandImages: CostRow[];
}

const hoursAMonth = 730;

/** What the template makes, and what one image asks of it. */
export const usage = {
  alarms: 5,
  secrets: 5,
  /** One server: two long polls at once, each of 20 seconds. */
  idleQueueReadsAMonth: (hoursAMonth * 3600 * 2) / 20,
  /** One server: a mark in the bucket of the originals, every minute; the function wakes, and leaves it alone. */
  marksAMonth: hoursAMonth * 60,
  markSeconds: 0.01,
  containerProcessors: 0.5,
  containerGigabytes: 1,
  /** Of the load balancer, one in each zone; each server has one of its own. */
  balancerAddresses: 2,
  databaseGigabytes: 20,
  /** The original, two thumbnails, the result. */
  putsAnImage: 4,
  /** The function reads the original and looks once more; the server reads the result and looks for the thumbnails. */
  getsAnImage: 4,
  /** One message: sent, received, deleted. */
  queueRequestsAnImage: 3,
  functionSeconds: 0.3,
  functionGigabytes: 1769 / 1024,
  logBytesAnImage: 500,
};

export function readPrices(): Prices {
  return JSON.parse(readFileSync(join(root, 'config_files/aws/prices.json'), 'utf8'));
}

/** @param servers of the service; without a service one that somebody else runs reads the queue */
export function computeCosts(prices: Prices, servers = 1): Costs {
  const monthly = (hourly: number) => hourly * hoursAMonth;
  const count = (amount: number) => Math.round(amount).toLocaleString('en-US');
  const queue = (requests: number) => (requests / 1e6) * prices.queueRequestsAMillion;
  const addresses = usage.balancerAddresses + servers;
  const idleReads = usage.idleQueueReadsAMonth * servers;
  const marks = usage.marksAMonth * servers;
  const ofServers = servers === 1 ? 'one server' : `${servers} servers`;
  const calls = (number: number, secondsEach: number) =>
    number *
    (secondsEach * usage.functionGigabytes * prices.functionGigabyteSecond + prices.functionCallsAMillion / 1e6);
  return {
    storageAndFunction: [
      { what: `${usage.alarms} alarms`, amount: usage.alarms * prices.alarmAMonth },
      {
        what: `queue: ${count(idleReads)} empty reads of ${ofServers}`,
        amount: queue(idleReads),
      },
      {
        what: `marks that a server lives: ${count(marks)} PUT requests of ${ofServers}, and the function's look at each`,
        amount: (marks / 1000) * prices.putRequestsAThousand + calls(marks, usage.markSeconds),
      },
    ],
    service: [
      {
        what: `Fargate: ${servers} × ${usage.containerProcessors} processors, ${usage.containerGigabytes} GB`,
        amount: monthly(
          servers *
            (usage.containerProcessors * prices.containerProcessorHour +
              usage.containerGigabytes * prices.containerGigabyteHour),
        ),
      },
      { what: 'load balancer, without its traffic', amount: monthly(prices.loadBalancerHour) },
      {
        what: `${addresses} public addresses`,
        amount: monthly(addresses * prices.publicAddressHour),
      },
      {
        what: `PostgreSQL: db.t4g.micro, ${usage.databaseGigabytes} GB`,
        amount: monthly(prices.databaseHour) + usage.databaseGigabytes * prices.databaseStorageAGigabyteMonth,
      },
      { what: `${usage.secrets} secrets`, amount: usage.secrets * prices.secretAMonth },
    ],
    hundredGigabytes: [
      { what: 'originals, thumbnails and versions of the last week', amount: 100 * prices.storageAGigabyteMonth },
    ],
    thousandImages: [
      {
        what: `${count(usage.putsAnImage * 1000)} PUT requests`,
        amount: usage.putsAnImage * prices.putRequestsAThousand,
      },
      {
        what: `${count(usage.getsAnImage * 1000)} GET and HEAD requests`,
        amount: usage.getsAnImage * prices.getRequestsAThousand,
      },
      {
        what: `function: 1,000 calls of ${usage.functionSeconds} s, 1,769 MB, arm64`,
        amount: calls(1000, usage.functionSeconds),
      },
      {
        what: `queue: ${count(usage.queueRequestsAnImage * 1000)} requests`,
        amount: queue(usage.queueRequestsAnImage * 1000),
      },
      { what: 'log', amount: ((usage.logBytesAnImage * 1000) / 1e9) * prices.logAGigabyte },
    ],
  };
}

export function sumOf(rows: CostRow[]): number {
  return rows.reduce((sum, { amount }) => sum + amount, 0);
}

/** The tables of config_files/aws/README.md, in Markdown. */
export function describeCosts(prices: Prices, costs: Costs): string {
  const { currency, region, written } = prices;
  return [
    `List prices of ${region} in ${currency}, written in ${written} ([prices.json](prices.json)).`,
    '',
    table('at rest, a month: storage and function', costs.storageAndFunction, 2),
    '',
    table('the service on top, a month', costs.service, 2),
    '',
    table('for each 100 GB kept, a month', costs.hundredGigabytes, 2),
    '',
    table('for 1,000 images of 2 MB, two heights', costs.thousandImages, 4),
  ].join('\n');
}

function table(title: string, rows: CostRow[], digits: number): string {
  const lines = rows.map(({ what, amount }) => `| ${what} | ${amount.toFixed(digits)} |`);
  const sum = rows.length > 1 ? [`| **together** | **${sumOf(rows).toFixed(digits)}** |`] : [];
  return [`| ${title} | |`, '|---|---|', ...lines, ...sum].join('\n');
}

/** For the terminal, before it is asked. */
export function summarizeCosts(prices: Prices, costs: Costs, withService: boolean): string[] {
  const atRest = sumOf(costs.storageAndFunction) + (withService ? sumOf(costs.service) : 0);
  const line = (amount: number, what: string) => `  ${amount.toFixed(2).padStart(6)}  ${what}`;
  return [
    `What it costs then, in ${prices.currency}:`,
    line(atRest, 'a month at rest'),
    line(sumOf(costs.hundredGigabytes), 'a month for each 100 GB kept'),
    line(sumOf(costs.thousandImages), 'for 1,000 images'),
    `List prices of ${prices.region}, written in ${prices.written}.`,
  ];
}
