import { describe, expect, it } from '@jest/globals';
import { parametersOf } from '../../../../tools/aws/deploy-options.ts';

const region = 'eu-central-1';
const service = {
  service: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/darkroom:1.2',
  publicUrl: 'https://photos.example.com',
  certificate: 'arn:aws:acm:eu-central-1:123456789012:certificate/12ab-34cd',
  vpc: 'vpc-0a1b',
  subnets: 'subnet-0a,subnet-0b',
};
const inStack = {
  ImageUri: service.service,
  PublicUrl: service.publicUrl,
  CertificateArn: service.certificate,
  VpcId: service.vpc,
  SubnetIds: service.subnets,
};

describe('the options of aws:deploy', () => {
  it('name the template’s parameters, and none that were not given', () => {
    expect(parametersOf({ stack: 'darkroom' }, region, {})).toEqual({});
    expect(parametersOf({ stack: 'darkroom', arch: 'x64', memory: '3008' }, region, {})).toEqual({
      Architecture: 'x86_64',
      FunctionMemory: '3008',
    });
    expect(parametersOf({ stack: 'darkroom', ...service }, region, {})).toEqual(inStack);
  });

  it('are enough with a new image alone when the stack has the rest', () => {
    const options = { stack: 'darkroom', service: 'ghcr.io/example/darkroom@sha256:'.padEnd(32 + 64, 'a') };
    expect(parametersOf(options, region, inStack)).toEqual({ ImageUri: options.service });
  });

  it('say every fault at once', () => {
    const options = { stack: 'darkroom', memory: 'much', service: 'no-tag', vpc: 'default' };
    expect(() => parametersOf(options, region, {})).toThrow(
      /--memory[\s\S]*--service[\s\S]*--vpc[\s\S]*--public-url[\s\S]*--subnets/,
    );
  });

  it('of a service mean nothing without its image', () => {
    expect(() => parametersOf({ stack: 'darkroom', vpc: 'vpc-0a' }, region, {})).toThrow('--service IMAGE_URI');
  });

  it.each(['Darkroom', '1st', 'dark_room', '', 'a'.repeat(31)])('refuse the name %j', (stack) => {
    expect(() => parametersOf({ stack }, region, {})).toThrow('30 lower-case letters');
  });
});
