import type {
  handleBidiStreamingCall,
  MethodDefinition,
  Server,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer, loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { readDescriptors } from '@tickfolio/gen/descriptors';
import { protoPath as healthProto, service as healthService } from 'grpc-health-check';

interface ReflectionMethod {
  readonly definition: MethodDefinition<unknown, unknown>;
  readonly handle: handleBidiStreamingCall<unknown, unknown>;
}

/** Both are asked for: v1 by newer tools, v1alpha by older ones. */
const paths = ['v1', 'v1alpha'].map((version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`);

/** `auth.v1.AuthService`, from the paths of its methods. */
const nameOf = (definition: ServiceDefinition): string => Object.values(definition)[0]?.path.split('/')[1] ?? '';

/**
 * Adds server reflection that lists what a server has: the services added to it, and its health. The descriptors are
 * taken apart when somebody first asks, which most servers never see: it takes as long as the rest of their start.
 */
export const addReflection = (server: Pick<Server, 'addService'>, definitions: readonly ServiceDefinition[]): void => {
  const descriptors = readDescriptors();
  const services = [...definitions, healthService].map(nameOf);
  let made: ReadonlyMap<string, ReflectionMethod> | undefined;
  const methodAt = (path: string): ReflectionMethod => {
    made ??= methodsOf(descriptors, services);
    const method = made.get(path);
    if (!method) throw new Error(`@grpc/reflection serves no ${path}`);
    return method;
  };
  for (const path of paths)
    server.addService(
      {
        ServerReflectionInfo: {
          path,
          requestStream: true,
          responseStream: true,
          requestSerialize: (request: unknown) => methodAt(path).definition.requestSerialize(request),
          requestDeserialize: (bytes: Buffer) => methodAt(path).definition.requestDeserialize(bytes),
          responseSerialize: (response: unknown) => methodAt(path).definition.responseSerialize(response),
          responseDeserialize: (bytes: Buffer) => methodAt(path).definition.responseDeserialize(bytes),
        },
      },
      { ServerReflectionInfo: ((call) => methodAt(path).handle(call)) satisfies ReflectionMethod['handle'] },
    );
};

/** What the library would add to a server, by the paths of its methods. */
const methodsOf = (descriptors: Buffer, services: string[]): ReadonlyMap<string, ReflectionMethod> => {
  const own = loadFileDescriptorSetFromBuffer(descriptors, { keepCase: true });
  const health = loadSync(healthProto, { keepCase: true });
  const methods = new Map<string, ReflectionMethod>();
  const addService = (service: ServiceDefinition, implementation: UntypedServiceImplementation) => {
    for (const [name, definition] of Object.entries(service))
      methods.set(definition.path, { definition, handle: implementation[name] as ReflectionMethod['handle'] });
  };
  new ReflectionService({ ...own, ...health }, { services }).addToServer({ addService });
  return methods;
};
