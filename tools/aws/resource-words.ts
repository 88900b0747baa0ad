/** What the kinds of resources in the template are called here, one and several of them. */
const words: Record<string, [one: string, several: string]> = {
  'AWS::CloudFormation::Stack': ['stack', 'stacks'],
  'AWS::CloudWatch::Alarm': ['alarm', 'alarms'],
  'AWS::EC2::SecurityGroup': ['firewall group', 'firewall groups'],
  'AWS::ECS::Cluster': ['cluster', 'clusters'],
  'AWS::ECS::Service': ['service', 'services'],
  'AWS::ECS::TaskDefinition': ['task definition', 'task definitions'],
  'AWS::ElasticLoadBalancingV2::Listener': ['listener', 'listeners'],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['load balancer', 'load balancers'],
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['target group', 'target groups'],
  'AWS::IAM::ManagedPolicy': ['policy', 'policies'],
  'AWS::IAM::Role': ['role', 'roles'],
  'AWS::Lambda::EventInvokeConfig': ['rule for retries', 'rules for retries'],
  'AWS::Lambda::Function': ['function', 'functions'],
  'AWS::Lambda::Permission': ['permission', 'permissions'],
  'AWS::Logs::LogGroup': ['log', 'logs'],
  'AWS::RDS::DBInstance': ['database', 'databases'],
  'AWS::RDS::DBSubnetGroup': ['subnet group', 'subnet groups'],
  'AWS::S3::Bucket': ['bucket', 'buckets'],
  'AWS::S3::BucketPolicy': ['bucket policy', 'bucket policies'],
  'AWS::SNS::Topic': ['topic', 'topics'],
  'AWS::SQS::Queue': ['queue', 'queues'],
  'AWS::SQS::QueuePolicy': ['queue policy', 'queue policies'],
  'AWS::SecretsManager::Secret': ['secret', 'secrets'],
};

/** `2 buckets`, `1 function`; a kind that is not known here by AWS's own name. */
export function countedResources(type: string, count: number): string {
  const [one, several] = words[type] ?? [type, type];
  return `${count} ${count === 1 ? one : several}`;
}

/** `bucket Originals`. */
export function namedResource(type: string, name: string): string {
  return `${words[type]?.[0] ?? type} ${name}`;
}
