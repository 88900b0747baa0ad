import { computeCosts, describeCosts, readPrices } from './aws/costs.ts';

// `npx tsx tools/aws-costs.ts`: the tables of config_files/aws/README.md, from the prices beside it.
const prices = readPrices();
console.log(describeCosts(prices, computeCosts(prices)));
