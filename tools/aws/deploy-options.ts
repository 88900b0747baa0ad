import { PlainFault } from './plain-fault.ts';
import { checkStackName } from './stack.ts';

/** As the command line gives them; what is left out keeps the value that the stack has. */
export interface DeployOptions {
  stack: string;
  arch?: string;
  memory?: string;
  maxPixels?: string;
  alarmEmail?: string;
  service?: string;
  publicUrl?: string;
  certificate?: string;
  vpc?: string;
  subnets?: string;
  servers?: string;
  databaseClass?: string;
}

const parameterNames = {
  memory: 'FunctionMemory',
  maxPixels: 'MaxPixels',
  alarmEmail: 'AlarmEmail',
  service: 'ImageUri',
  publicUrl: 'PublicUrl',
  certificate: 'CertificateArn',
  vpc: 'VpcId',
  subnets: 'SubnetIds',
  servers: 'ServiceCount',
  databaseClass: 'DatabaseClass',
} as const;

const patterns: Partial<Record<keyof DeployOptions, [RegExp, string]>> = {
  arch: [/^(arm64|x64)$/, 'is arm64 or x64'],
  memory: [/^[0-9]{3,5}$/, 'is a number of megabytes, 512 to 10240'],
  maxPixels: [/^[1-9][0-9]{0,9}$/, 'is a number of pixels'],
  alarmEmail: [/^[^@\s]+@[^@\s]+$/, 'is an e-mail address'],
  service: [/^[\w.-]+(:\d+)?(\/[\w.-]+)+(:[\w.-]+|@sha256:[0-9a-f]{64})$/, 'is an image with its tag, HOST/NAME:TAG'],
  publicUrl: [/^https:\/\/[^/\s]+$/, 'is what every link begins with, https://HOST without a path'],
  certificate: [
    /^arn:[\w-]+:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/,
    'is the ARN of a certificate in Certificate Manager',
  ],
  vpc: [/^vpc-[0-9a-f]+$/, 'is the id of a network, vpc-…'],
  subnets: [/^subnet-[0-9a-f]+(,subnet-[0-9a-f]+)+$/, 'is two subnets or more, subnet-…,subnet-…'],
  servers: [/^[0-9]{1,3}$/, 'is a number of servers'],
  databaseClass: [/^db\.[a-z0-9]+\.[a-z0-9]+$/, 'is an instance class, db.t4g.micro'],
};
const ofService = ['publicUrl', 'certificate', 'vpc', 'subnets'] as const;

const flagOf = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/**
 * The template's parameters for these options. Throws with every fault at once, before anything is asked of AWS.
 *
 * @param present the parameters that the stack has now, with their values
 */
export function parametersOf(
  options: DeployOptions,
  region: string,
  present: Record<string, string>,
): Record<string, string> {
  checkStackName(options.stack);
  const faults = Object.entries(patterns).flatMap(([name, [pattern, what]]) => {
    const value = options[name as keyof DeployOptions];
    return value === undefined || pattern.test(value) ? [] : [`${flagOf(name)} ${what}, not "${value}"`];
  });
  const wanted: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(parameterNames)) {
    const value = options[name as keyof typeof parameterNames];
    if (value !== undefined) wanted[parameter] = value;
  }
  if (options.arch) wanted.Architecture = options.arch === 'x64' ? 'x86_64' : options.arch;
  if (wanted.ImageUri ?? present.ImageUri) {
    faults.push(...missingForService(options, { ...present, ...wanted }, region));
  } else if (ofService.some((name) => options[name] !== undefined)) {
    faults.push(`${ofService.map(flagOf).join(', ')} are for a service: name its image with --service IMAGE_URI`);
  }
  if (faults.length > 0) throw new PlainFault(faults.join('\n'));
  return wanted;
}

const whatFor: Record<(typeof ofService)[number], string> = {
  publicUrl: 'https://photos.example.com: what every link begins with',
  certificate: 'arn:aws:acm:…: the certificate of that name, from Certificate Manager',
  vpc: 'vpc-…: the network; every account has one in each region (the VPC console shows it)',
  subnets: 'subnet-…,subnet-…: two public subnets of it, in different zones',
};

function missingForService(options: DeployOptions, all: Record<string, string>, region: string): string[] {
  const missing = ofService.filter(
    (name) => options[name] === undefined && !patterns[name]?.[0].test(all[parameterNames[name]] ?? ''),
  );
  const faults = missing.map((name) => `The service needs ${flagOf(name)} ${whatFor[name]}`);
  const certificateRegion = all.CertificateArn?.split(':')[3];
  if (certificateRegion && certificateRegion !== region) {
    faults.push(`--certificate is of ${certificateRegion}; the load balancer needs one of ${region}`);
  }
  return faults;
}
