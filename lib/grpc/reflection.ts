import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer, loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { readDescriptors } from '@tickfolio/gen/descriptors';
import { protoPath as healthProto, service as healthService } from 'grpc-health-check';

/** `auth.v1.AuthService`, from the paths of its methods. */
const nameOf = (definition: ServiceDefinition): string => Object.values(definition)[0]?.path.split('/')[1] ?? '';

/** Server reflection that lists what a server has: the services added to it, and its health. */
export const createReflection = (definitions: readonly ServiceDefinition[]): ReflectionService => {
  const own = loadFileDescriptorSetFromBuffer(readDescriptors(), { keepCase: true });
  const health = loadSync(healthProto, { keepCase: true });
  return new ReflectionService({ ...own, ...health }, { services: [...definitions, healthService].map(nameOf) });
};
